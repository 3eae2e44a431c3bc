// One rendering of /metrics, whose gzip form takes any ending without compressing it all again, and
// takes over from the rendering before what has stayed the same.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cal {

// A text compressed piece by piece: raw deflate streams (RFC 1951), each flushed to a byte boundary
// and left open, with what the gzip trailer (RFC 1952) needs. Immutable.
class GzipPrefix {
 public:
  // The text must outlive this. Of the pieces only those are compressed that `before` has not.
  explicit GzipPrefix(std::string_view text, const GzipPrefix* before = nullptr);

  // The gzip file, one member, of the text followed by `tail`.
  std::string closed_by(std::string_view tail) const;

  // How many bytes of text were compressed for this, and not taken over.
  std::size_t compressed_anew() const { return compressed_anew_; }

 private:
  struct Piece {
    std::string_view text;
    unsigned long crc;
    std::shared_ptr<const std::string> deflated;
  };

  std::vector<Piece> pieces_;
  unsigned long crc_ = 0;
  std::uint32_t length_;  // modulo 2^32, as the trailer wants it
  std::size_t compressed_anew_ = 0;
};

// Immutable to its users and shared between threads.
class Page {
 public:
  explicit Page(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  // Compresses at the first call, with the help of the page before, if it is given.
  const GzipPrefix& gzip(const Page* before = nullptr) const;

 private:
  std::string text_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const GzipPrefix> gzip_;
};

}  // namespace cal
