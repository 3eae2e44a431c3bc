#include "agent/commands/host_preflight.h"

#include "agent/base/terminal.h"
#include "agent/base/text.h"

#include <fmt/format.h>

namespace cal {

namespace {

// "CORP\alice" and "alice@corp.example" are "alice" in the directory.
std::string account_of(std::string_view user) {
  user = user.substr(user.find('\\') == user.npos ? 0 : user.find('\\') + 1);
  return folded(user.substr(0, user.find('@')));
}

void print_holder(Probe& probe, std::string_view user, Deadline deadline) {
  const auto known = probe.holders(deadline);
  if (!known.why_not.empty()) {
    to_terminal(stdout, "  Licenses of {}: not known: {}\n", user, known.why_not);
    return;
  }
  const auto account = account_of(user);
  bool any = false;
  for (const auto& each : known.holders) {
    if (folded(each.name) != account) continue;
    any = true;
    to_terminal(stdout, "  {} holds a license: version {}, from {}, ends {}\n", each.name,
                each.version.empty() ? "-" : each.version, each.server.empty() ? "-" : each.server,
                each.ends);
  }
  if (!any) {
    to_terminal(stdout,
                "  {} holds no license in the directory; in per-user mode the next logon records "
                "one\n",
                user);
  }
}

std::string_view word_of(const HostAnswer& answer) {
  if (!answer.gets_license) return "Cannot tell";
  if (!*answer.gets_license) return "No";
  return answer.warning ? "Yes, but look at this" : "Yes";
}

int code_of(const HostAnswer& answer) {
  if (!answer.gets_license) return 3;
  if (!*answer.gets_license) return 2;
  return answer.warning ? 1 : 0;
}

void print(const HostAnswer& answer, const PreflightLine& asked, SystemTime now) {
  to_terminal(stdout, "Would {} get a license on {} now? {}: {}\n", asked.user.value_or("a user"),
              *asked.host, word_of(answer), answer.text);
  if (answer.data_at) {
    to_terminal(stdout, "  The newest data is from {} ({} ago).\n", time_text(*answer.data_at),
                duration_text(std::chrono::floor<std::chrono::seconds>(now - *answer.data_at)));
  }
  if (!answer.step.empty()) to_terminal(stdout, "  First step: {}\n", answer.step);
  if (answer.gets_license == false) {
    to_terminal(stdout, "  Administrators still get in with mstsc /admin.\n");
  }
}

}  // namespace

int host_preflight(const Config& config, const std::string& network, const PreflightLine& asked) {
  const auto now = std::chrono::system_clock::now();
  std::optional<HostAnswer> answer;
  for (const auto& each : config.instances) {
    if (each->network != network || answer) continue;
    answer = each->probe->license_on(*asked.host, Deadline::in(each->timeout));
  }
  if (!answer) {
    to_terminal(stderr, "--host: network '{}' has no probe session_host_licensing\n", network);
    return 3;
  }
  print(*answer, asked, now);
  for (const auto& each : config.instances) {
    if (each->network != network || !asked.user || !each->probe->counts_licenses()) continue;
    if (each->probe->license_on(*asked.host, Deadline::in(each->timeout))) continue;  // no names
    print_holder(*each->probe, *asked.user, Deadline::in(each->timeout));
  }
  return code_of(*answer);
}

}  // namespace cal
