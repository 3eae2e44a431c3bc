// A thread that ends the connections whose time is over, and logs failed handshakes, at most once a
// minute.
#pragma once

#include "agent/base/thread.h"
#include "agent/http/connections.h"

#include <condition_variable>
#include <mutex>

namespace cal {

class Sweeper {
 public:
  explicit Sweeper(Connections& connections);
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;
  ~Sweeper();

 private:
  void run();
  void log_failed_handshakes(SteadyTime now);

  Connections& connections_;
  std::uint64_t logged_ = 0;
  SteadyTime next_log_ = {};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;  // under mutex_
  Thread thread_;        // last: it uses all of these
};

}  // namespace cal
