#include "probes/net/verified_chains.h"

#include <openssl/evp.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <utility>

namespace cal::net {

std::string VerifiedChains::key_of(x509_store_ctx_st* presented, const std::string& host) {
  const auto* chain = X509_STORE_CTX_get0_untrusted(presented);
  const int length = chain == nullptr ? 0 : sk_X509_num(chain);
  if (length == 0 || length > max_length) return "";
  std::string key;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  for (int i = 0; i < length; ++i) {
    unsigned int size = 0;
    if (X509_digest(sk_X509_value(chain, i), EVP_sha256(), digest.data(), &size) != 1) return "";
    key.append(digest.begin(), digest.begin() + size);
  }
  return key + host;
}

std::optional<Certificate> VerifiedChains::find(const std::string& key, SystemTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = chains_.find(key);
  if (found == chains_.end() || now < found->second.from || now > found->second.until) return {};
  return found->second.facts;
}

void VerifiedChains::add(const std::string& key, Verified verified) {
  if (key.empty() || !verified.facts.trusted()) return;
  const std::lock_guard lock(mutex_);
  if (chains_.size() >= max_chains) chains_.clear();
  chains_.insert_or_assign(key, std::move(verified));
}

}  // namespace cal::net
