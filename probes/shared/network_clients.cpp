#include "probes/shared/network_clients.h"

#include "agent/contract/options.h"
#include "probes/shared/directory_options.h"

namespace cal {

std::shared_ptr<NetworkEdges> read_network_edges(Options& network) {
  auto edges = std::make_shared<NetworkEdges>();
  auto directory = network.section("directory");
  if (network.has("directory")) {
    edges->directory = std::make_shared<ldap::Directory>(read_directory_settings(directory));
  }
  return edges;
}

std::shared_ptr<ldap::Directory> require_directory(Options& probe,
                                                   const std::shared_ptr<NetworkEdges>& edges) {
  if (!edges->directory) {
    probe.mistake("", "this probe asks the directory: add a 'directory' block to its network");
  }
  return edges->directory;
}

}  // namespace cal
