// What handlers of the HTTP server take and return: plain values, and a reply that is made once and
// sent many times.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct MHD_Response;  // microhttpd.h stays in the sources

namespace cal {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Who asks. An open page is a map for attackers, so what helps to change the network is for
// `trusted` only; see agent/http/audience.h.
enum class Audience { anyone, trusted };

// Its views are good until the handler returns.
struct Request {
  std::string_view method;  // "GET", "HEAD" or "POST"
  std::string_view path;    // unescaped, without the query
  bool accepts_gzip;
  // The query's arguments of these names, unescaped.
  std::string_view search = {};
  std::string_view network = {};
  std::string_view cause = {};
  std::string_view host = {};  // of the Host header, or of the URL that is asked for
  Audience audience = Audience::anyone;
};

// A body that is too large to be kept: parts of it are made while it is sent. `read` copies a part
// from `begin` on and returns its size, which is at least 1; it is called on any thread, for
// several clients at once, and may throw.
struct LargeBody {
  std::size_t size;
  std::function<std::size_t(std::size_t begin, std::span<char> out)> read;
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::optional<LargeBody> large_body = std::nullopt;  // instead of `body`
  // In addition to Content-Type and the defaults below; a header with the name of a default
  // replaces it.
  Headers headers = {};
};

// Every reply carries it, with X-Content-Type-Options, X-Frame-Options, Referrer-Policy and
// Cache-Control: no-store. Scripts, styles and images load only from the agent itself (inline ones
// are ignored), and scripts and forms send requests only to it.
inline constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

// A response that is ready to be sent any number of times, from any thread: immutable and cheap to
// copy. A handler may return a Response, or keep a Reply and return it again.
class Reply {
 public:
  Reply(Response response);  // NOLINT(google-explicit-constructor): a Response is a Reply

  int status() const { return status_; }

  // `more` are headers of the server: the response's own replace them, and they replace the
  // defaults. The first call makes the response, and so does every call with another `more`.
  std::shared_ptr<MHD_Response> get(const Headers& more) const;

 private:
  struct Prepared;
  int status_;
  std::shared_ptr<Prepared> prepared_;
};

// Whether an Accept-Encoding header (RFC 9110 12.5.3) allows gzip: named or by `*`, with q > 0.
bool accepts_gzip(std::string_view accept_encoding);

// Of headers and codings: in any case of the letters.
bool same_name(std::string_view a, std::string_view b);

}  // namespace cal
