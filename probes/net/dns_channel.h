// Questions to name servers on a channel of c-ares, run until a deadline: what `resolver` is made
// of. No state is shared between calls.
#pragma once

#include "agent/base/clock.h"

#include <ares.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cal::net {

struct ChannelDeleter {
  void operator()(ares_channel channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, ChannelDeleter>;

// How c-ares treats SERVFAIL, NOTIMP and REFUSED.
enum class RefusingServer {
  skip,   // ask the next one; when none is left the reason is gone: ARES_ECONNREFUSED
  report  // say it at once
};

enum class Sources { hosts_file_and_dns, dns };

// Returns a status of c-ares. With `name_servers` there is neither hosts file nor search list.
int open_channel(const std::vector<std::string>& name_servers, Sources sources,
                 RefusingServer refusing, Channel& channel);

// Starts the query of that number on a channel. It reports its status in the end.
using Report = std::function<void(int status)>;
using StartQuery = std::function<void(ares_channel channel, std::size_t number, Report report)>;

// The status of each of `count` queries, with what servers say told apart from servers that are not
// there: c-ares either moves on to the next server or tells why it failed, so that a question that
// nobody answers is asked twice.
std::vector<int> ask(const std::vector<std::string>& name_servers, Sources sources,
                     std::size_t count, const StartQuery& start, Deadline deadline);

}  // namespace cal::net
