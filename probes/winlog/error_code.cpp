#include "probes/winlog/error_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace cal::winlog {

namespace {

constexpr std::string_view hex_letters = "abcdefABCDEF";

struct Documented {
  std::uint32_t code;
  Cause cause;
  std::string_view words;
};

constexpr std::array documented_codes{
    Documented{0xcfff1200, Cause::licenses_exhausted, "all licenses of the pack are assigned"},
    Documented{0xcfff1208, Cause::pack_already_installed, "the CAL pack is already installed"},
    Documented{0xcfff1212, Cause::already_licensed, "the user or device already has a license"},
};

// Win32 codes (MS-ERREF 2.2), first to last.
struct Likely {
  std::uint32_t first;
  std::uint32_t last;
  Cause cause;
  std::string_view words;
};

constexpr std::string_view denied = "access was denied";
constexpr std::string_view network = "the network failed";
constexpr std::string_view refused = "the directory refused";

constexpr std::array likely{
    Likely{5, 5, Cause::account_not_administrator, denied},            // ERROR_ACCESS_DENIED
    Likely{53, 54, Cause::internet_unreachable, network},              // path not found, busy
    Likely{59, 59, Cause::internet_unreachable, network},              // ERROR_UNEXP_NET_ERR
    Likely{64, 64, Cause::internet_unreachable, network},              // ERROR_NETNAME_DELETED
    Likely{67, 67, Cause::internet_unreachable, network},              // ERROR_BAD_NET_NAME
    Likely{121, 121, Cause::internet_unreachable, network},            // ERROR_SEM_TIMEOUT
    Likely{1222, 1222, Cause::internet_unreachable, network},          // ERROR_NO_NETWORK
    Likely{1225, 1236, Cause::internet_unreachable, network},          // refused to aborted
    Likely{1314, 1314, Cause::account_not_administrator, denied},      // ERROR_PRIVILEGE_NOT_HELD
    Likely{8000, 8999, Cause::directory_not_writable, refused},        // the directory's own range
    Likely{9001, 9999, Cause::internet_unreachable, "DNS failed"},     // DNS_ERROR_*
    Likely{10050, 10065, Cause::internet_unreachable, network},        // Windows Sockets
    Likely{11001, 11004, Cause::internet_unreachable, "DNS failed"},   // WSAHOST_NOT_FOUND
    Likely{12001, 12190, Cause::internet_unreachable, "HTTP failed"},  // WinINet and WinHTTP
};

std::optional<std::uint32_t> from_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  const auto high = value >> 32;  // all ones: a negative number, widened
  if (high != 0 && high != 0xffffffff) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

std::optional<std::uint32_t> from_decimal(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  if (value < INT32_MIN || value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

bool is_bare_hex(std::string_view text) {
  return text.size() == 8 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos &&
         (text.front() == '8' || text.find_first_of(hex_letters) != text.npos);
}

// The Win32 code that `code` is or contains: facility 7 of an HRESULT (MS-ERREF 2.1.2).
std::optional<std::uint32_t> win32_of(std::uint32_t code) {
  if (code >> 16 == 0x8007 || code >> 16 == 0) return code & 0xffff;
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> parse_error_code(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  text = text.substr(0, text.find_last_not_of(" \t\r\n.") + 1);
  if (text.starts_with("0x") || text.starts_with("0X")) return from_hex(text.substr(2));
  if (is_bare_hex(text)) return from_hex(text);
  return from_decimal(text);
}

std::string hex_text(std::uint32_t code) { return fmt::format("0x{:08x}", code); }

std::string error_code_text(std::uint32_t code) {
  return fmt::format("{} ({}, {})", hex_text(code), code, static_cast<std::int32_t>(code));
}

CodeMeaning meaning_of_code(std::uint32_t code) {
  const auto known = std::ranges::find(documented_codes, code, &Documented::code);
  if (known != documented_codes.end()) return {known->cause, Strength::certain, known->words};
  if (const auto win32 = win32_of(code)) {
    for (const auto& range : likely) {
      if (*win32 >= range.first && *win32 <= range.last) {
        return {range.cause, Strength::weak, range.words};
      }
    }
  }
  return {Cause::other, Strength::weak, "an undocumented code"};
}

bool is_documented(std::uint32_t code) {
  return std::ranges::find(documented_codes, code, &Documented::code) != documented_codes.end();
}

}  // namespace cal::winlog
