// Reads little-endian values out of bytes that others wrote. A read beyond the end throws Damaged.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <type_traits>

namespace cal::evtx {

using Bytes = std::span<const std::uint8_t>;

// A record or value that is not what the format says, or exceeds a bound; what() is for people.
class Damaged : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Cursor {
 public:
  explicit Cursor(Bytes bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  std::size_t at() const { return at_; }
  std::size_t left() const { return at_ < bytes_.size() ? bytes_.size() - at_ : 0; }
  bool at_end() const { return left() == 0; }

  Bytes take(std::size_t count) {
    if (count > left()) throw Damaged("data end before their length says");
    const auto taken = bytes_.subspan(at_, count);
    at_ += count;
    return taken;
  }

  void skip(std::size_t count) { take(count); }

  template <class T>
  requires std::integral<T> T number() {
    using Unsigned = std::make_unsigned_t<T>;
    Unsigned value = 0;
    unsigned shift = 0;
    for (const auto byte : take(sizeof(T))) {
      value = static_cast<Unsigned>(value | (static_cast<Unsigned>(byte) << shift));
      shift += 8;
    }
    return static_cast<T>(value);
  }

  std::uint8_t peek() const {
    if (at_end()) throw Damaged("data end before their length says");
    return bytes_[at_];
  }

 private:
  Bytes bytes_;
  std::size_t at_;
};

}  // namespace cal::evtx
