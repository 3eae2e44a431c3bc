#include "probes/ldap_io/tls_context.h"

#include "agent/base/digest.h"
#include "agent/base/file.h"
#include "probes/net/ca_file.h"

#include <openldap.h>

#include <map>
#include <mutex>
#include <optional>
#include <string_view>

// Of LeakSanitizer, in a program that is built with it.
extern "C" [[gnu::weak]] void __lsan_disable();  // NOLINT(bugprone-reserved-identifier)
extern "C" [[gnu::weak]] void __lsan_enable();   // NOLINT(bugprone-reserved-identifier)

namespace cal::ldap {

namespace {

// What stays until the process ends is not a leak.
class Lasting {
 public:
  Lasting() {
    if (__lsan_disable != nullptr) __lsan_disable();
  }
  ~Lasting() {
    if (__lsan_enable != nullptr) __lsan_enable();
  }
  Lasting(const Lasting&) = delete;
  Lasting& operator=(const Lasting&) = delete;
};

std::optional<Digest> digest_of(const std::filesystem::path& file) {
  const auto content = read_file(file, net::max_ca_file);
  if (!content) return {};
  return sha256(*content);
}

// TLS 1.2 and newer, in the way of the library behind libldap: with GnuTLS (Debian),
// LDAP_OPT_X_TLS_PROTOCOL_MIN has no effect.
bool refuse_old_versions(LDAP* handle) {
  char* package = nullptr;
  ldap_get_option(handle, LDAP_OPT_X_TLS_PACKAGE, &package);
  const bool is_gnutls = package != nullptr && std::string_view(package) == "GnuTLS";
  ldap_memfree(package);
  if (is_gnutls) {
    return ldap_set_option(handle, LDAP_OPT_X_TLS_CIPHER_SUITE,
                           "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2") == LDAP_OPT_SUCCESS;
  }
  const int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
  return ldap_set_option(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest) == LDAP_OPT_SUCCESS;
}

// What a handle takes from itself, and not from its context: ldap.conf and the environment may set
// it, too.
void demand_certificate(LDAP* handle) {
  const int demand = LDAP_OPT_X_TLS_DEMAND;
  ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  ldap_set_option(handle, LDAP_OPT_X_TLS_PEERKEY_HASH, nullptr);
}

// A new context; null if the file cannot be used. Its handle is never freed: the context may refer
// to the handle's options.
void* make_context(const std::filesystem::path& ca_file) {
  LDAP* handle = nullptr;
  if (ldap_initialize(&handle, nullptr) != LDAP_SUCCESS) return nullptr;
  for (const int option : {LDAP_OPT_X_TLS_CACERTDIR, LDAP_OPT_X_TLS_CERTFILE,
                           LDAP_OPT_X_TLS_KEYFILE, LDAP_OPT_X_TLS_CRLFILE}) {
    ldap_set_option(handle, option, nullptr);
  }
  ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, ca_file.c_str());
  demand_certificate(handle);
  const int as_client = 0;
  void* context = nullptr;
  // NEWCTX must be last, since it reads the files.
  if (refuse_old_versions(handle) &&
      ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &as_client) == LDAP_OPT_SUCCESS) {
    ldap_get_option(handle, LDAP_OPT_X_TLS_CTX, &context);
  }
  if (context == nullptr) ldap_unbind_ext(handle, nullptr, nullptr);
  return context;
}

class Contexts {
 public:
  // Null if the file cannot be used.
  void* of(const std::filesystem::path& ca_file) {
    const auto digest = digest_of(ca_file);
    if (!digest) return nullptr;
    const std::scoped_lock lock(mutex_);
    if (const auto known = contexts_.find(*digest); known != contexts_.end()) return known->second;
    const Lasting lasting;
    void* made = make_context(ca_file);
    // libldap opened the file again: it may have been replaced since.
    if (made == nullptr || digest_of(ca_file) != digest) return nullptr;
    contexts_.emplace(*digest, made);
    return made;
  }

 private:
  std::mutex mutex_;
  std::map<Digest, void*> contexts_;
};

}  // namespace

bool use_tls_context(LDAP* handle, const std::filesystem::path& ca_file) {
  static Contexts contexts;
  void* context = contexts.of(ca_file);
  demand_certificate(handle);
  // Without a context libldap would take the process-wide one, which may trust other CAs.
  return context != nullptr &&
         ldap_set_option(handle, LDAP_OPT_X_TLS_CTX, context) == LDAP_OPT_SUCCESS;
}

}  // namespace cal::ldap
