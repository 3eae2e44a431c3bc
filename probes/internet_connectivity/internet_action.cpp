#include "probes/internet_connectivity/internet_action.h"

#include "agent/base/text.h"

#include <fmt/format.h>

namespace cal::internet_connectivity {

namespace {

using net::Fault;

// Who renews it: the endpoint's operator, or who runs the inspecting proxy. The text is the same
// from run to run, as it is also the label of a metric: it has the date and not the age.
std::string renew(const net::Certificate& certificate, const std::string& server,
                  const std::string& host, SystemTime now) {
  const auto end = certificate.chain_not_after();
  if (now < end) {
    return fmt::format(
        "The certificate {} of {} is not valid yet by the clock of {}: set that clock "
        "right, or wait.",
        certificate.subject, server, host);
  }
  return fmt::format(
      "Renew the certificate {} of {}, or restore the one before: it, or an issuer of "
      "it, expired on {} by the clock of {}. If that clock is wrong, set it right.",
      certificate.subject, server, time_text(end), host);
}

std::string handshake_step(const net::Transfer& transfer, const std::string& url,
                           const std::string& server) {
  const bool is_silent = transfer.fault == net::TransferFault::timeout;
  return fmt::format(
      "{}Request {} from the licensing server. If it fails there too, look for a firewall or proxy "
      "that inspects TLS on the way to {}, {}.",
      is_silent ? "The TCP connection is accepted, but nothing answers the TLS handshake. " : "",
      url, server,
      is_silent ? "and whether the service behind it hangs"
                : "and check which TLS versions both sides support");
}

}  // namespace

std::string action_for(const net::WayFacts& way, Fault fault, const std::string& host,
                       SystemTime now) {
  const auto& url = way.endpoint->url;
  const auto server = fmt::format("{}:{}", net::in_url(url.host), url.port);
  const auto* certificate =
      way.transfer && way.transfer->certificate ? &*way.transfer->certificate : nullptr;
  switch (fault) {
    case Fault::tls_expired:
      return certificate ? renew(*certificate, server, host, now) : "";
    case Fault::tls_untrusted:
      if (!certificate) return "";
      return fmt::format(
          "Find out who \"{}\" is, the issuer of the certificate. If it is your own firewall or "
          "proxy, exempt {} from TLS inspection. If it is neither that nor a CA that you trust, "
          "the operator of {} has to restore the previous certificate.",
          certificate->issuer, server, server);
    case Fault::tls_name_mismatch:
      if (!certificate) return "";
      return fmt::format(
          "Find out why {} answers with the certificate {}, which is not valid for {}: look for a "
          "captive portal, a proxy that inspects TLS, or a wrong DNS record. If none is there, "
          "the operator of {} has to restore the previous certificate.",
          server, certificate->subject, url.host, server);
    case Fault::tls_failed:
      return handshake_step(*way.transfer, url.text, server);
    case Fault::tcp_refused:
    case Fault::tcp_timeout:
      if (way.endpoint->proxy) return "";
      return fmt::format(
          "Allow outbound TCP {} from {} to {} in the host's own firewall and at the "
          "edge of the network, and check that something listens there.",
          url.port, host, url.host);
    case Fault::dns_not_found:
      return fmt::format(
          "Check the name {}, and ask another DNS server for it: if that one knows it, "
          "repair the forwarders or the filter of the first.",
          url.host);
    case Fault::captive_portal:
      return fmt::format(
          "Log in to the network whose portal answers in place of {}, from {}, or exempt {} from "
          "that portal.",
          url.text, host, host);
    default:
      return "";
  }
}

}  // namespace cal::internet_connectivity
