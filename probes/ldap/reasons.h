// The reasons that all directory probes share, one for each kind of fault. A probe appends them to
// its own table.
#pragma once

#include "agent/contract/probe.h"
#include "probes/ldap/fault.h"

#include <array>

namespace cal::ldap {

// In the order of FaultKind, without its last, `timeout`, whose reason is common_reason::timeout.
inline constexpr std::array<Reason, 10> directory_reasons{{
    {"resolve_failed", Verdict::unknown, Severity::warning,
     "The name of the directory server, or of its domain, could not be resolved.",
     "Check the name in the configuration and the DNS servers that the agent's host uses; "
     "`name_servers` can point at the domain's own."},
    {"connect_failed", Verdict::unknown, Severity::warning,
     "No TCP connection to a directory server, or it was lost before the answer arrived.",
     "Check that a domain controller is running, and that firewalls allow the agent to reach port "
     "636 (LDAPS) or 389 (LDAP, StartTLS)."},
    {"tls_failed", Verdict::unknown, Severity::warning,
     "The TLS handshake with the directory server failed.",
     "Check that the server has a certificate for LDAPS and supports TLS 1.2 or newer on this "
     "port, and that `ca_file` can be read."},
    {"tls_untrusted", Verdict::unknown, Severity::warning,
     "The directory server's certificate was not issued by a CA that the agent trusts.",
     "Add the certificate of the issuing CA (in Active Directory usually the enterprise root CA) "
     "to `ca_file`."},
    {"tls_expired", Verdict::unknown, Severity::warning,
     "The directory server's certificate has expired or is not yet valid.",
     "Renew the certificate on the domain controller; check the clocks of both hosts."},
    {"tls_name_mismatch", Verdict::unknown, Severity::warning,
     "The directory server's certificate was issued for a name other than the one configured.",
     "Use the name in the certificate in `uri`: usually the domain controller's full DNS name, not "
     "an alias or an address."},
    {"bind_refused", Verdict::unknown, Severity::warning,
     "The directory server refused the agent's credentials, or the way they were sent.",
     "Check the user name, the password or keytab, and whether the account is disabled, locked out "
     "or expired. A server that requires strong authentication needs ldaps:// or StartTLS. A wrong "
     "password or keytab is held, so that the account is not locked; a changed file is tried at "
     "once."},
    {"not_permitted", Verdict::unknown, Severity::warning,
     "The agent's account has no permission to read what the probe needs.",
     "Grant the account in `bind` read access to the object named in the summary."},
    {"server_error", Verdict::unknown, Severity::warning,
     "The directory server returned an error, or more data than the agent accepts.",
     "Look up the result code in the summary, and check the Directory Service event log of the "
     "domain controller."},
    {"tls_domain_mismatch", Verdict::unknown, Severity::warning,
     "The certificate of a server that DNS names for the domain does not prove that the server is "
     "a domain controller of it; the password was not sent.",
     "Give the domain controllers a certificate from the template Kerberos Authentication, which "
     "names the domain, or list the servers in `uri` instead of `srv`, or use `method: gssapi`."},
}};

const Reason& reason_of(FaultKind kind);

}  // namespace cal::ldap
