// Kerberos credentials of one bind: tickets from a keytab, in their own memory cache, which is
// destroyed with them. Networks do not share a cache, and nothing is written to disk. Internal.
#pragma once

#include "probes/ldap/fault.h"
#include "probes/ldap/settings.h"

#include <memory>
#include <string>

struct gss_cred_id_struct;  // what gss_cred_id_t points to

namespace cal::ldap {

class KerberosCredentials {
 public:
  // Asks the KDC for a ticket. Takes up to 27 s if the KDC does not answer: the library has no
  // timeout that we could set. `tried` begins a fault's message.
  static Result<KerberosCredentials> acquire(const BindSettings& settings,
                                             const std::string& tried);

  KerberosCredentials(KerberosCredentials&&) noexcept;
  KerberosCredentials& operator=(KerberosCredentials&&) = delete;
  KerberosCredentials(const KerberosCredentials&) = delete;
  KerberosCredentials& operator=(const KerberosCredentials&) = delete;
  ~KerberosCredentials();

  gss_cred_id_struct* get() const;

 private:
  struct Tickets;
  explicit KerberosCredentials(std::unique_ptr<Tickets> tickets);
  std::unique_ptr<Tickets> tickets_;
};

}  // namespace cal::ldap
