// The open connections of a server by client address: who may connect, and which have taken too
// long. libmicrohttpd's own timeout is for silent connections only, and at its own limit it accepts
// no more, so three addresses that send a byte now and then would lock everybody out. Thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

struct sockaddr;

namespace cal {

// The bytes of a client's address, without its port: each of its connections has another.
std::string client_of(const sockaddr* address);

class Connections {
 public:
  struct Limits {
    unsigned total;  // an eighth of them is for addresses that were served lately
    // For a complete request, from the connection on, with the handshake.
    std::chrono::milliseconds request{10'000};
    // The same from the last reply on, which may be followed by silence.
    std::chrono::milliseconds next_request{40'000};
  };

  // One connection, from opened() until closed().
  struct Open;

  explicit Connections(Limits limits);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  // Whether another connection of this client may be opened. `client` is the bytes of its address;
  // the addresses of one IPv6 network of 64 bits count as one client.
  bool admits(const std::string& client, SteadyTime now) const;

  // Takes over an accepted socket's place; the socket itself stays its owner's.
  Open* opened(const std::string& client, int socket, bool tls, SteadyTime now);
  static void handshake_done(Open& connection);
  void request_complete(Open& connection);  // no deadline until the reply is sent
  // The client counts as served lately when it got what it asked for.
  void replied(Open& connection, bool is_served, SteadyTime now);
  void closed(Open* connection);

  // Ends the connections whose request is not complete in time. Their owner then closes them.
  void sweep(SteadyTime now);

  // Connections that ended before their handshake did.
  std::uint64_t failed_handshakes() const { return failed_handshakes_; }

 private:
  bool was_served_lately(const std::string& client, SteadyTime now) const;  // under mutex_
  void note_served(const std::string& client, SteadyTime now);              // under mutex_

  const Limits limits_;
  std::atomic<std::uint64_t> failed_handshakes_ = 0;
  mutable std::mutex mutex_;
  // All under mutex_.
  std::unordered_map<const Open*, std::unique_ptr<Open>> open_;
  std::map<std::string, unsigned> count_of_;
  std::map<std::string, SteadyTime> served_at_;
  std::deque<std::string> served_;  // the clients in it, the one that came first at the front
};

}  // namespace cal
