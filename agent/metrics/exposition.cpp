#include "agent/metrics/exposition.h"

#define ZLIB_CONST  // zlib only reads what it is given to read
#include <zlib.h>

#include <algorithm>
#include <functional>
#include <new>
#include <stdexcept>
#include <utility>

namespace cal {

namespace {

// Measured on our pages: as small as level 4 in half the time; 33 us for 18 kB.
constexpr int level = 3;
constexpr int raw_window = -MAX_WBITS;

enum class Ending : int { open = Z_SYNC_FLUSH, closed = Z_FINISH };

const Bytef* bytes_of(std::string_view text) {
  return static_cast<const Bytef*>(static_cast<const void*>(text.data()));
}

Bytef* room_in(std::string& text) { return static_cast<Bytef*>(static_cast<void*>(text.data())); }

// zlib's memory, whatever is thrown on the way.
class Deflater {
 public:
  Deflater() {
    constexpr int default_memory = 8;
    if (deflateInit2(&stream, level, Z_DEFLATED, raw_window, default_memory, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  z_stream stream{};
};

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream, raw_window) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
};

// A raw deflate stream of `text`.
std::string deflated(std::string_view text, Ending ending) {
  Deflater deflater;
  auto& stream = deflater.stream;
  // deflateBound speaks of Z_FINISH; a sync flush adds an empty stored block of at most 6 bytes.
  std::string out(deflateBound(&stream, text.size()) + 6, '\0');
  stream.next_in = bytes_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = room_in(out);
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, static_cast<int>(ending));
  if (result != (ending == Ending::closed ? Z_STREAM_END : Z_OK)) {
    throw std::runtime_error("zlib cannot compress a page");
  }
  out.resize(stream.total_out);
  out.shrink_to_fit();
  return out;
}

// Deflate looks back 32 kB at most; smaller pieces would compress worse.
constexpr std::size_t min_piece = std::size_t{32} * 1024;
constexpr std::size_t cuts_one_line_in = 16;

// Where a text is cut depends on the names of the series around, so that a value that has got a
// digit longer does not shift all the pieces after it.
bool may_cut_after(std::string_view line) {
  const auto series = line.substr(0, line.rfind(' '));  // without the last word, the value
  return std::hash<std::string_view>{}(series) % cuts_one_line_in == 0;
}

unsigned long crc_of(std::string_view text) { return crc32_z(0, bytes_of(text), text.size()); }

void append_little_endian(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<char>(value >> shift & 0xffU));
  }
}

}  // namespace

std::string Exposition::gzip(std::string_view tail) const {
  // RFC 1952 2.3: magic, deflate, no flags, no time, no extra flags, made on Unix.
  static constexpr std::string_view header("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10);
  const auto end = deflated(tail, Ending::closed);
  auto file_size = header.size() + end.size() + 2 * sizeof(std::uint32_t);
  for (const auto& piece : pieces_) file_size += piece->deflated.size();
  std::string out;
  out.reserve(file_size);
  out += header;
  unsigned long crc = 0;
  for (const auto& piece : pieces_) {
    out += piece->deflated;
    crc = crc32_combine(crc, piece->crc, static_cast<z_off_t>(piece->size));
  }
  out += end;
  crc = crc32_combine(crc, crc_of(tail), static_cast<z_off_t>(tail.size()));
  append_little_endian(out, static_cast<std::uint32_t>(crc));
  // Modulo 2^32, says the RFC.
  append_little_endian(out, static_cast<std::uint32_t>(text_size_ + tail.size()));
  return out;
}

std::string Exposition::text_of(const Piece& piece) {
  std::string text(piece.size, '\0');
  Inflater inflater;
  auto& stream = inflater.stream;
  stream.next_in = bytes_of(piece.deflated);
  stream.avail_in = static_cast<uInt>(piece.deflated.size());
  stream.next_out = room_in(text);
  stream.avail_out = static_cast<uInt>(text.size());
  inflate(&stream, Z_SYNC_FLUSH);
  if (stream.avail_out != 0) throw std::runtime_error("zlib cannot decompress a page");
  return text;
}

std::string Exposition::text(std::string_view tail) const {
  std::string out;
  out.reserve(text_size_ + tail.size());
  for_each_part([&](std::string_view part) { out += part; });
  out += tail;
  return out;
}

void Exposition::for_each_part(const std::function<void(std::string_view)>& take) const {
  for (const auto& piece : pieces_) take(text_of(*piece));
}

std::size_t Exposition::read_text(std::size_t begin, std::span<char> out) const {
  for (const auto& piece : pieces_) {
    if (begin >= piece->size) {
      begin -= piece->size;
      continue;
    }
    return text_of(*piece).copy(out.data(), out.size(), begin);
  }
  return 0;
}

ExpositionWriter::ExpositionWriter(const Exposition* before) {
  if (before == nullptr) return;
  for (const auto& piece : before->pieces_) known_.emplace(piece->digest, piece);
}

void ExpositionWriter::append(std::string_view text) {
  pending_ += text;
  const std::string_view all = pending_;
  std::size_t cut = 0;
  for (auto end = all.find('\n', line_begin_); end != all.npos; end = all.find('\n', line_begin_)) {
    const auto line = all.substr(line_begin_, end - line_begin_);
    line_begin_ = end + 1;
    if (line_begin_ - cut >= min_piece && may_cut_after(line)) {
      add(all.substr(cut, line_begin_ - cut));
      cut = line_begin_;
    }
  }
  pending_.erase(0, cut);
  line_begin_ -= cut;
}

std::shared_ptr<const Exposition> ExpositionWriter::finish() {
  if (!pending_.empty()) add(pending_);
  pending_.clear();
  line_begin_ = 0;
  return std::exchange(page_, std::make_shared<Exposition>());
}

void ExpositionWriter::add(std::string_view text) {
  page_->text_size_ += text.size();
  const auto digest = sha256(text);
  const auto known = known_.find(digest);
  if (known != known_.end()) {
    page_->pieces_.push_back(known->second);
    return;
  }
  page_->pieces_.push_back(std::make_shared<const Exposition::Piece>(
      Exposition::Piece{digest, text.size(), crc_of(text), deflated(text, Ending::open)}));
  page_->newly_compressed_ += text.size();
}

}  // namespace cal
