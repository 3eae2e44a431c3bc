// What the probes of one network share. The agent passes it on without looking inside.
#pragma once

#include "probes/ldap/directory.h"

#include <memory>

namespace cal {

struct NetworkClients {
  std::shared_ptr<ldap::Directory> directory;  // null when the network has no `directory` block
};

// Reads the shared keys of a network's block; errors are collected in the options.
std::shared_ptr<NetworkClients> read_network_clients(Options& network);

// The directory; reports an error if the network has none.
std::shared_ptr<ldap::Directory> require_directory(Options& probe,
                                                   const std::shared_ptr<NetworkClients>& clients);

}  // namespace cal
