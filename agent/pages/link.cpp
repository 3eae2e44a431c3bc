#include "agent/pages/link.h"

#include <fmt/format.h>

namespace cal {

namespace {

// RFC 3986 2.3: never encoded. 2.2: may separate the parts of a URL.
constexpr std::string_view unreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
constexpr std::string_view reserved = ":/?#[]@!$&'()*+,;=";

template <class IsKept>
std::string encoded(std::string_view text, IsKept is_kept) {
  std::string url;
  for (const char c : text) {
    if (is_kept(c)) {
      url += c;
    } else {
      url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return url;
}

// One part of a URL: what separates parts is encoded, too.
std::string part(std::string_view text) {
  return encoded(text, [](char c) { return unreserved.find(c) != unreserved.npos; });
}

}  // namespace

Link Links::status() const { return Link(prefix_ + "/"); }

Link Links::network(std::string_view network) const {
  return Link(fmt::format("{}/?search={}", prefix_, part(network)));
}

Link Links::cause(std::string_view cause) const {
  return Link(fmt::format("{}/?cause={}", prefix_, part(cause)));
}

Link Links::history(std::string_view network, std::string_view probe) const {
  return Link(fmt::format("{}/probes/{}/{}", prefix_, part(network), part(probe)));
}

Link Links::runbook(std::string_view probe) const {
  return Link(fmt::format("{}/runbooks/{}", prefix_, part(probe)));
}

Link Links::runbook(std::string_view probe, std::string_view network) const {
  return Link(fmt::format("{}?network={}", runbook(probe).url(), part(network)));
}

Link Links::licenses() const { return Link(prefix_ + "/licenses"); }

Link Links::repair_plans() const { return Link(prefix_ + "/api/v1/repair"); }

Link Links::json_report() const { return Link(prefix_ + "/api/v1/status"); }

Link Links::metrics() const { return Link(prefix_ + "/metrics"); }

Link Links::configuration() const { return Link(prefix_ + "/config"); }

Link Links::style_sheet() const { return Link(prefix_ + "/style.css"); }

Link Links::refresh_script() const { return Link(prefix_ + "/refresh.js"); }

Link Link::empty_icon() { return Link("data:,"); }

Link Link::section(std::string_view id) { return Link("").at(id); }

std::optional<Link> Link::external(std::string_view url) {
  constexpr std::string_view schemes_end = "://";
  if (!url.starts_with("https://") && !url.starts_with("http://")) return std::nullopt;
  const auto host = url.substr(url.find(schemes_end) + schemes_end.size());
  constexpr std::string_view no_host = "/?#:@";
  if (host.empty() || no_host.find(host.front()) != no_host.npos) return std::nullopt;
  return Link(encoded(url, [](char c) {
    return c == '%' || unreserved.find(c) != unreserved.npos || reserved.find(c) != reserved.npos;
  }));
}

Link Link::at(std::string_view id) const { return Link(fmt::format("{}#{}", url_, part(id))); }

}  // namespace cal
