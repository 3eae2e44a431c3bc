#include "probes/winlog/line_splitter.h"

#include "agent/base/utf.h"

namespace cal::winlog {

namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

}  // namespace

Encoding encoding_of(std::string_view head) {
  if (const auto order = utf16_mark(head)) {
    return *order == ByteOrder::little ? Encoding::utf16_little : Encoding::utf16_big;
  }
  if (head.size() >= 2 && head[0] != '\0' && head[1] == '\0') return Encoding::utf16_little;
  if (head.size() >= 2 && head[0] == '\0' && head[1] != '\0') return Encoding::utf16_big;
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
  const auto order = encoding_ == Encoding::utf16_big ? ByteOrder::big : ByteOrder::little;
  auto text = encoding_ == Encoding::utf8 ? line_ : utf8_of_utf16<std::string>(line_, order);
  if (text.starts_with(utf8_mark)) text.erase(0, utf8_mark.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace cal::winlog
