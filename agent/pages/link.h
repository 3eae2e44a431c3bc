// Where a link leads. Nothing else fills the `href`, `src` or `action` of a page (markup_check.h),
// so names from the configuration are always percent-encoded, and an address that somebody else
// wrote never runs a script.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cal {

class Link {
 public:
  // The pages of this agent.
  static Link status();
  static Link network(std::string_view network);
  static Link history(std::string_view network, std::string_view probe);
  static Link runbook(std::string_view probe);
  static Link json_report();
  static Link metrics();
  static Link configuration();

  // What every page loads. The icon is empty: without one a browser asks for /favicon.ico.
  static Link style_sheet();
  static Link refresh_script();
  static Link empty_icon();

  // A part of the same page, by its id.
  static Link section(std::string_view id);

  // An address elsewhere; empty unless it is http:// or https:// with a host.
  static std::optional<Link> external(std::string_view url);

  // The same page, at the part with this id.
  Link at(std::string_view id) const;

  const std::string& url() const { return url_; }

 private:
  explicit Link(std::string url) : url_(std::move(url)) {}

  std::string url_;
};

}  // namespace cal
