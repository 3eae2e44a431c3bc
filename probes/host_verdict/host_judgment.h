// The verdict on one session host: would a user who signs in now get a license, and from which
// server? Pure.
#pragma once

#include "probes/host_verdict/refusal.h"
#include "probes/host_verdict/server_check.h"

namespace cal::session_host_licensing {

struct HostVerdict {
  std::string host;
  const Reason* reason;
  Severity severity;
  std::string text;           // what was found, for people; it begins in lower case
  std::string dns_name = {};  // in lower case; empty: not known
  std::optional<std::int64_t> os_build = std::nullopt;
  std::optional<std::int64_t> licensing_type = std::nullopt;
  std::vector<FaultyServer> servers = {};  // that are the cause, by name, or that give the license
  std::optional<SystemTime> when = std::nullopt;  // users are refused from then on
  std::optional<SystemTime> data_at = std::nullopt;
  std::string refusing_not_known = {};  // of a present one: why; empty: refuses() is known
  Refusal refusal = Refusal::not_checked;
  std::optional<SystemTime> refusal_at = std::nullopt;  // the date that it needs
  bool other_servers = false;  // its list names more than those that are the cause
  ExportGap gap = ExportGap::none;
  std::string step = {};                 // with {hosts}; empty: that of its reason
  std::vector<std::string> stages = {};  // from the mode to the one that is not passed

  bool refuses() const {
    return reason->verdict == Verdict::present && severity == Severity::critical;
  }
};

// In lower case; empty: not known, or in a workgroup.
std::string dns_name_of(const farm::SessionHost& host);

HostVerdict judge_host(const farm::SessionHost& host, const Surroundings& around);

}  // namespace cal::session_host_licensing
