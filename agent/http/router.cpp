#include "agent/http/router.h"

#include <fmt/format.h>
#include <microhttpd.h>

#include <algorithm>
#include <utility>

namespace cal {

namespace {

Response not_found_response(const Request& request, std::string_view prefix) {
  if (!request.path.empty()) return {.status = MHD_HTTP_NOT_FOUND, .body = "not found\n"};
  return {
      .status = MHD_HTTP_NOT_FOUND,
      .body = fmt::format("not found: every path begins with {}/ (--web.route-prefix)\n", prefix)};
}

Response wrong_method_response(bool has_get, bool has_post) {
  const auto* allowed = has_get && has_post ? "GET, HEAD, POST" : has_get ? "GET, HEAD" : "POST";
  return {.status = MHD_HTTP_METHOD_NOT_ALLOWED,
          .body = "method not allowed\n",
          .headers = {{"Allow", allowed}}};
}

}  // namespace

Router::Router(Prefix prefix)
    : prefix_(std::move(prefix)),
      not_found_{
          Run::immediate,
          [this](const Request& request) { return not_found_response(request, prefix_.path); }},
      wrong_method_{Run::immediate, [this](const Request& request) {
                      const auto& asked = *find(request.path);
                      return wrong_method_response(asked.get.handler != nullptr,
                                                   asked.post.handler != nullptr);
                    }} {}

Router::Route& Router::route(std::string path, Match match) {
  const auto known = std::ranges::find_if(
      routes_, [&](const Route& each) { return each.match == match && each.path == path; });
  if (known != routes_.end()) return *known;
  return routes_.emplace_back(Route{.path = std::move(path), .match = match});
}

void Router::get(std::string path, Run run, Handler handler) {
  route(std::move(path), Match::exact).get = {run, std::move(handler)};
}

void Router::post(std::string path, Run run, Handler handler) {
  route(std::move(path), Match::exact).post = {run, std::move(handler)};
}

void Router::get_below(std::string prefix, Run run, Handler handler) {
  route(std::move(prefix), Match::prefix).get = {run, std::move(handler)};
}

std::string_view Router::path_below_prefix(std::string_view path) const {
  const auto& prefix = prefix_.path;
  const auto below = path.starts_with(prefix) ? path.substr(prefix.size()) : std::string_view{};
  if (below.starts_with('/')) return below;
  if (!prefix.empty() && path == prefix) return "/";
  return prefix_.required ? std::string_view{} : path;
}

const Router::Route* Router::find(std::string_view path) const {
  const Route* longest = nullptr;
  for (const auto& each : routes_) {
    if (each.match == Match::exact && path == each.path) return &each;
    if (each.match == Match::prefix && path.starts_with(each.path) &&
        (longest == nullptr || each.path.size() > longest->path.size())) {
      longest = &each;
    }
  }
  return longest;
}

const Router::Action& Router::action_of(const Request& request) const {
  const auto* found = find(request.path);
  if (found == nullptr) return not_found_;
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  const auto& action = request.method == "POST" ? found->post : found->get;
  return action.handler && (is_get || request.method == "POST") ? action : wrong_method_;
}

}  // namespace cal
