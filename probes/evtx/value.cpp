#include "probes/evtx/value.h"

#include "agent/base/utf.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>

namespace cal::evtx {

namespace {

enum Type : std::uint8_t {
  ansi_string = 0x02,
  int8 = 0x03,
  uint8 = 0x04,
  int16 = 0x05,
  uint16 = 0x06,
  int32 = 0x07,
  uint32 = 0x08,
  int64 = 0x09,
  uint64 = 0x0a,
  real32 = 0x0b,
  real64 = 0x0c,
  boolean = 0x0d,
  binary = 0x0e,
  guid = 0x0f,
  size_type = 0x10,
  filetime = 0x11,
  systemtime = 0x12,
  sid = 0x13,
  hex_int32 = 0x14,
  hex_int64 = 0x15,
};

std::string hexadecimal(Bytes bytes) {
  std::string text;
  for (const auto byte : bytes.first(std::min(bytes.size(), max_value_text / 2))) {
    fmt::format_to(std::back_inserter(text), "{:02X}", byte);
  }
  return text;
}

// Bytes of a code page that the file does not name: what is not ASCII is replaced.
std::string ascii(Bytes bytes) {
  std::string text;
  for (const auto byte : bytes.first(std::min(bytes.size(), max_value_text))) {
    if (byte == 0) break;
    text += byte < 0x80 ? static_cast<char>(byte) : '?';
  }
  return text;
}

// MS-DTYP 2.3.4.3, with braces.
std::string guid_text(Bytes bytes) {
  Cursor cursor(bytes);
  const auto first = cursor.number<std::uint32_t>();
  const auto second = cursor.number<std::uint16_t>();
  const auto third = cursor.number<std::uint16_t>();
  auto text = fmt::format("{{{:08x}-{:04x}-{:04x}-", first, second, third);
  for (int i = 0; i < 8; ++i) {
    if (i == 2) text += '-';
    text += fmt::format("{:02x}", cursor.number<std::uint8_t>());
  }
  return text + '}';
}

// MS-DTYP 2.4.2.1.
std::string sid_text(Bytes bytes) {
  Cursor cursor(bytes);
  const auto revision = cursor.number<std::uint8_t>();
  const auto parts = cursor.number<std::uint8_t>();
  std::uint64_t authority = 0;
  for (const auto byte : cursor.take(6)) authority = authority << 8 | byte;
  auto text = fmt::format("S-{}-{}", revision, authority);
  for (int i = 0; i < parts; ++i) text += fmt::format("-{}", cursor.number<std::uint32_t>());
  return text;
}

std::string time_text(std::chrono::year_month_day day, std::int64_t of_day, int digits) {
  const std::int64_t second = digits == 3 ? 1'000 : 10'000'000;
  const auto seconds = of_day / second;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:0{}}Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                     seconds / 3600, seconds / 60 % 60, seconds % 60, of_day % second, digits);
}

// 100 ns since 1601 (MS-DTYP 2.3.3).
std::string filetime_text(std::uint64_t ticks) {
  constexpr std::uint64_t per_day = std::uint64_t{86'400} * 10'000'000;
  constexpr std::uint64_t days_to_9999 = 3'067'670;
  const auto day = ticks / per_day;
  if (day > days_to_9999) return fmt::format("{}", ticks);
  const std::chrono::sys_days start(std::chrono::year(1601) / 1 / 1);
  return time_text(start + std::chrono::days(day), static_cast<std::int64_t>(ticks % per_day), 7);
}

// MS-DTYP 2.3.13.
std::string systemtime_text(Bytes bytes) {
  Cursor cursor(bytes);
  const int year = cursor.number<std::uint16_t>();
  const unsigned month = cursor.number<std::uint16_t>();
  cursor.skip(2);  // the day of the week
  const unsigned day = cursor.number<std::uint16_t>();
  std::int64_t of_day = 0;
  for (const int unit : {24, 60, 60, 1'000}) {
    of_day = of_day * unit + cursor.number<std::uint16_t>();
  }
  return time_text(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day),
                   of_day, 3);
}

template <class T>
std::string number_text(Bytes bytes) {
  return fmt::format("{}", Cursor(bytes).number<T>());
}

std::vector<std::string> strings(Bytes bytes) {
  std::vector<std::string> items;
  std::size_t start = 0;
  for (std::size_t at = 0; at + 1 < bytes.size() && items.size() < max_array_items; at += 2) {
    if (bytes[at] != 0 || bytes[at + 1] != 0) continue;
    items.push_back(text_of_utf16(bytes.subspan(start, at - start)));
    start = at + 2;
  }
  if (start < bytes.size() && items.size() < max_array_items) {
    items.push_back(text_of_utf16(bytes.subspan(start)));
  }
  return items;
}

}  // namespace

