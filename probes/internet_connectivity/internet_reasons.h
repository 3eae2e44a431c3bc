// The reasons of the probe internet_connectivity.
#pragma once

#include "agent/contract/reason_table.h"
#include "probes/net/ladder.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace cal::internet_connectivity {

inline constexpr std::string_view check_name_servers =
    "Check the DNS servers of the host (/etc/resolv.conf, or `name_servers`) and their "
    "forwarders.";
inline constexpr std::string_view check_firewall =
    "Check the host's own firewall and those at the edge of the network; activation needs "
    "outbound TCP 443 and 80.";
inline constexpr std::string_view check_proxy =
    "Check the proxy that the summary names, and that it is the right one (`proxy`, https_proxy).";

// Starts with one row for each Fault, in the order of the enumeration: from the worst to the best.
inline constexpr std::array reasons{
    Reason{"no_interface_up", Verdict::present, Severity::critical,
           "The outgoing network interface has no carrier or is switched off.",
           "Check the cable, the link lights at both ends, the adapter and its driver."},
    Reason{"no_address", Verdict::present, Severity::critical,
           "The host has no source address of that family.",
           "Check the address in the network settings, and the DHCP server."},
    Reason{"no_route", Verdict::present, Severity::critical,
           "The host has no route to the address, though it may have routes to others.",
           "Check the default gateway and the routes (`ip route get ADDRESS`)."},
    Reason{"dns_not_found", Verdict::present, Severity::critical,
           "DNS reports that the name does not exist, or has no address of that family.",
           check_name_servers},
    Reason{"dns_refused", Verdict::present, Severity::critical,
           "The DNS server refuses to answer this host, or its port is closed.",
           check_name_servers},
    Reason{"dns_server_failure", Verdict::present, Severity::critical,
           "The DNS server failed, or no DNS server can be reached.", check_name_servers},
    Reason{"dns_timeout", Verdict::present, Severity::critical, "No DNS server answered in time.",
           check_name_servers},
    Reason{"proxy_unreachable", Verdict::present, Severity::critical,
           "The HTTP proxy cannot be reached.", check_proxy},
    Reason{"proxy_auth_required", Verdict::present, Severity::critical,
           "The HTTP proxy requires a user and a password.",
           "Exempt the licensing server from authentication on the proxy, or configure a user and "
           "a password for it."},
    Reason{"tcp_refused", Verdict::present, Severity::critical,
           "The connection was refused: nothing listens on the port, or a firewall rejects it.",
           check_firewall},
    Reason{"tcp_timeout", Verdict::present, Severity::critical,
           "The connection attempt got no answer: a firewall drops it, or the host is down.",
           check_firewall},
    Reason{"tcp_unreachable", Verdict::present, Severity::critical,
           "The network reported that the host is unreachable.",
           "Check the gateway and the routers behind it; on the same link, check that the host is "
           "up."},
    Reason{"tls_failed", Verdict::present, Severity::critical,
           "The connection was made, but the TLS handshake failed.",
           "Look for a firewall or proxy that inspects TLS, and check which TLS versions both "
           "sides support."},
    Reason{"tls_untrusted", Verdict::present, Severity::critical,
           "The certificate was not issued by a CA that this host trusts.",
           "If a proxy inspects TLS, exempt the activation hosts, or put its CA into `ca_file`; if "
           "only Windows trusts the root CA, set `tls_trust: report`."},
    Reason{"tls_expired", Verdict::present, Severity::critical,
           "The certificate has expired or is not yet valid.",
           "Check the clock of this host; if it is right, the certificate must be renewed."},
    Reason{"tls_name_mismatch", Verdict::present, Severity::critical,
           "The certificate was issued for another name: another server answers.",
           "Look for a captive portal, a proxy that inspects TLS, or a wrong DNS answer."},
    Reason{
        "http_error", Verdict::present, Severity::warning,
        "The server was reached, but its HTTP answer is not as expected, or may be of the proxy.",
        "Compare the status with `expect_status`; request the endpoint by hand."},
    Reason{"captive_portal", Verdict::present, Severity::critical,
           "Something in between answers instead of the endpoint, typically a captive portal that "
           "wants a login.",
           "Log in to that network, or exempt the server from its portal."},
    Reason{"content_mismatch", Verdict::present, Severity::warning,
           "The answer does not contain the expected text.",
           "Compare it with `expect_body`; request the endpoint by hand."},
    Reason{"answer_not_proven", Verdict::unknown, Severity::warning,
           "An answer came through the proxy, but it may be the proxy's own.",
           "Set `expect_body` of the endpoint to a text that only the endpoint sends."},
    Reason{"health_alert_open", Verdict::present, Severity::critical,
           "The administration console reports an alert for Internet Services.",
           "Do what the console recommends for the alert (System Health tab)."},
    Reason{"health_alerts_missing", Verdict::unknown, Severity::warning,
           "The file with the console's alerts does not exist.",
           "Export the alerts, or correct `health_alerts_file`."},
    Reason{"health_alerts_unreadable", Verdict::unknown, Severity::warning,
           "The file with the console's alerts cannot be used.",
           "Correct the error that the summary names, or export the alerts again."},
    Reason{"health_alerts_stale", Verdict::unknown, Severity::warning,
           "The export of the console's alerts is older than `max_age`, or from the future.",
           "Export the alerts again, best by a scheduled task."},
    Reason{"reachable", Verdict::clear, Severity::ok, "The endpoints are reachable.", "Nothing."},
};

inline constexpr ReasonTable reason{reasons};

// The same rows for an agent elsewhere: what it sees is a possible cause, and is not critical as
// long as no activation fails.
inline constexpr auto reasons_from_elsewhere = [] {
  auto rows = reasons;
  for (auto& row : rows) {
    if (row.severity == Severity::critical) row.severity = Severity::warning;
  }
  return rows;
}();

inline const Reason& reason_of(net::Fault fault, bool same_egress) {
  const auto number = static_cast<std::size_t>(fault);
  return same_egress ? reasons[number] : reasons_from_elsewhere[number];
}

}  // namespace cal::internet_connectivity
