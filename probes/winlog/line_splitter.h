// Splits the bytes of a text file into lines of UTF-8, in constant memory, and keeps track of where
// each begins. Knows UTF-8 and UTF-16, with the byte order mark that PowerShell writes. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cal::winlog {

enum class Encoding { utf8, utf16_little, utf16_big };

// By the byte order mark at the start of a file, or a NUL next to its first character, which is
// ASCII in every layout; otherwise UTF-8.
Encoding encoding_of(std::string_view head);

struct Line {
  std::string_view text;  // without line end and byte order mark
  bool too_long = false;  // then `text` is empty
};

class LineSplitter {
 public:
  using OnLine = std::function<void(const Line&)>;
  static constexpr std::size_t longest_line = 1024 * 1024;  // bytes, of the file's encoding

  explicit LineSplitter(Encoding encoding) : encoding_(encoding) {}

  // Calls `on_line` for each line that ends in these bytes, except blank lines.
  void feed(std::string_view bytes, const OnLine& on_line);

  // How many of the bytes fed so far belong to lines that have ended.
  std::uint64_t consumed() const { return consumed_; }

  // The text after the last line end. Empty if it is longer than a line may be.
  std::string rest() const;
  bool rest_is_too_long() const { return too_long_; }
  std::uint64_t fed() const { return fed_; }

 private:
  void keep(std::string_view bytes);
  void end_line(const OnLine& on_line);
  std::string decoded() const;

  Encoding encoding_;
  std::string line_;       // the bytes of the line that has not ended yet
  bool too_long_ = false;  // of that line; then its bytes are not kept
  std::uint64_t consumed_ = 0;
  std::uint64_t fed_ = 0;
  char last_byte_ = 0;
};

}  // namespace cal::winlog
