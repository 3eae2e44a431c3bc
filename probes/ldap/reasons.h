// The reasons that every directory probe shares, one for each kind of fault (design.md 2).
// A probe puts these rows into its own table.
#pragma once

#include "agent/contract/probe.h"
#include "probes/ldap/fault.h"

#include <array>

namespace cal::ldap {

// In the order of FaultKind, which `timeout` ends: that one is common_reason::timeout.
inline constexpr std::array<Reason, 9> directory_reasons{{
    {"resolve_failed", Verdict::unknown, Severity::warning,
     "The name of the directory server, or of its domain, could not be resolved.",
     "Check the name in the configuration and the DNS servers that the agent's host uses; "
     "`name_servers` can point at the domain's own."},
    {"connect_failed", Verdict::unknown, Severity::warning,
     "No TCP connection to a directory server, or it was lost before the answer came.",
     "Check that a domain controller runs, and that firewalls let the agent reach port 636 "
     "(LDAPS) or 389 (LDAP, StartTLS)."},
    {"tls_failed", Verdict::unknown, Severity::warning,
     "The TLS handshake with the directory server failed.",
     "Check that the server has a certificate for LDAPS, speaks TLS 1.2 or newer on this port, "
     "and that `ca_file` can be read."},
    {"tls_untrusted", Verdict::unknown, Severity::warning,
     "The directory server's certificate was not issued by a CA that the agent trusts.",
     "Put the certificate of the CA that issued it (on AD usually the enterprise root CA) into "
     "`ca_file`."},
    {"tls_expired", Verdict::unknown, Severity::warning,
     "The directory server's certificate has expired or is not yet valid.",
     "Renew the certificate on the domain controller; check the clocks of both hosts."},
    {"tls_name_mismatch", Verdict::unknown, Severity::warning,
     "The directory server's certificate is made out to another name than the one configured.",
     "Use in `uri` the name that the certificate carries, usually the domain controller's full "
     "DNS name, not an alias or an address."},
    {"bind_refused", Verdict::unknown, Severity::warning,
     "The directory server refused the agent's credentials, or the way they were sent.",
     "Check user, password or keytab, and whether the account is disabled, locked or expired. "
     "A server that asks for strong authentication wants ldaps:// or StartTLS."},
    {"not_permitted", Verdict::unknown, Severity::warning,
     "The agent's account may not read what the probe has to read.",
     "Grant the account of `bind` read access to the object named in the summary."},
    {"server_error", Verdict::unknown, Severity::warning,
     "The directory server answered with an error, or with more than the agent accepts.",
     "Look up the result code in the summary, and the directory service event log of the domain "
     "controller."},
}};

const Reason& reason_of(FaultKind kind);

}  // namespace cal::ldap
