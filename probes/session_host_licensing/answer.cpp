// `preflight --host`: one host's verdict as an answer.
#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/session_host_licensing/reasons.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::session_host_licensing {

HostAnswer answer_for(std::string_view host, const Facts& facts, const Settings& settings) {
  if (!facts.exports.cut_short.empty()) return {std::nullopt, false, facts.exports.cut_short};
  const auto verdicts = judge_hosts(facts, settings);
  const auto wanted = farm::short_name(std::string(host));
  const auto found = std::ranges::find(
      verdicts, wanted, [](const HostVerdict& each) { return farm::short_name(each.host); });
  if (found == verdicts.end()) {
    return {std::nullopt, false,
            fmt::format("there is no export of {}; {} hosts have one", host, verdicts.size())};
  }
  const auto& why = *found->reason;
  HostAnswer answer{std::nullopt, found->severity != Severity::ok, found->text};
  answer.data_at = found->data_at;
  if (found->severity != Severity::ok) answer.step = why.action;
  if (why.verdict == Verdict::unknown || &why == &reason("not_applicable")) return answer;
  answer.gets_license = !found->refuses();
  if (found->when && *answer.gets_license) {
    answer.text += fmt::format("; until {}", utc_text(*found->when));
  }
  return answer;
}

}  // namespace cal::session_host_licensing
