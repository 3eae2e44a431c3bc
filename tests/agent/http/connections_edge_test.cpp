#include "agent/http/connections.h"
#include "tests/catch.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

using cal::Connections;
using cal::SteadyTime;
using namespace std::chrono_literals;

namespace {

constexpr int no_socket = -1;
const SteadyTime start{};

std::string ipv4(unsigned char last) { return {'\x7f', '\0', '\0', static_cast<char>(last)}; }

std::string ipv6(unsigned char network, unsigned char host) {
  std::string bytes(16, '\0');
  bytes[0] = '\x20';
  bytes[7] = static_cast<char>(network);
  bytes[15] = static_cast<char>(host);
  return bytes;
}

std::string mapped(unsigned char last) { return std::string(10, '\0') + "\xff\xff" + ipv4(last); }

// How many of `wanted` connections of this client are admitted and opened.
int open_many(Connections& connections, const std::string& client, int wanted) {
  int opened = 0;
  for (; opened < wanted && connections.admits(client, start); ++opened) {
    connections.opened(client, no_socket, false, start);
  }
  return opened;
}

void serve(Connections& connections, const std::string& client) {
  auto* served = connections.opened(client, no_socket, false, start);
  connections.request_complete(*served);
  connections.replied(*served, true, start);
  connections.closed(served);
}

bool is_ended(int socket) {
  char byte{};
  return recv(socket, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

}  // namespace

TEST_CASE("one client gets three quarters of the connections", "[connections]") {
  Connections connections({.total = 160});
  CHECK(open_many(connections, ipv4(1), 200) == 120);
  CHECK(open_many(connections, ipv4(2), 200) == 20);  // the rest is for who was served lately
}

TEST_CASE("a client that was served lately gets a slot when there is no other", "[connections]") {
  Connections connections({.total = 1600});
  serve(connections, ipv4(9));
  for (unsigned char i = 1; i <= 3; ++i) open_many(connections, ipv4(i), 1600);
  CHECK_FALSE(connections.admits(ipv4(8), start));
  CHECK(connections.admits(ipv4(9), start + 14min));
  CHECK_FALSE(connections.admits(ipv4(9), start + 16min));
  CHECK(open_many(connections, ipv4(9), 1600) == 12);
}

TEST_CASE("a client that was served and then floods gets no slot that is kept", "[connections]") {
  Connections connections({.total = 1600});
  for (unsigned char i = 1; i <= 50; ++i) serve(connections, ipv4(i));
  serve(connections, ipv4(99));
  for (unsigned char i = 1; i <= 50; ++i) open_many(connections, ipv4(i), 40);
  CHECK(connections.admits(ipv4(99), start));
}

TEST_CASE("the addresses of one IPv6 network are one client", "[connections]") {
  Connections connections({.total = 160});
  int opened = 0;
  for (unsigned char i = 1; i <= 200; ++i) opened += open_many(connections, ipv6(1, i), 1);
  CHECK(opened == 120);
  CHECK(connections.admits(ipv6(2, 1), start));
  Connections both({.total = 160});
  CHECK(open_many(both, mapped(1), 200) == 120);
  CHECK(both.admits(mapped(2), start));
}

TEST_CASE("a request that is not complete in time ends the connection", "[connections]") {
  Connections connections({.total = 16, .request = 10s, .next_request = 40s});
  std::array<int, 2> sockets{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) == 0);
  auto* open = connections.opened(ipv4(1), sockets[0], false, start);
  SECTION("from the connection on") {
    connections.sweep(start + 9s);
    CHECK_FALSE(is_ended(sockets[1]));
    connections.sweep(start + 10s);
    CHECK(is_ended(sockets[1]));
  }
  SECTION("not while it is answered, then from the reply on") {
    connections.request_complete(*open);
    connections.sweep(start + 1h);
    CHECK_FALSE(is_ended(sockets[1]));
    connections.replied(*open, true, start + 1h);
    connections.sweep(start + 1h + 39s);
    CHECK_FALSE(is_ended(sockets[1]));
    connections.sweep(start + 1h + 40s);
    CHECK(is_ended(sockets[1]));
  }
  connections.closed(open);
  for (const int each : sockets) close(each);
}

TEST_CASE("a connection that ends before its handshake is counted", "[connections]") {
  Connections connections({.total = 16});
  connections.closed(connections.opened(ipv4(1), no_socket, false, start));
  CHECK(connections.failed_handshakes() == 0);
  auto* done = connections.opened(ipv4(1), no_socket, true, start);
  connections.handshake_done(*done);
  connections.closed(done);
  CHECK(connections.failed_handshakes() == 0);
  connections.closed(connections.opened(ipv4(1), no_socket, true, start));
  CHECK(connections.failed_handshakes() == 1);
}
