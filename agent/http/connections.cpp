#include "agent/http/connections.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace cal {

namespace {

constexpr std::chrono::minutes lately{15};
constexpr std::size_t max_served = 1024;  // clients that are remembered
constexpr std::string_view mapped_ipv4("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

std::string network_of(const std::string& client) {
  const bool is_ipv6 = client.size() == 16 && !client.starts_with(mapped_ipv4);
  return is_ipv6 ? client.substr(0, 8) : client;
}

}  // namespace

std::string client_of(const sockaddr* address) {
  const auto bytes_of = [](const auto& part) {
    return std::string(static_cast<const char*>(static_cast<const void*>(&part)), sizeof part);
  };
  const void* any = address;
  return address->sa_family == AF_INET6 ? bytes_of(static_cast<const sockaddr_in6*>(any)->sin6_addr)
                                        : bytes_of(static_cast<const sockaddr_in*>(any)->sin_addr);
}

struct Connections::Open {
  std::string client;
  int socket;
  std::atomic<bool> in_handshake;
  std::optional<SteadyTime> deadline;  // for a complete request
};

Connections::Connections(Limits limits) : limits_(limits) {}

Connections::~Connections() = default;

bool Connections::admits(const std::string& client, SteadyTime now) const {
  const auto network = network_of(client);
  const auto kept = limits_.total / 8;
  const std::lock_guard lock(mutex_);
  const auto found = count_of_.find(network);
  const auto own = found == count_of_.end() ? 0 : found->second;
  if (open_.size() >= limits_.total || own >= std::max(limits_.total / 4 * 3, 1U)) return false;
  if (open_.size() < limits_.total - kept) return true;
  // A client that was served and then floods gets few of the slots that are kept.
  return own < std::max(kept / 16, 1U) && was_served_lately(network, now);
}

Connections::Open* Connections::opened(const std::string& client, int socket, bool tls,
                                       SteadyTime now) {
  const auto network = network_of(client);
  auto made = std::make_unique<Open>();
  made->client = network;
  made->socket = socket;
  made->in_handshake = tls;
  made->deadline = now + limits_.request;
  auto* open = made.get();
  const std::lock_guard lock(mutex_);
  auto& count = count_of_[network];
  open_.emplace(open, std::move(made));
  ++count;
  return open;
}

void Connections::handshake_done(Open& connection) { connection.in_handshake = false; }

void Connections::request_complete(Open& connection) {
  handshake_done(connection);
  const std::lock_guard lock(mutex_);
  connection.deadline.reset();
}

void Connections::replied(Open& connection, bool is_served, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  connection.deadline = now + limits_.next_request;
  if (is_served) note_served(connection.client, now);
}

void Connections::closed(Open* connection) {
  const std::lock_guard lock(mutex_);
  if (connection->in_handshake) ++failed_handshakes_;
  const auto count = count_of_.find(connection->client);
  if (--count->second == 0) count_of_.erase(count);
  open_.erase(connection);
}

void Connections::sweep(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  for (const auto& [_, each] : open_) {
    if (!each->deadline || now < *each->deadline) continue;
    // Under the mutex, so that closed() has not returned and the number is still this socket's.
    shutdown(each->socket, SHUT_RDWR);
    each->deadline.reset();
  }
}

bool Connections::was_served_lately(const std::string& client, SteadyTime now) const {
  const auto found = served_at_.find(client);
  return found != served_at_.end() && now - found->second < lately;
}

void Connections::note_served(const std::string& client, SteadyTime now) {
  const auto [found, is_new] = served_at_.insert_or_assign(client, now);
  if (!is_new) return;
  served_.push_back(found->first);
  if (served_.size() <= max_served) return;
  served_at_.erase(served_.front());
  served_.pop_front();
}

}  // namespace cal
