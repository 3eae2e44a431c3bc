// Whether the kernel has IPv6. A test that needs it says so in one line, which `./run test` counts.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

namespace cal::fakes {

inline bool has_ipv6() {
  const int opened = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (opened < 0) {
    std::puts("... skipped 'this machine has no IPv6'");
    return false;
  }
  ::close(opened);
  return true;
}

}  // namespace cal::fakes
