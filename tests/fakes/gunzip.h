// Reads a gzip file the way a client does.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace cal::fakes {

// The content of `file`. Throws if it is not exactly one valid member (RFC 1952).
inline std::string gunzip(std::string file) {
  z_stream stream{};
  constexpr int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&stream, gzip_only) != Z_OK) throw std::bad_alloc();
  stream.next_in = static_cast<Bytef*>(static_cast<void*>(file.data()));
  stream.avail_in = static_cast<uInt>(file.size());
  std::string content;
  std::string part(4096, '\0');
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = static_cast<Bytef*>(static_cast<void*>(part.data()));
    stream.avail_out = static_cast<uInt>(part.size());
    result = inflate(&stream, Z_NO_FLUSH);
    content.append(part, 0, part.size() - stream.avail_out);
  }
  const auto left = stream.avail_in;
  inflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("damaged gzip");
  if (left != 0) throw std::runtime_error("something follows the gzip member");
  return content;
}

}  // namespace cal::fakes
