#include "probes/host_verdict/refusal.h"

#include "agent/base/text.h"

#include <fmt/format.h>

#include <string_view>

namespace cal::session_host_licensing {

namespace {

// {when}, {why} and {hosts} are filled in.
std::string_view template_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::now:
      return "users are refused";
    case Refusal::not_known:
      return "it is not known whether users are refused: {why}";
    case Refusal::not_checked:
      return "it is not known whether users are refused on {hosts}";
    case Refusal::users_from:
      return "nobody is refused yet; users are refused from {when} on";
    case Refusal::devices_from:
      return "nobody is refused yet; the first devices may be refused from {when} on";
    case Refusal::devices_in_time:
      return "nobody is refused yet; a device without a license gets a temporary one for 90 days, "
             "and is refused then";
    case Refusal::devices_unactivated:
      return "nobody is refused yet who uses Microsoft's client: a device gets a temporary license "
             "for 90 days, and is refused then; other clients may be refused at once";
    case Refusal::grace:
      return "nobody is refused yet; the grace period ends on {when}";
    case Refusal::none_logged:
      return "users are not refused: no refusal was logged, and per-user licenses are not enforced";
    case Refusal::not_enforced:
      return "users are not refused: per-user licenses are not enforced";
    case Refusal::other_server:
      return "users are not refused: another license server serves them";
    case Refusal::first_of_each_start:
      return "users are not refused, but for the first one after each start, once";
    case Refusal::one_client:
      return "users are not refused, but for those of one client";
    case Refusal::thrown_out:
      return "users are not refused, but disconnected after 60 minutes";
    case Refusal::maybe_thrown_out:
      return "users are not refused; whether they are disconnected after 60 minutes, as by Windows "
             "Server 2019, is not known";
    case Refusal::licenses_end:
      return "users are not refused; licenses that they need expire on {when}";
    case Refusal::none:
      break;
  }
  return "users are not refused";
}

std::string text_of(const RefusalOnHosts& found, const std::string& names) {
  return fmt::format(fmt::runtime(template_of(found.refusal)),
                     fmt::arg("when", found.at ? day_text(*found.at) : ""),
                     fmt::arg("why", found.why), fmt::arg("hosts", names));
}

}  // namespace

std::string refusal_sentence(const std::vector<RefusalOnHosts>& found, const std::string& names) {
  std::string sentence;
  for (const auto& each : found) {
    const auto text = text_of(each, names);
    if (found.size() == 1) return capitalized(text) + ".";
    sentence += fmt::format("{}{} of them: {}.", sentence.empty() ? "" : " ", each.hosts, text);
  }
  return sentence;
}

}  // namespace cal::session_host_licensing
