// Bytes of an HTTP client, sent to the server in this process, whose pages show what was asked for.
// It answers with complete replies of known status and with nothing that the client made up, and
// goes on serving.
#include "agent/http/server.h"
#include "agent/pages/status_page.h"
#include "tests/fakes/sample_board.h"
#include "tests/fuzz/property.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>

namespace {

using namespace cal;
using cal::fuzz::require;

constexpr std::string_view good_request =
    "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

HttpServer::Settings settings() {
  HttpServer::Settings made;
  made.listen_addresses = {"127.0.0.1:0"};
  made.connection_limit = 64;
  made.hosts = AllowedHosts({"localhost"}, "https://cal.example.com/ebs");
  made.paths_for_any_host = {"/-/healthy"};
  made.on_error = [](std::string_view) { require(false, "no handler throws"); };
  return made;
}

class Served {
 public:
  Served() : server_(settings()) {
    auto& router = server_.router();
    router.get("/-/healthy", Router::Run::immediate, [](const Request&) { return Response{}; });
    router.get("/", Router::Run::deferred, [](const Request& request) {
      return Response{.content_type = "text/html; charset=utf-8",
                      .body = status_page(Links(), fakes::sample_rows(),
                                          {request.search, request.cause}, fakes::sample_now)};
    });
    router.get_below("/probes/", Router::Run::deferred, [](const Request& request) {
      return Response{.body = std::string(request.path)};
    });
    router.post("/-/reload", Router::Run::deferred, [](const Request&) { return Response{}; });
    server_.start();
    const auto url = server_.addresses().at(0);
    port_ = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
  }

  // Everything that comes back until the server closes, or for a while: it waits for the rest of
  // a request that is not complete.
  std::string answer_to(std::string_view request, int microseconds = 20'000) const {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const linger reset{1, 0};  // no ports in TIME_WAIT
    const timeval patience{0, microseconds};
    ::setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
            "the server accepts");
    // It may close before it has read everything.
    (void)::send(client, request.data(), request.size(), MSG_NOSIGNAL);
    ::shutdown(client, SHUT_WR);
    std::string answer;
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    while ((count = ::recv(client, buffer.data(), buffer.size(), 0)) > 0) {
      answer.append(buffer.data(), static_cast<std::size_t>(count));
    }
    ::close(client);
    return answer;
  }

 private:
  HttpServer server_;
  std::uint16_t port_ = 0;
};

void check_reply(const std::string& answer) {
  static const std::set<std::string> known{"100", "200", "400", "403", "404", "405",
                                           "408", "411", "413", "414", "417", "421",
                                           "431", "500", "501", "503", "505"};
  if (answer.empty()) return;  // closed, as it may be for what is not HTTP
  require(answer.starts_with("HTTP/1."), "a reply is HTTP");
  require(answer.size() > 12 && known.contains(answer.substr(9, 3)), "its status is known");
  const auto head = answer.substr(0, answer.find("\r\n\r\n"));
  // An error in plain text may name what the client sent.
  const bool is_page = head.find("\r\nContent-Type: text/plain") == std::string::npos ||
                       head.find("\r\nX-Content-Type-Options: nosniff") == std::string::npos;
  require(!is_page || answer.find("<script>alert") == std::string::npos,
          "a page has no script of the client");
  require(head.find("\r\nX-Fuzz:") == std::string::npos, "a reply has no header of the client");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Served served;
  static unsigned inputs = 0;
  constexpr std::size_t max_size = 80'000;  // above the longest body
  if (size > max_size) return 0;
  const std::string request(data, data + size);
  check_reply(served.answer_to(request));

  // Its parts by themselves: the fuzzer finds them sooner than through a whole request.
  (void)accepts_gzip(request);
  if (const auto credentials = parse_basic(request)) {
    require(credentials->user.find(':') == std::string::npos, "a colon ends the user's name");
  }
  const AllowedHosts hosts({"localhost"}, "https://cal.example.com/ebs");
  if (hosts.allows_origin(request, "cal.example.com", true)) {
    require(hosts.allows_host(std::string_view(request).substr(request.find("//") + 2)),
            "an allowed origin has an allowed host");
  }

  if (inputs++ % 1000 == 0) {
    require(served.answer_to(good_request, 999'999).starts_with("HTTP/1.1 200"),
            "it goes on serving");
  }
  return 0;
}
