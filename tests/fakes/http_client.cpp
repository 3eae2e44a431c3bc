#include "tests/fakes/http_client.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace cal::fakes {

namespace {

constexpr int patience_milliseconds = 60'000;

void wait_for(int socket, short event) {
  pollfd wanted{.fd = socket, .events = event, .revents = 0};
  if (poll(&wanted, 1, patience_milliseconds) != 1)
    throw std::runtime_error("the server is silent");
}

void bind_to(int socket, const std::string& from) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  const auto* any = static_cast<const void*>(&at);
  if (inet_pton(AF_INET, from.c_str(), &at.sin_addr) != 1 ||
      bind(socket, static_cast<const sockaddr*>(any), sizeof at) != 0) {
    throw std::runtime_error("cannot connect from " + from);
  }
}

int connect_to(const std::string& host, const std::string& port, const std::string& from) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) {
    throw std::runtime_error("no address: " + host);
  }
  const int made = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (!from.empty()) bind_to(made, from);
  const bool connected = connect(made, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (connected) return made;
  close(made);
  throw std::runtime_error("cannot connect to " + host + " port " + port);
}

}  // namespace

HttpClient::HttpClient(std::string_view url, const std::string& from) {
  const auto place = url.substr(std::string_view("http://").size());
  const auto colon = place.rfind(':');
  auto host = place.substr(0, colon);
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  socket_ = connect_to(std::string(host), std::string(place.substr(colon + 1)), from);
}

HttpClient::~HttpClient() { close(socket_); }

void HttpClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    wait_for(socket_, POLLOUT);
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) throw std::runtime_error("the server closed while a request was sent");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void HttpClient::ask(std::string_view method, std::string_view path,
                     std::string_view headers) const {
  std::string request(method);
  request += ' ';
  request += path;
  request += " HTTP/1.1\r\nHost: test\r\n";
  request += headers;
  request += "\r\n";
  send(request);
}

bool HttpClient::read_more() {
  wait_for(socket_, POLLIN);
  std::array<char, 16384> part{};
  const auto got = recv(socket_, part.data(), part.size(), 0);
  if (got <= 0) return false;
  buffer_.append(part.data(), static_cast<std::size_t>(got));
  return true;
}

std::string HttpClient::take(std::size_t count) {
  while (buffer_.size() < count) {
    if (!read_more()) throw std::runtime_error("the server closed within a reply");
  }
  auto taken = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return taken;
}

HttpReply HttpClient::receive_head() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) throw std::runtime_error("the server closed without a reply");
  }
  const auto head = take(end + 4);

  HttpReply reply;
  reply.status = std::stoi(head.substr(head.find(' ') + 1));
  for (auto line = head.find("\r\n") + 2; line < end;) {
    const auto line_end = head.find("\r\n", line);
    const auto colon = head.find(": ", line);
    auto name = head.substr(line, colon - line);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    reply.headers[name] = head.substr(colon + 2, line_end - colon - 2);
    line = line_end + 2;
  }
  return reply;
}

HttpReply HttpClient::receive() {
  auto reply = receive_head();
  reply.body = take(std::stoul(reply.headers.at("content-length")));
  return reply;
}

HttpReply HttpClient::get(std::string_view path, std::string_view headers) {
  ask("GET", path, headers);
  return receive();
}

void HttpClient::wait_until_closed() {
  while (read_more()) buffer_.clear();
}

HttpClient& HttpClient::first_to_hear(HttpClient& a, HttpClient& b) {
  std::array<pollfd, 2> both{{{a.socket_, POLLIN, 0}, {b.socket_, POLLIN, 0}}};
  if (poll(both.data(), both.size(), patience_milliseconds) < 1) {
    throw std::runtime_error("the server is silent");
  }
  return both[0].revents != 0 ? a : b;
}

}  // namespace cal::fakes
