#include "probes/session_host_licensing/certificate_plan.h"

#include "probes/repair/certificate_change.h"
#include "probes/session_host_licensing/phrases.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

// {0}: the host that comes first.
constexpr auto see_events =
    "To see the events, on {0}, as administrator (it only reads): `Get-WinEvent -FilterHashtable "
    "@{{ ProviderName = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager'; Id = 50285, "
    "1133 }} -MaxEvents 5 | Format-List TimeCreated, Id, Message`.";
constexpr auto drain =
    "On {0}, as administrator: `change logon /drain`. It lets in no new session, and those that it "
    "has go on; `query session /server:{0}` shows them. Do it at the console, or keep your own "
    "session until users are let in again.";
constexpr auto restart =
    "On {0}: `Restart-Computer`. Then `change logon /query` shows whether sessions are let in; if "
    "not: `change logon /enable`.";
constexpr auto log_on =
    "As an ordinary user: `mstsc /v:{0}`, not with /admin, which needs no license. The first "
    "attempt may be refused, while the host fetches the new certificate. A connection broker may "
    "send the session to another host: `query session /server:{0}` shows whether it is on {0}.";
constexpr auto if_it_stays =
    "If event 50285 is logged again after that, reactivate the license server: RD Licensing "
    "Manager > right-click the server > Advanced > Reactivate Server; as the reason, the "
    "certificate is corrupt.";
constexpr auto what_is_saved =
    "Only these four values are saved and removed: Certificate, X509 Certificate, X509 Certificate "
    "ID and X509 Certificate2. The grace period, below the same key, is not touched.";
constexpr auto what_the_undo_gives =
    "The undo brings the damaged certificate back: it is for the case that something else breaks. "
    "It stops if the host has a new certificate.";
constexpr auto delete_file =
    "When users get licenses again, delete the saved file: `Remove-Item \"{}\"`.";

Names names_of_all(const Group& group) {
  Names names;
  for (const auto* host : group.hosts) names.push_back(host->host);
  return names;
}

}  // namespace

std::vector<RepairStep> certificate_plan(const Group& group) {
  const auto names = names_of_all(group);
  const auto& first = names.front();
  const bool one = names.size() == 1;
  const auto others = in_sentence({names.begin() + 1, names.end()});
  RepairStep draining{fmt::format("Drain {}, and wait until its users have logged off.", first)};
  draining.beside = {fmt::format(see_events, first), fmt::format(drain, first)};
  if (!one) {
    draining.beside.push_back(
        fmt::format("{} first: do these steps on {} only when users of {} get licenses again.",
                    first, others, first));
  }
  auto removing = repair::remove_certificate(names).value_or(RepairStep{});
  removing.text = fmt::format(
      "On {}, save and remove the four values of its certificate below "
      "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\RCM.",
      first);
  removing.beside = {what_is_saved, what_the_undo_gives};
  RepairStep testing{
      fmt::format("Restart {}, let users in again, and log on to it as an ordinary user{}.", first,
                  one ? "" : fmt::format("; then do the same with {}", others))};
  testing.beside = {fmt::format(restart, first), fmt::format(log_on, first), if_it_stays,
                    fmt::format(delete_file, repair::saved_certificate)};
  for (auto& note : notes_for(group)) testing.beside.push_back(std::move(note));
  return {std::move(draining), std::move(removing), std::move(testing)};
}

}  // namespace cal::session_host_licensing
