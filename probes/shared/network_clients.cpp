#include "probes/shared/network_clients.h"

#include "agent/contract/options.h"
#include "probes/shared/directory_options.h"

namespace cal {

std::shared_ptr<NetworkClients> read_network_clients(Options& network) {
  auto clients = std::make_shared<NetworkClients>();
  auto directory = network.section("directory");
  if (network.has("directory")) {
    clients->directory = std::make_shared<ldap::Directory>(read_directory_settings(directory));
  }
  return clients;
}

std::shared_ptr<ldap::Directory> require_directory(Options& probe,
                                                   const std::shared_ptr<NetworkClients>& clients) {
  if (!clients->directory) {
    probe.error("", "this probe queries the directory: add a 'directory' block to its network");
  }
  return clients->directory;
}

}  // namespace cal
