// One rendering of /metrics, stored only in compressed form: the text is twenty times as large, and
// few clients ask for it. Unchanged pieces of the previous rendering are reused, and any ending can
// be appended without compressing the rest again.
#pragma once

#include "agent/base/digest.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// Immutable and shared between threads.
class Exposition {
 public:
  // The gzip file (RFC 1952), one member, of the text followed by `tail`.
  std::string gzip(std::string_view tail) const;

  // The text followed by `tail`, as a whole; every call decompresses it.
  std::string text(std::string_view tail = {}) const;

  // The same without a tail, part after part.
  void for_each_part(const std::function<void(std::string_view)>& take) const;

  std::size_t text_size() const { return text_size_; }

  // Copies a part of the text from `begin` on, and returns how much: at least a byte, unless the
  // text ends there or `out` is empty. Decompresses one piece. Throws std::runtime_error.
  std::size_t read_text(std::size_t begin, std::span<char> out) const;

  // How many bytes of text were compressed for this rendering and not reused.
  std::size_t newly_compressed() const { return newly_compressed_; }

 private:
  friend class ExpositionWriter;

  // A raw deflate stream (RFC 1951) of whole lines, flushed to a byte boundary and left open.
  struct Piece {
    Digest digest;  // of the text
    std::size_t size;
    unsigned long crc;
    std::string deflated;
  };

  static std::string text_of(const Piece& piece);

  std::vector<std::shared_ptr<const Piece>> pieces_;
  std::size_t text_size_ = 0;
  std::size_t newly_compressed_ = 0;
};

// Makes an exposition of text that arrives in parts, so that it is never in memory as a whole. Not
// thread-safe.
class ExpositionWriter {
 public:
  explicit ExpositionWriter(const Exposition* before = nullptr);

  void append(std::string_view text);

  // At the end; the writer is empty after it.
  std::shared_ptr<const Exposition> finish();

 private:
  void add(std::string_view text);  // a piece

  std::map<Digest, std::shared_ptr<const Exposition::Piece>> known_;
  std::string pending_;         // not in a piece yet
  std::size_t line_begin_ = 0;  // of its last line, which may not be whole
  std::shared_ptr<Exposition> page_ = std::make_shared<Exposition>();
};

}  // namespace cal
