#include "probes/internet_connectivity/endpoint_options.h"

#include "probes/net/automatic_proxy.h"
#include "probes/net/no_proxy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace cal {

namespace {

using net::Endpoint;
using net::Family;
using net::FamilyChoice;

// Endpoints that Microsoft's own clients use. Activation needs both purposes: HTTPS for itself, and
// HTTP for the lists of revoked certificates. Of each endpoint, the README says what its failure
// means.
std::vector<Endpoint> usual_endpoints() {
  constexpr auto plain = "HTTP (port 80)";
  constexpr auto encrypted = "HTTPS (port 443)";
  std::vector<Endpoint> endpoints;
  // The connectivity test of Windows itself (NCSI).
  endpoints.push_back({.url = *net::parse_url("http://www.msftconnecttest.com/connecttest.txt"),
                       .expect_status = {200},
                       .expect_body = "Microsoft Connect Test",
                       .purpose = plain});
  // Only Windows trusts the root CA of its certificate.
  endpoints.push_back({.url = *net::parse_url("https://activation.sls.microsoft.com/"),
                       .tls_trust = net::TlsTrust::report,
                       .purpose = encrypted});
  endpoints.push_back({.url = *net::parse_url("https://go.microsoft.com/"), .purpose = encrypted});
  return endpoints;
}

std::vector<FamilyChoice> read_families(Options& options, const net::Url& url) {
  using Choice = std::vector<FamilyChoice>;
  auto families = options.choice_or("ip_family", Choice{std::nullopt},
                                    {{"any", Choice{std::nullopt}},
                                     {"ipv4", Choice{Family::v4}},
                                     {"ipv6", Choice{Family::v6}},
                                     {"both", Choice{Family::v4, Family::v6}}});
  const auto literal = net::Address::parse(url.host);
  for (const auto& family : families) {
    if (literal && family && *family != literal->family) {
      options.error("ip_family",
                    fmt::format("{} has no {} address", url.host, net::name_of(family)));
    }
  }
  return families;
}

// `proxy`: a URL, `none`, or `environment`.
void read_proxy(Options& options, const std::string& fallback, const net::Variable& variable,
                Endpoint& endpoint) {
  const auto written = options.text_or("proxy", fallback);
  if (written == "none") return;
  if (written == "environment") {
    auto proxy = net::proxy_of_environment(endpoint.url, variable);
    if (proxy) {
      endpoint.proxy = std::move(*proxy);
    } else {
      options.error("proxy", proxy.error() + ", or set proxy: none");
    }
    return;
  }
  auto proxy = net::parse_proxy(written);
  if (!proxy) {
    options.error("proxy", fmt::format("the value {}, none or environment", proxy.error()));
  } else if (!proxy->credentials.empty()) {
    options.error("proxy",
                  "the proxy's URL contains a password, which every page would show; set "
                  "it in the agent's environment (https_proxy)");
  } else {
    endpoint.proxy = std::move(*proxy);
  }
}

// What other programs on the host may read differently.
std::vector<std::string> notes_about_proxies(const std::vector<Endpoint>& endpoints,
                                             const net::Variable& variable,
                                             const std::filesystem::path& root) {
  std::vector<std::string> notes;
  const auto ignored = net::entries_without_effect(net::no_proxy_of_environment(variable));
  if (!ignored.empty()) {
    notes.push_back(fmt::format(
        "no_proxy in the agent's environment has {}, which exempts no host: the list is read as "
        "curl reads it, without ports and with * only alone",
        fmt::join(ignored, ", ")));
  }
  const bool any_direct =
      std::ranges::any_of(endpoints, [](const Endpoint& endpoint) { return !endpoint.proxy; });
  if (const auto automatic = net::automatic_proxy(variable, root); automatic && any_direct) {
    notes.push_back(fmt::format(
        "{} {}, which is not evaluated; set `proxy` to the proxy that it chooses, or to none",
        automatic->where,
        automatic->file.empty() ? "discovers a PAC file (WPAD)"
                                : "names the PAC file " + automatic->file));
  }
  return notes;
}

void check_expectations(Options& options, const Endpoint& endpoint) {
  if (endpoint.url.scheme != net::Scheme::tcp) return;
  for (const auto* key : {"expect_status", "expect_body"}) {
    if (options.has(key)) options.error(key, "a tcp:// endpoint does not give an HTTP answer");
  }
}

Endpoint read_details(Options& options, const std::string& proxy, const net::Variable& variable,
                      Endpoint endpoint) {
  endpoint.families = read_families(options, endpoint.url);
  endpoint.expect_status = options.numbers("expect_status", 100, 599);
  endpoint.expect_body = options.text_or("expect_body", "");
  endpoint.tls_trust =
      options.choice_or("tls_trust", net::TlsTrust::require,
                        {{"require", net::TlsTrust::require}, {"report", net::TlsTrust::report}});
  endpoint.owned = options.flag_or("owned", false);
  read_proxy(options, proxy, variable, endpoint);
  check_expectations(options, endpoint);
  options.reject_unknown_keys();
  return endpoint;
}

}  // namespace

EndpointOptions read_endpoints(Options& options, const net::Variable& variable,
                               const std::filesystem::path& root) {
  const auto proxy = options.text_or("proxy", "environment");
  EndpointOptions read;
  auto& endpoints = read.endpoints;
  if (!options.has("endpoints")) {
    for (auto& endpoint : usual_endpoints()) {
      read_proxy(options, proxy, variable, endpoint);
      endpoints.push_back(std::move(endpoint));
    }
  }
  auto items = options.items("endpoints");
  if (options.has("endpoints") && items.empty()) {
    options.error("endpoints", "list at least one endpoint, or leave the key out");
  }
  std::set<std::string> seen;
  for (auto& item : items) {
    const auto text = item.mapping ? item.mapping->text("url") : item.text;
    auto& where = item.mapping ? *item.mapping : options;
    const std::string key = item.mapping ? "url" : "endpoints";
    if (text.empty()) continue;  // reported already
    const auto url = net::parse_url(text);
    if (!url) {
      where.error(key, url.error());
    } else if (!seen.insert(text).second) {
      where.error(key, fmt::format("{} is listed twice", text));
    } else if (item.mapping) {
      endpoints.push_back(read_details(*item.mapping, proxy, variable, {*url}));
    } else {
      endpoints.push_back({*url});
      read_proxy(options, proxy, variable, endpoints.back());
    }
  }
  if (proxy == "environment") read.notes = notes_about_proxies(endpoints, variable, root);
  return read;
}

}  // namespace cal
