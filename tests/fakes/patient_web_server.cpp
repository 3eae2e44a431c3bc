#include "tests/fakes/patient_web_server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace cal::fakes {

PatientWebServer::PatientWebServer(std::size_t together, std::size_t total)
    : together_(together),
      left_(total),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.fd(), any, size) != 0 || ::listen(listener_.fd(), 1024) != 0 ||
      ::getsockname(listener_.fd(), any, &size) != 0) {
    throw std::runtime_error("no port of loopback for the web server");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

PatientWebServer::~PatientWebServer() {
  stopping_ = true;
  thread_.join();
}

void PatientWebServer::serve() {
  while (!stopping_) {
    std::vector<pollfd> wanted{{listener_.fd(), POLLIN, 0}};
    for (const auto& client : clients_) wanted.push_back({client.socket.fd(), POLLIN, 0});
    ::poll(wanted.data(), wanted.size(), 20);
    accept_all();
    read_all();
    if (!enough_wait()) continue;
    for (const auto& client : clients_) {
      const auto path = client.request.substr(4, client.request.find(' ', 4) - 4);
      const auto answer =
          fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", path.size(), path);
      ::send(client.socket.fd(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    left_ -= clients_.size();
    clients_.clear();
  }
}

void PatientWebServer::accept_all() {
  while (true) {
    UniqueFd socket(::accept4(listener_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.fd() < 0) break;
    clients_.push_back({std::move(socket), ""});
  }
  max_at_once_ = std::max(max_at_once_.load(), clients_.size());
}

void PatientWebServer::read_all() {
  for (auto& client : clients_) {
    std::array<char, 4096> buffer{};
    const auto size = ::recv(client.socket.fd(), buffer.data(), buffer.size(), 0);
    if (size > 0) client.request.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

bool PatientWebServer::enough_wait() const {
  const auto ready = std::ranges::count_if(clients_, [](const Client& client) {
    return client.request.find("\r\n\r\n") != std::string::npos;
  });
  const auto all = static_cast<std::size_t>(ready);
  return all > 0 && all == clients_.size() && all >= std::min(together_, left_);
}

}  // namespace cal::fakes