std::string text_of_utf16(Bytes bytes) {
  std::size_t end = 0;
  const auto most = std::min(bytes.size(), 2 * max_value_text);
  while (end + 1 < most && (bytes[end] != 0 || bytes[end + 1] != 0)) end += 2;
  std::string units;
  for (const auto byte : bytes.first(end)) units += static_cast<char>(byte);
  auto text = utf8_of_utf16<std::string>(units, ByteOrder::little);
  text.resize(utf8_cut(text, max_value_text));
  return text;
}

std::string text_of_value(std::uint8_t type, Bytes bytes) {
  if (bytes.empty() && type != value_type::string) return "";
  switch (type) {
    case value_type::null:
      return "";
    case value_type::string:
      return text_of_utf16(bytes);
    case ansi_string:
      return ascii(bytes);
    case int8:
      return fmt::format("{}", static_cast<int>(Cursor(bytes).number<std::int8_t>()));
    case uint8:
      return fmt::format("{}", static_cast<int>(Cursor(bytes).number<std::uint8_t>()));
    case int16:
      return number_text<std::int16_t>(bytes);
    case uint16:
      return number_text<std::uint16_t>(bytes);
    case int32:
      return number_text<std::int32_t>(bytes);
    case uint32:
      return number_text<std::uint32_t>(bytes);
    case int64:
      return number_text<std::int64_t>(bytes);
    case uint64:
      return number_text<std::uint64_t>(bytes);
    case real32:
      return fmt::format("{}", std::bit_cast<float>(Cursor(bytes).number<std::uint32_t>()));
    case real64:
      return fmt::format("{}", std::bit_cast<double>(Cursor(bytes).number<std::uint64_t>()));
    case boolean:
      return Cursor(bytes).number<std::uint32_t>() != 0 ? "true" : "false";
    case guid:
      return guid_text(bytes);
    case size_type:
      return bytes.size() == 4 ? fmt::format("0x{:x}", Cursor(bytes).number<std::uint32_t>())
                               : fmt::format("0x{:x}", Cursor(bytes).number<std::uint64_t>());
    case filetime:
      return filetime_text(Cursor(bytes).number<std::uint64_t>());
    case systemtime:
      return systemtime_text(bytes);
    case sid:
      return sid_text(bytes);
    case hex_int32:
      return fmt::format("0x{:x}", Cursor(bytes).number<std::uint32_t>());
    case hex_int64:
      return fmt::format("0x{:x}", Cursor(bytes).number<std::uint64_t>());
    default:
      return hexadecimal(bytes);
  }
}

std::vector<std::string> texts_of_value(std::uint8_t type, Bytes bytes) {
  if ((type & value_type::array) == 0) return {text_of_value(type, bytes)};
  const auto item = static_cast<std::uint8_t>(type & ~value_type::array);
  if (item == value_type::string) return strings(bytes);
  const auto size = fixed_size(item);
  if (size == 0) return {hexadecimal(bytes)};
  std::vector<std::string> items;
  for (std::size_t at = 0; at + size <= bytes.size() && items.size() < max_array_items;
       at += size) {
    items.push_back(text_of_value(item, bytes.subspan(at, size)));
  }
  return items;
}

std::size_t fixed_size(std::uint8_t type) {
  switch (type) {
    case int8:
    case uint8:
      return 1;
    case int16:
    case uint16:
      return 2;
    case int32:
    case uint32:
    case real32:
    case boolean:
    case hex_int32:
      return 4;
    case int64:
    case uint64:
    case real64:
    case filetime:
    case hex_int64:
      return 8;
    case guid:
    case systemtime:
      return 16;
    default:
      return 0;
  }
}

}  // namespace cal::evtx
