// What the probes of one network share. The agent passes it on without looking inside.
#pragma once

#include "agent/contract/probe.h"
#include "agent/contract/state_file.h"
#include "probes/actors/actor_search.h"
#include "probes/ldap/directory.h"

#include <memory>
#include <vector>

namespace cal {

struct NetworkClients {
  std::shared_ptr<ldap::Directory> directory;   // null when the network has no `directory` block
  std::vector<actors::LogSource> security_log;  // empty: nobody asks for actors
};

// Reads the shared keys of a network's block; errors are collected in the options. All networks'
// binds pass the guard, which keeps its holds in the state folder.
std::shared_ptr<NetworkClients> read_network_clients(Options& network,
                                                     const std::shared_ptr<ldap::BindGuard>& guard,
                                                     const StateFolder& state);

// The directory; reports an error if the network has none.
std::shared_ptr<ldap::Directory> require_directory(Options& probe, const ProbeContext& context);

}  // namespace cal
