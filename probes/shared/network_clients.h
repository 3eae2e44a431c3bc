// What the probes of one network share. The frame passes it on without looking inside.
#pragma once

#include "probes/ldap/directory.h"

#include <memory>

namespace cal {

struct NetworkEdges {
  std::shared_ptr<ldap::Directory> directory;  // null when the network has no `directory` block
};

// Reads the shared keys of a network's block; mistakes are collected in the options.
std::shared_ptr<NetworkEdges> read_network_edges(Options& network);

// The directory, or a mistake at the probe that needs one and has none.
std::shared_ptr<ldap::Directory> require_directory(Options& probe,
                                                   const std::shared_ptr<NetworkEdges>& edges);

}  // namespace cal
