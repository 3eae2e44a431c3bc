// What the probes of one network share. The frame passes it on without looking inside.
#pragma once

#include "probes/ldap/directory.h"

#include <memory>

namespace cal {

struct NetworkClients {
  std::shared_ptr<ldap::Directory> directory;  // null when the network has no `directory` block
};

// Reads the shared keys of a network's block; errors are collected in the options.
std::shared_ptr<NetworkClients> read_network_clients(Options& network);

// The directory, or a error at the probe that needs one and has none.
std::shared_ptr<ldap::Directory> require_directory(Options& probe,
                                                   const std::shared_ptr<NetworkClients>& clients);

}  // namespace cal
