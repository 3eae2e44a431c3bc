// What a directory server sends (BER), as bytes of a connection: first an octet that selects the
// request, then the answers to it. Reading ends, what is read is bounded, and a fault has a message
// for a terminal.
#include "agent/base/text.h"
#include "probes/ldap/bind.h"
#include "probes/ldap/connection.h"
#include "probes/ldap/domain_proof.h"
#include "probes/ldap/reasons.h"
#include "probes/ldap/search.h"
#include "tests/fakes/temporary_file.h"
#include "tests/fuzz/property.h"

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <string_view>

namespace {

using namespace std::chrono_literals;
using namespace cal;
using namespace cal::ldap;
using cal::fuzz::require;

constexpr std::size_t max_size = 100'000;  // what a socket's buffer takes at once
constexpr std::size_t max_decoded = 64;    // octets of memory per octet of an answer

void check(const Fault& fault) {
  require(!fault.message.empty(), "a fault has a message");
  require(cal::printable(fault.message) == fault.message, "the message is for a terminal");
  require(fault.message.size() < 10'000, "the message is bounded");
  require(!reason_of(fault.kind).word.empty(), "a fault has a reason");
}

// A connection whose server has sent these answers and closed.
Result<Connection> connection_with(std::span<const std::uint8_t> answers, UniqueFd& server,
                                   Deadline deadline) {
  std::array<int, 2> ends{};
  require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0,
          "there is a socket");
  UniqueFd client(ends[0]);
  server = UniqueFd(ends[1]);
  const auto sent = ::send(server.fd(), answers.data(), answers.size(), MSG_NOSIGNAL);
  require(sent == static_cast<ssize_t>(answers.size()), "the buffer is large enough");
  ::shutdown(server.fd(), SHUT_WR);
  static const auto address = parse_server("ldap://dc1.ebs.example.com");
  return Connection::over(std::move(client), *ServerTurns::of_process().take("", deadline),
                          *address, deadline);
}

void search(Connection& connection, std::size_t answered, Deadline deadline) {
  SearchRequest request{.base = "DC=ebs,DC=example,DC=com"};
  if (answered % 2 == 0) request.scope = Scope::base;
  std::size_t decoded = 0;
  const auto done =
      Search(connection, request, "search", deadline).run([&](Entry&& entry) -> Result<bool> {
        decoded += entry.size();
        (void)find_range(entry, "member");
        return true;
      });
  require(decoded <= max_decoded * answered, "what is decoded is bounded by what was sent");
  if (!done) check(done.error().fault);
}

void bind_with_password(Connection& connection, Deadline deadline) {
  static constexpr std::string_view secret = "secret-word";
  static const fakes::TemporaryFile password(secret);
  BindSettings settings;
  settings.user = "svc@ebs.example.com";
  settings.password_file = password.path();
  BindGuard guard;
  const auto bound = bind(connection, settings, /*tls=*/false,
                          {.network = "ebs",
                           .accounts = {{"ebs.example.com", "svc"}},
                           .secret = {},
                           .secret_option = {},
                           .tried = "bind",
                           .interval = 1min},
                          guard, deadline);
  if (bound) return;
  check(bound.error());
  require(bound.error().message.find(secret) == std::string::npos, "a secret is not shown");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > max_size) return 0;
  const auto deadline = Deadline::in(10s);
  const std::span answers(data + 1, size - 1);
  if (data[0] % 4 == 3) {  // no LDAP, but also from the server: its certificate
    (void)missing_domain_proof({reinterpret_cast<const char*>(answers.data()), answers.size()},
                               "ebs.example.com");
    return 0;
  }
  UniqueFd server;
  auto connection = connection_with(answers, server, deadline);
  if (!connection) return 0;
  connection->begin_step(max_inflow::page, deadline);
  if (data[0] % 4 == 0) search(*connection, answers.size(), deadline);
  if (data[0] % 4 == 1) bind_with_password(*connection, deadline);
  if (data[0] % 4 == 2) {
    if (const auto agreed = connection->request_tls("StartTLS", deadline); !agreed) {
      check(agreed.error());
    }
  }
  require(!deadline.passed(), "reading ends when the server has closed");
  return 0;
}
