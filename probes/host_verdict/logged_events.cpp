#include "probes/host_verdict/logged_events.h"

#include "agent/base/text.h"
#include "probes/host_verdict/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal::session_host_licensing {

namespace {

// Event ids as in Windows Server 2012 R2 and older, see farm::event_id().
constexpr std::int64_t not_issued = 1004;
constexpr std::int64_t denied = 1043;
constexpr std::int64_t mode_in_grace = 1068;
constexpr std::int64_t mode_past_grace = 1069;
constexpr std::int64_t none_specified = 1130;
constexpr std::int64_t not_reached = 1131;
constexpr std::int64_t too_old = 1132;

struct Known {
  const Reason* reason;
  std::int64_t id;
};
constexpr std::array known_events{
    Known{&reason("mode_not_set"), mode_in_grace},
    Known{&reason("mode_not_set_expired"), mode_past_grace},
    Known{&reason("no_license_server"), none_specified},
    Known{&reason("license_server_unreachable"), not_reached},
    Known{&reason("status_unknown"), not_reached},
    Known{&reason("license_server_too_old"), too_old},
    Known{&reason("host_not_authorized"), denied},
    Known{&reason("wrong_cal_kind"), not_issued},
    Known{&reason("no_fitting_cals"), not_issued},
};

std::string text_of(const farm::LoggedEvent& event) {
  const bool same_number =
      event.id == mode_in_grace || event.id == mode_past_grace || event.id == not_issued;
  return fmt::format("it logged event {}{}, last at {}",
                     same_number ? fmt::to_string(event.id)
                                 : fmt::format("{} or {}", event.id + farm::newer_offset, event.id),
                     event.count > 1 ? fmt::format(" {} times", event.count) : "",
                     time_text(event.newest_at));
}

}  // namespace

std::string logged_about(const farm::SessionHost& host, const Reason& found, SystemTime since) {
  const auto known = std::ranges::find(known_events, &found, &Known::reason);
  if (known == known_events.end()) return {};
  const auto* const event = farm::newest_event(host.events, {known->id}, since);
  return event ? text_of(*event) : std::string();
}

std::string logged_about_servers(const farm::SessionHost& host, SystemTime since) {
  const auto* const event = farm::newest_event(
      host.events, {not_issued, denied, none_specified, not_reached, too_old}, since);
  return event ? text_of(*event) : std::string();
}

}  // namespace cal::session_host_licensing
