// `preflight --host`: one host's verdict as an answer.
#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::session_host_licensing {

namespace {

// Those that the name may mean. Computers of two domains may have the same first label.
std::vector<const HostVerdict*> named(std::string_view host,
                                      const std::vector<HostVerdict>& verdicts) {
  const auto wanted = folded(host);
  const auto label = farm::short_name(wanted);
  const bool has_domain = label.size() < wanted.size();
  std::vector<const HostVerdict*> found;
  for (const auto& each : verdicts) {
    if (farm::short_name(each.host) != label) continue;
    if (has_domain && !each.dns_name.empty() && each.dns_name != wanted) continue;
    found.push_back(&each);
  }
  return found;
}

// Of a clear one. Exports that could not be read may show any fault, as in the probe's verdict.
const farm::ExportFault* unread(const Facts& facts, const HostVerdict& verdict) {
  if (verdict.reason->verdict != Verdict::clear) return nullptr;
  const auto fault = std::ranges::find(facts.exports.faults, "", &farm::ExportFault::computer);
  return fault == facts.exports.faults.end() ? nullptr : &*fault;
}

HostAnswer answer_of(const HostVerdict& verdict) {
  const auto& why = *verdict.reason;
  HostAnswer answer{std::nullopt, verdict.severity != Severity::ok, verdict.text};
  answer.data_at = verdict.data_at;
  if (answer.warning) answer.step = why.action;
  if (why.verdict == Verdict::unknown || &why == &reason("not_applicable")) return answer;
  if (!verdict.refusing_not_known.empty()) {
    answer.text +=
        fmt::format("; whether users are refused now is not known: {}", verdict.refusing_not_known);
    return answer;
  }
  answer.gets_license = !verdict.refuses();
  if (verdict.when && *answer.gets_license) {
    answer.text += fmt::format("; until {}", time_text(*verdict.when));
  }
  return answer;
}

}  // namespace

HostAnswer answer_for(std::string_view host, const Facts& facts, const Settings& settings) {
  if (!facts.exports.cut_short.empty()) return {std::nullopt, false, facts.exports.cut_short};
  const auto verdicts = judge_hosts(facts, settings);
  const auto found = named(host, verdicts);
  if (found.empty()) {
    return {std::nullopt, false,
            fmt::format("there is no export of {}; {} one", host,
                        counted(verdicts.size(), "host has", "hosts have"))};
  }
  if (found.size() > 1) {
    return {std::nullopt, false,
            fmt::format("{} session hosts have the name {}; give the DNS name of one", found.size(),
                        host)};
  }
  if (const auto* const fault = unread(facts, *found.front())) {
    const auto& unreadable = reason("export_unreadable");
    return {std::nullopt, true, fault->fault.message, std::string(unreadable.action),
            found.front()->data_at};
  }
  return answer_of(*found.front());
}

}  // namespace cal::session_host_licensing
