#include "probes/shared/network_clients.h"

#include "agent/contract/options.h"
#include "probes/shared/directory_options.h"

namespace cal {

std::shared_ptr<NetworkClients> read_network_clients(Options& network,
                                                     const std::shared_ptr<ldap::BindGuard>& guard,
                                                     const StateFolder& state) {
  auto clients = std::make_shared<NetworkClients>();
  auto directory = network.section("directory");
  if (network.has("directory")) {
    guard->keep_in(state);
    clients->directory = std::make_shared<ldap::Directory>(read_directory_settings(directory),
                                                           guard, network.text_or("name", ""));
  }
  return clients;
}

std::shared_ptr<ldap::Directory> require_directory(Options& probe, const ProbeContext& context) {
  const auto& directory = context.clients->directory;
  if (directory) {
    directory->opened_every(context.interval);
  } else {
    probe.error("", "this probe queries the directory: add a 'directory' block to its network");
  }
  return directory;
}

}  // namespace cal
