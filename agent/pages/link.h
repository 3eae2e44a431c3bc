// Where a link leads. Nothing else fills the `href`, `src` or `action` of a page (markup_check.h),
// so names from the configuration are always percent-encoded, and an address that somebody else
// wrote never runs a script.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cal {

class Link {
 public:
  // An icon without content. Without a link to one, a browser asks for /favicon.ico.
  static Link empty_icon();

  // A part of the same page, by its id.
  static Link section(std::string_view id);

  // An address elsewhere; empty unless it is http:// or https:// with a host.
  static std::optional<Link> external(std::string_view url);

  // The same page, at the part with this id.
  Link at(std::string_view id) const;

  const std::string& url() const { return url_; }

 private:
  friend class Links;
  explicit Link(std::string url) : url_(std::move(url)) {}

  std::string url_;
};

// The links to the pages of this agent. Immutable.
class Links {
 public:
  // `prefix` is the path under which a browser finds them: "/ebs", or empty.
  explicit Links(std::string prefix = {}) : prefix_(std::move(prefix)) {}

  Link status() const;
  Link network(std::string_view network) const;
  Link cause(std::string_view cause) const;  // the networks with this primary cause
  Link history(std::string_view network, std::string_view probe) const;
  Link runbook(std::string_view probe) const;
  Link runbook(std::string_view probe, std::string_view network) const;  // with its own steps first
  Link licenses() const;
  Link json_report() const;
  Link repair_plans() const;  // as JSON
  Link metrics() const;
  Link configuration() const;

  // What every page loads.
  Link style_sheet() const;
  Link refresh_script() const;

 private:
  std::string prefix_;
};

}  // namespace cal
