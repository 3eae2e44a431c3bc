#include "probes/shared/network_clients.h"

#include "agent/contract/options.h"
#include "probes/shared/directory_options.h"
#include "probes/shared/security_log_options.h"

namespace cal {

namespace {

// Each session host has one verdict.
void reject_second_verdict(Options& network) {
  auto probes = network.section("probes");
  if (!probes.has("session_host_licensing")) return;
  auto compliance = probes.section("license_compliance");
  if (compliance.has("session_hosts_file")) {
    compliance.error("session_hosts_file",
                     "session_host_licensing judges the session hosts of this network: remove the "
                     "key here, and put the files into the folder of its 'exports'");
  }
}

}  // namespace

std::shared_ptr<NetworkClients> read_network_clients(Options& network,
                                                     const std::shared_ptr<ldap::BindGuard>& guard,
                                                     const StateFolder& state) {
  auto clients = std::make_shared<NetworkClients>();
  reject_second_verdict(network);
  auto directory = network.section("directory");
  if (network.has("directory")) {
    guard->keep_in(state);
    clients->security_log = read_security_log(directory);
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
