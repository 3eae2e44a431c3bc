// Queries to name servers on a c-ares channel, run until a deadline; used by `resolver`. No state
// is shared between calls.
#pragma once

#include "agent/base/clock.h"

// c-ares 1.34 (Debian 13) deprecates what 1.18 (Debian 12) has nothing else for:
// ares_get_servers_ports, ares_query, ares_parse_srv_reply. This is the one place that includes it.
#define CARES_NO_DEPRECATED
#include <ares.h>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace cal::net {

struct ChannelDeleter {
  void operator()(ares_channel channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, ChannelDeleter>;

enum class Sources { hosts_file_and_dns, dns };

// What c-ares waits for, as events of poll(), and what it drops of what it receives. It must
// outlive the channel.
struct DnsSockets {
  std::map<ares_socket_t, short> wanted;
  std::map<ares_socket_t, std::string> peers;  // address and port, by connect()
  std::set<std::string> closed;                // those that refused a datagram
  std::map<std::string, int> refusals;         // by name: the last answer that is an error
};

// Statuses in addition to those of c-ares: every name server's port is closed; an answer with an
// error code that c-ares takes for one without records, such as NOTAUTH.
inline constexpr int status_port_closed = -1;
inline constexpr int status_error_code = -2;

// Returns a c-ares status. With `name_servers`, neither hosts file nor search list is used.
// `sockets` is needed if a query is sent.
int open_channel(const std::vector<std::string>& name_servers, Sources sources, Channel& channel,
                 DnsSockets* sockets = nullptr);

// Starts the query with that number on a channel. The query reports its status when it ends.
using Report = std::function<void(int status)>;
using StartQuery = std::function<void(ares_channel channel, std::size_t number, Report report)>;

// Returns the status of the query of each of `names`. If no server answers a query and one refuses
// to, that refusal is its status, whatever the others did.
std::vector<int> ask(const std::vector<std::string>& name_servers, Sources sources,
                     const std::vector<std::string>& names, const StartQuery& start,
                     Deadline deadline);

}  // namespace cal::net
