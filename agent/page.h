// One rendering of /metrics, whose gzip form takes any ending without compressing it all again.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace cal {

// A text compressed once: a raw deflate stream (RFC 1951) flushed to a byte boundary and left open,
// with what the gzip trailer (RFC 1952) needs. Immutable.
class GzipPrefix {
 public:
  explicit GzipPrefix(std::string_view text);

  // The gzip file, one member, of the text followed by `tail`.
  std::string closed_by(std::string_view tail) const;

 private:
  std::string deflated_;
  unsigned long crc_;
  std::uint32_t length_;  // modulo 2^32, as the trailer wants it
};

// Immutable to its users and shared between threads.
class Page {
 public:
  explicit Page(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  const GzipPrefix& gzip() const;  // compresses at the first call

 private:
  std::string text_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const GzipPrefix> gzip_;
};

}  // namespace cal
