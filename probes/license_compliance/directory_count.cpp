#include "probes/license_compliance/directory_count.h"

#include "agent/base/text.h"
#include "probes/license_compliance/compliance_reasons.h"

#include <fmt/format.h>

namespace cal::license_compliance {

namespace {

constexpr std::string_view directory_item = "directory";

void note(Outcome& outcome, std::string subject, std::string text) {
  outcome.evidence.push_back({std::nullopt, std::move(subject), std::move(text)});
}

// Why licenses that were issued may be missing in the directory; empty: SELF can write them.
std::string not_recorded(const Right& self_writes) {
  if (self_writes.granted == true) return "";
  return fmt::format(
      "how many users hold a per-user license is not known: from Windows Server 2019 on a session "
      "host records the license as the user; {}",
      self_writes.seen);
}

// The two counts should differ only by renewals in progress; which one is right depends on the
// fault.
void compare(const ad::UserLicenses& licenses, const inventory::LicenseCounts& key_packs,
             Outcome& outcome) {
  std::int64_t issued = 0;
  for (const auto& count : key_packs.counts) {
    if (count.kind == inventory::LicenseKind::user) issued += count.assigned();
  }
  if (issued == licenses.users) return;
  note(outcome, "directory and key packs differ",
       fmt::format("the key packs count {} as issued; in the directory, {} "
                   "one. If the directory has more, it also contains licenses of "
                   "another license server. If it has fewer, the license server (up to Windows "
                   "Server 2016) or SELF (from 2019) lacks the right to write on users",
                   counted(issued, "per-user license"),
                   counted(licenses.users, "user holds", "users hold")));
}

}  // namespace

std::string not_readable(const DirectoryCount& count) {
  const auto& right = count.read;
  if (right.granted == true) return "";
  return fmt::format(
      "how many users hold a per-user license is not known: {} the right to {}{}{}; what may not "
      "be read looks like users without a license",
      right.granted ? "the agent's account lacks" : "it could not be shown that the agent has",
      right.what, right.seen.empty() ? "" : ": ", right.seen);
}

void add_directory_count(const DirectoryCount& count, const inventory::LicenseCounts* key_packs,
                         Outcome& outcome) {
  for (const auto& why : {not_readable(count), not_recorded(count.self_writes)}) {
    if (why.empty()) continue;
    outcome.evidence.push_back({Verdict::unknown, std::string(directory_item), why});
    return;
  }
  const auto& licenses = count.licenses;
  note(outcome, std::string(directory_item),
       fmt::format("{} a per-user license in force, {} more only expired ones; asked {}",
                   counted(licenses.users, "user holds", "users hold"), licenses.expired_users,
                   count.server));
  if (!count.self_writes.seen.empty()) {
    note(outcome, "directory, not recorded", count.self_writes.seen);
  }
  for (const auto& [version, issuer, in_force, expired] : licenses.groups) {
    note(outcome,
         fmt::format("directory, version {}, license server {}", version.empty() ? "-" : version,
                     issuer.empty() ? "-" : issuer),
         fmt::format("{} in force, {} expired", in_force, expired));
  }
  outcome.samples.push_back(
      {&families[1],
       {"directory", std::string(name_of(inventory::LicenseKind::user)), "user"},
       static_cast<double>(licenses.users)});
  if (key_packs) compare(licenses, *key_packs, outcome);
}

void add_endings(const DirectoryCount& count, LicenseOutlook& outlook) {
  if (!not_readable(count).empty() || !not_recorded(count.self_writes).empty()) return;
  outlook.ending = count.licenses.ending;
  if (count.licenses.undated == 0) return;
  outlook.not_counted.push_back(fmt::format("{} in the directory, whose end is not understood",
                                            counted(count.licenses.undated, "license")));
}

}  // namespace cal::license_compliance
