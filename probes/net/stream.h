// A connected socket whose reads and writes block, but only until a deadline that its user sets.
// Libraries without deadlines do their I/O through it. One thread at a time.
#pragma once

#include "agent/base/clock.h"
#include "agent/base/file.h"
#include "probes/net/connect.h"

#include <sys/types.h>

#include <cstddef>
#include <utility>

namespace cal::net {

class Stream {
 public:
  Stream(UniqueFd socket, Deadline deadline) : socket_(std::move(socket)), deadline_(deadline) {}

  int fd() const { return socket_.fd(); }
  void set_deadline(Deadline deadline) {
    deadline_ = deadline;
    timed_out_ = false;
  }
  // Whether a wait since the last set_deadline ended at the deadline.
  bool timed_out() const { return timed_out_; }

  // Like recv and send, without a signal: the number of bytes, 0 if the peer closed the connection,
  // or -1 with errno set; ETIMEDOUT at the deadline.
  ssize_t read(void* into, std::size_t size);
  ssize_t write(const void* from, std::size_t size);

 private:
  template <class Transfer>
  ssize_t transfer(Readiness readiness, const Transfer& transfer);

  UniqueFd socket_;
  Deadline deadline_;
  bool timed_out_ = false;
};

}  // namespace cal::net
