#include "probes/security/sid.h"

#include <fmt/format.h>

#include <charconv>

namespace cal::security {

namespace {

// A number in a SID's text form: decimal, or hex after "0x". Removes it from the front of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::optional<Sid> Sid::parse(std::span<const std::byte> bytes) {
  if (!at_front_of(bytes)) return std::nullopt;
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint64_t>(bytes[i]); };
  Sid sid;
  sid.count_ = std::to_integer<std::uint8_t>(bytes[1]);
  for (std::size_t i = 2; i < 8; ++i) sid.authority_ = sid.authority_ << 8 | at(i);
  for (std::size_t i = 0; i < sid.count_; ++i) {
    sid.sub_[i] = load_u32(bytes.data() + 8 + 4 * i);
  }
  return sid;
}

std::optional<Sid> Sid::parse_octets(std::string_view octets) {
  return parse(std::as_bytes(std::span(octets)));
}

std::optional<Sid> Sid::parse_text(std::string_view text) {
  if (!text.starts_with("S-1-") && !text.starts_with("s-1-")) return std::nullopt;
  text.remove_prefix(4);
  Sid sid;
  const auto authority = take_number(text);
  if (!authority || *authority >> 48 != 0) return std::nullopt;
  sid.authority_ = *authority;
  while (!text.empty()) {
    if (text.front() != '-' || sid.count_ == max_sub_authorities) return std::nullopt;
    text.remove_prefix(1);
    const auto value = take_number(text);
    if (!value || *value > UINT32_MAX) return std::nullopt;
    sid.sub_[sid.count_++] = static_cast<std::uint32_t>(*value);
  }
  return sid;
}

std::string Sid::text() const {
  std::string text = authority_ >> 32 == 0 ? fmt::format("S-1-{}", authority_)
                                           : fmt::format("S-1-0x{:012X}", authority_);
  for (const auto value : sub_authorities()) fmt::format_to(std::back_inserter(text), "-{}", value);
  return text;
}

std::string Sid::octets() const {
  std::string bytes{'\1', static_cast<char>(count_)};
  for (int shift = 40; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(authority_ >> shift & 0xff));
  }
  for (const auto value : sub_authorities()) append_u32(bytes, value);
  return bytes;
}

Sid Sid::with_rid(std::uint32_t rid) const {
  Sid sid = *this;
  if (sid.count_ < max_sub_authorities) sid.sub_[sid.count_++] = rid;
  return sid;
}

Sid Sid::domain() const {
  Sid sid = *this;
  if (sid.count_ > 0) sid.sub_[--sid.count_] = 0;
  return sid;
}

bool Sid::is_domain_account() const { return authority_ == 5 && count_ == 5 && sub_[0] == 21; }
bool Sid::is_builtin() const { return authority_ == 5 && count_ == 2 && sub_[0] == 32; }

}  // namespace cal::security
