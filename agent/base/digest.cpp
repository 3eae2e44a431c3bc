#include "agent/base/digest.h"

#include <gnutls/crypto.h>

#include <new>

namespace cal {

Digest sha256(std::string_view text) {
  Digest digest{};
  if (gnutls_hash_fast(GNUTLS_DIG_SHA256, text.data(), text.size(), digest.data()) != 0) {
    throw std::bad_alloc();
  }
  return digest;
}

}  // namespace cal
