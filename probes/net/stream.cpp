#include "probes/net/stream.h"

#include <sys/socket.h>

#include <cerrno>

namespace cal::net {

template <class Transfer>
ssize_t Stream::transfer(Readiness readiness, const Transfer& transfer) {
  while (true) {
    const ssize_t moved = transfer();
    if (moved >= 0) return moved;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return moved;
    if (!wait_until(fd(), readiness, deadline_)) {
      timed_out_ = true;
      errno = ETIMEDOUT;
      return -1;
    }
  }
}

ssize_t Stream::read(void* into, std::size_t size) {
  return transfer(Readiness::readable, [&] { return ::recv(fd(), into, size, MSG_DONTWAIT); });
}

ssize_t Stream::write(const void* from, std::size_t size) {
  return transfer(Readiness::writable,
                  [&] { return ::send(fd(), from, size, MSG_DONTWAIT | MSG_NOSIGNAL); });
}

}  // namespace cal::net
