#include "agent/http/health_question.h"

#include "agent/base/file.h"
#include "agent/base/host_port.h"
#include "agent/http/tls.h"

#include <fmt/format.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace cal {

namespace {

constexpr std::string_view question =
    "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

struct Reached {
  UniqueFd socket;
  std::string why_not = {};
};

void limit_waiting(int socket, Milliseconds patience) {
  const timeval most{.tv_sec = patience.count() / 1000, .tv_usec = patience.count() % 1000 * 1000};
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);  // also of connect()
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
}

// An address that stands for all of them leads to this host, too.
Reached reach(std::string_view listen_address, Milliseconds patience) {
  const auto parts = parse_host_port(listen_address);
  if (!parts || !parts->port) return {UniqueFd(), "give the address as HOST:PORT or :PORT"};
  const std::string host(parts->host);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                std::to_string(*parts->port).c_str(), &hints, &found);
  if (error != 0) return {UniqueFd(), gai_strerror(error)};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  std::string why_not;
  for (const auto* each = addresses.get(); each != nullptr; each = each->ai_next) {
    UniqueFd opened(socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    limit_waiting(opened.fd(), patience);
    if (connect(opened.fd(), each->ai_addr, each->ai_addrlen) == 0) return {std::move(opened)};
    why_not = std::strerror(errno);
  }
  return {UniqueFd(), why_not};
}

// The beginning of the reply; empty if there was none.
std::string ask_plainly(int socket) {
  if (send(socket, question.data(), question.size(), MSG_NOSIGNAL) < 0) return {};
  std::array<char, 64> head{};
  const auto size = recv(socket, head.data(), head.size(), MSG_WAITALL);
  return size > 0 ? std::string(head.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string ask_over_tls(int socket, Milliseconds patience) {
  const auto credentials = new_credentials();
  if (!credentials) throw std::bad_alloc();
  gnutls_session_t made = nullptr;
  if (gnutls_init(&made, GNUTLS_CLIENT) != 0) throw std::bad_alloc();
  const std::unique_ptr<gnutls_session_int, decltype(&gnutls_deinit)> session(made, gnutls_deinit);
  gnutls_set_default_priority(made);
  gnutls_credentials_set(made, GNUTLS_CRD_CERTIFICATE, credentials.get());
  gnutls_transport_set_int(made, socket);
  const auto deadline = Deadline::in(patience);
  const auto goes_on = [&](ssize_t result) {
    return (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED) &&
           deadline.left().count() > 0;
  };
  int shaken = gnutls_handshake(made);
  while (goes_on(shaken)) shaken = gnutls_handshake(made);
  if (shaken != GNUTLS_E_SUCCESS) return {};
  if (gnutls_record_send(made, question.data(), question.size()) < 0) return {};
  std::array<char, 64> head{};
  auto size = gnutls_record_recv(made, head.data(), head.size());
  while (goes_on(size)) size = gnutls_record_recv(made, head.data(), head.size());
  return size > 0 ? std::string(head.data(), static_cast<std::size_t>(size)) : std::string();
}

// 0 if the reply is not HTTP.
int status_of(std::string_view head) {
  constexpr std::string_view version = "HTTP/1.1 ";
  int status = 0;
  if (!head.starts_with(version)) return 0;
  head.remove_prefix(version.size());
  std::from_chars(head.data(), head.data() + head.size(), status);
  return status;
}

}  // namespace

std::string ask_for_health(std::string_view listen_address, WebScheme scheme,
                           Milliseconds patience) {
  const auto reached = reach(listen_address, patience);
  if (!reached.why_not.empty()) {
    return fmt::format("connect to {}: {}", listen_address, reached.why_not);
  }
  const auto status =
      status_of(scheme == WebScheme::https ? ask_over_tls(reached.socket.fd(), patience)
                                           : ask_plainly(reached.socket.fd()));
  if (status == 0) {
    return fmt::format("{} gives no answer over {}", listen_address,
                       scheme == WebScheme::https ? "https" : "http");
  }
  constexpr std::array works{200, 401, 403, 429};
  const bool answers = std::ranges::find(works, status) != works.end();
  return answers ? "" : fmt::format("{} answers {}", listen_address, status);
}

}  // namespace cal
