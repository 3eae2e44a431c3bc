#include "probes/winlog/line_splitter.h"

#include "agent/base/text.h"

namespace cal::winlog {

namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

void append_utf8(std::string& text, char32_t c) {
  const auto byte = [&](char32_t bits) { text += static_cast<char>(bits); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | c >> 6);
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3F));
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

std::string from_utf16(std::string_view bytes, bool big) {
  const auto unit_at = [&](std::size_t i) {
    const auto low = static_cast<unsigned char>(bytes[i + (big ? 1 : 0)]);
    const auto high = static_cast<unsigned char>(bytes[i + (big ? 0 : 1)]);
    return static_cast<char32_t>(high << 8 | low);
  };
  std::string text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    auto c = unit_at(i);
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < bytes.size()) {
      const auto low = unit_at(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    constexpr char32_t replacement = 0xFFFD;
    append_utf8(text, c >= 0xD800 && c < 0xE000 ? replacement : c);
  }
  return text;
}

}  // namespace

Encoding encoding_of(std::string_view head) {
  if (head.starts_with("\xFF\xFE")) return Encoding::utf16_little;
  if (head.starts_with("\xFE\xFF")) return Encoding::utf16_big;
  return Encoding::utf8;
}

void LineSplitter::feed(std::string_view bytes, const OnLine& on_line) {
  if (encoding_ == Encoding::utf8) {
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      const auto taken = bytes.substr(0, end == bytes.npos ? end : end + 1);
      keep(taken);
      bytes.remove_prefix(taken.size());
      if (end != bytes.npos) end_line(on_line);
    }
    return;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool whole_unit = fed_ % 2 == 1;
    const char before = last_byte_;
    keep(bytes.substr(i, 1));
    last_byte_ = bytes[i];
    const bool little = encoding_ == Encoding::utf16_little;
    const bool line_feed =
        little ? before == '\n' && last_byte_ == '\0' : before == '\0' && last_byte_ == '\n';
    if (whole_unit && line_feed) end_line(on_line);
  }
}

std::string LineSplitter::rest() const { return too_long_ ? "" : decoded(); }

void LineSplitter::end_line(const OnLine& on_line) {
  const auto text = decoded();
  const bool blank = text.find_first_not_of(" \t\r\n") == text.npos;
  if (too_long_ || !blank) on_line({text, too_long_});
  line_.clear();
  too_long_ = false;
  consumed_ = fed_;
}

void LineSplitter::keep(std::string_view bytes) {
  fed_ += bytes.size();
  if (too_long_) return;
  if (line_.size() + bytes.size() <= longest_line) {
    line_ += bytes;
    return;
  }
  too_long_ = true;
  line_.clear();
}

std::string LineSplitter::decoded() const {
  auto text =
      encoding_ == Encoding::utf8 ? line_ : from_utf16(line_, encoding_ == Encoding::utf16_big);
  if (text.starts_with(utf8_mark)) text.erase(0, utf8_mark.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace cal::winlog
