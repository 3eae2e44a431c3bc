#include "agent/http/request_head.h"

#include "agent/base/text.h"
#include "agent/http/message.h"

#include <fmt/format.h>
#include <microhttpd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace cal {

namespace {

// Headers that have one value and of which libmicrohttpd and this server read the first.
constexpr std::array single_headers{
    MHD_HTTP_HEADER_HOST, MHD_HTTP_HEADER_ORIGIN, MHD_HTTP_HEADER_CONTENT_LENGTH,
    MHD_HTTP_HEADER_TRANSFER_ENCODING, MHD_HTTP_HEADER_AUTHORIZATION};

struct Counts {
  std::array<unsigned, single_headers.size()> of_header{};
};

MHD_Result count(void* closure, MHD_ValueKind, const char* name, const char*) {
  auto& counts = *static_cast<Counts*>(closure);
  const auto known = std::ranges::find_if(
      single_headers, [given = trimmed(name)](const char* each) { return same_name(each, given); });
  if (known != single_headers.end()) {
    ++counts.of_header.at(static_cast<std::size_t>(known - single_headers.begin()));
  }
  return MHD_YES;
}

}  // namespace

std::string head_fault(MHD_Connection* connection) {
  Counts counts;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &count, &counts);
  for (std::size_t i = 0; i < single_headers.size(); ++i) {
    if (counts.of_header.at(i) > 1) {
      return fmt::format("there is more than one {} header", single_headers.at(i));
    }
  }
  const auto* encoding =
      MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
  if (encoding == nullptr) return "";
  if (MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH) !=
      nullptr) {
    return "there are Content-Length and Transfer-Encoding";
  }
  return folded(encoding) == "chunked" ? "" : "the only Transfer-Encoding is chunked";
}

std::optional<RequestTarget> parse_target(std::string_view target, std::string_view host_header) {
  if (target.starts_with('/') || target == "*") return RequestTarget{host_header, target};
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (folded(target.substr(0, scheme.size())) != scheme) continue;
    target.remove_prefix(scheme.size());
    const auto host = target.substr(0, target.find('/'));
    if (host.empty()) return std::nullopt;
    target.remove_prefix(host.size());
    return RequestTarget{host, target.empty() ? "/" : target};
  }
  return std::nullopt;
}

}  // namespace cal
