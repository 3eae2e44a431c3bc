// Kerberos credentials of one bind: tickets by a keytab, in a memory cache of their own that goes
// with them. So networks do not meet in one cache, and nothing is written to disk. Internal.
#pragma once

#include "probes/ldap/fault.h"
#include "probes/ldap/settings.h"

#include <gssapi/gssapi.h>
#include <krb5.h>

#include <memory>
#include <string>

namespace cal::ldap {

class KerberosCredentials {
 public:
  // Asks the KDC for a ticket. Where the KDC does not answer this takes up to 27 s: the library
  // knows no bound of ours. `tried` begins a fault's message.
  static Result<KerberosCredentials> acquire(const BindSettings& settings,
                                             const std::string& tried);

  gss_cred_id_t get() const { return credentials_.get(); }

 private:
  struct FreeContext {
    void operator()(krb5_context context) const { krb5_free_context(context); }
  };
  struct DestroyCache {
    krb5_context context;
    void operator()(krb5_ccache cache) const { krb5_cc_destroy(context, cache); }
  };
  struct Release {
    void operator()(gss_cred_id_t credentials) const {
      OM_uint32 minor = 0;
      gss_release_cred(&minor, &credentials);
    }
  };
  using Context = std::unique_ptr<_krb5_context, FreeContext>;
  using Cache = std::unique_ptr<_krb5_ccache, DestroyCache>;
  using Credentials = std::unique_ptr<gss_cred_id_struct, Release>;

  KerberosCredentials(Context context, Cache cache, Credentials credentials)
      : context_(std::move(context)),
        cache_(std::move(cache)),
        credentials_(std::move(credentials)) {}

  Context context_;
  Cache cache_;
  Credentials credentials_;
};

}  // namespace cal::ldap
