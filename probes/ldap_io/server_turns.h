// How many sessions with one directory server may be under way at once; further ones wait for their
// turn, in order. A session takes memory from its handshake on (a hundred kB), and a server that is
// too slow for all of them would otherwise let them pile up until each of them times out. The
// connection is made before the wait, so that a server that does not answer takes no turn.
// Thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace cal::ldap {

class ServerTurns {
 public:
  static constexpr unsigned default_max_sessions = 32;

  explicit ServerTurns(unsigned max_sessions = default_max_sessions)
      : max_sessions_(max_sessions) {}

  // Those of this process.
  static ServerTurns& of_process();

  // Ends with its destructor.
  class Turn {
   public:
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)),
          server_(std::move(other.server_)),
          taken_by_(other.taken_by_) {}
    Turn& operator=(Turn&& other) noexcept {
      std::swap(turns_, other.turns_);
      std::swap(server_, other.server_);
      std::swap(taken_by_, other.taken_by_);
      return *this;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

   private:
    friend class ServerTurns;
    Turn(ServerTurns* turns, std::string server) : turns_(turns), server_(std::move(server)) {}

    ServerTurns* turns_;
    std::string server_;
    std::thread::id taken_by_ = std::this_thread::get_id();
  };

  // Waits until the server has room, or the deadline. A thread that has a turn already gets further
  // ones at once, since it would else wait for itself.
  std::optional<Turn> take(const std::string& server, Deadline deadline);

 private:
  struct Waiting {
    std::condition_variable wake;
    bool has_turn = false;
  };
  struct Queue {
    unsigned sessions = 0;
    std::list<Waiting*> waiting = {};
  };

  void give_back(const std::string& server, std::thread::id taken_by);

  const unsigned max_sessions_;
  std::mutex mutex_;
  std::map<std::string, Queue> queues_;           // guarded by the mutex, as all that is in it
  std::map<std::thread::id, unsigned> turns_of_;  // the same
};

}  // namespace cal::ldap
