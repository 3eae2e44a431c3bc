#include "probes/net/descriptors.h"

#include "agent/base/file.h"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace cal::net {

bool is_lack_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

void throw_lack_of_resources(int error) {
  throw std::system_error(error, std::generic_category(),
                          "the agent cannot open a socket; raise its limits (LimitNOFILE)");
}

void require_free_descriptor() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid() && is_lack_of_resources(errno)) throw_lack_of_resources(errno);
}

}  // namespace cal::net
