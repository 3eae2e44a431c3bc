// An optional value of which few of many objects have one: empty, it takes the memory of a pointer.
// Used like std::optional; a copy copies the value.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace cal {

template <class Value>
class Rare {
 public:
  Rare() = default;
  Rare(std::nullopt_t) {}
  Rare(Value value) : value_(std::make_unique<Value>(std::move(value))) {}
  Rare(const Rare& other)
      : value_(other.value_ ? std::make_unique<Value>(*other.value_) : nullptr) {}
  Rare(Rare&&) noexcept = default;
  Rare& operator=(const Rare& other) { return *this = Rare(other); }
  Rare& operator=(Rare&&) noexcept = default;
  Rare& operator=(Value value) { return *this = Rare(std::move(value)); }
  ~Rare() = default;

  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  Value& operator*() { return *value_; }
  const Value& operator*() const { return *value_; }
  Value* operator->() { return value_.get(); }
  const Value* operator->() const { return value_.get(); }
  Value value_or(Value otherwise) const { return value_ ? *value_ : std::move(otherwise); }
  void reset() { value_.reset(); }

 private:
  std::unique_ptr<Value> value_;
};

}  // namespace cal
