// Kerberos credentials of one bind: tickets by a keytab, in a memory cache of their own that goes
// with them. So networks do not meet in one cache, and nothing is written to disk. Internal.
#pragma once

#include "probes/ldap/fault.h"
#include "probes/ldap/settings.h"

#include <memory>
#include <string>

struct gss_cred_id_struct;  // what gss_cred_id_t points to

namespace cal::ldap {

class KerberosCredentials {
 public:
  // Asks the KDC for a ticket. Where the KDC does not answer this takes up to 27 s: the library
  // knows no bound of ours. `tried` begins a fault's message.
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
