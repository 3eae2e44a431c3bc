// Spells binary XML out for tests, token by token, into what becomes one chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cal::fakes {

class BinaryXml {
 public:
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }

  BinaryXml& u8(std::size_t value) { return little(value, 1); }
  BinaryXml& u16(std::size_t value) { return little(value, 2); }
  BinaryXml& u32(std::size_t value) { return little(value, 4); }
  BinaryXml& u64(std::size_t value) { return little(value, 8); }

  BinaryXml& utf16(std::string_view ascii) {
    for (const char c : ascii) u16(static_cast<unsigned char>(c));
    return *this;
  }

  // A name, written where it is used.
  BinaryXml& name(std::string_view text) {
    return u32(size() + 4).u32(0).u16(0).u16(text.size()).utf16(text).u16(0);
  }

  BinaryXml& header() { return u8(0x0f).u8(1).u8(1).u8(0); }
  BinaryXml& open(std::string_view element) { return u8(0x01).u16(0xffff).u32(0).name(element); }
  BinaryXml& open_with_attributes(std::string_view element) {
    return u8(0x41).u16(0xffff).u32(0).name(element).u32(0);
  }
  BinaryXml& attribute(std::string_view text) { return u8(0x06).name(text); }
  BinaryXml& head_ends() { return u8(0x02); }
  BinaryXml& empty_ends() { return u8(0x03); }
  BinaryXml& ends() { return u8(0x04); }
  BinaryXml& text(std::string_view value) {
    return u8(0x05).u8(0x01).u16(value.size()).utf16(value);
  }
  BinaryXml& substitution(std::size_t index, bool is_optional = false) {
    return u8(is_optional ? 0x0e : 0x0d).u16(index).u8(0x01);
  }
  BinaryXml& end_of_stream() { return u8(0x00); }

  // An instance of a template that is written here. The values follow: instance_values().
  BinaryXml& instance(const BinaryXml& (*body)(BinaryXml&)) {
    u8(0x0c).u8(1).u32(7).u32(size() + 4);
    u32(0).u64(0).u64(0);
    const auto size_at = size();
    u32(0);
    body(*this);
    const auto length = size() - size_at - 4;
    for (std::size_t i = 0; i < 4; ++i) {
      bytes_[size_at + i] = static_cast<std::uint8_t>(length >> (8 * i));
    }
    return *this;
  }

  struct Value {
    std::uint8_t type;
    std::vector<std::uint8_t> bytes;
  };
  BinaryXml& instance_values(const std::vector<Value>& values) {
    u32(values.size());
    for (const auto& value : values) u16(value.bytes.size()).u8(value.type).u8(0);
    for (const auto& value : values) {
      bytes_.insert(bytes_.end(), value.bytes.begin(), value.bytes.end());
    }
    return *this;
  }

 private:
  BinaryXml& little(std::size_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace cal::fakes
