#include "probes/farm/contact.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace cal::farm {

Reach reach_of(const Contact& contact, Collected collected) {
  if (collected != Collected::local) return Reach::unknown;
  if (!contact.status) return contact.port_135 == false ? Reach::failed : Reach::unknown;
  switch (*contact.status) {
    case 1:
    case 2:
    case 9:
    case 11:
      return Reach::valid;
    case 3:
    case 10:
      return Reach::unsuitable;
    case 4:
      return Reach::lower;
    case 5:
      return Reach::not_in_group;
    case 6:
      return Reach::failed;
    case 8:
      return Reach::answers;
    default:
      return Reach::unknown;
  }
}

std::string status_text(const Contact& contact) {
  constexpr std::array<std::string_view, 12> names{"unknown",
                                                   "valid, 2008 R2",
                                                   "valid, 2008",
                                                   "beta and released versions do not match",
                                                   "lower version",
                                                   "host not in Terminal Server Computers",
                                                   "not connectable",
                                                   "validity unknown",
                                                   "answers, access denied",
                                                   "valid, virtualization host",
                                                   "feature not supported",
                                                   "valid"};
  if (!contact.status) {
    const auto why = contact.error.empty() ? "" : fmt::format(": {}", contact.error);
    const auto port = contact.port_135 == false ? ", TCP 135 is closed" : "";
    return fmt::format("no status{}{}", why, port);
  }
  const auto number = *contact.status;
  if (number < 0 || number >= static_cast<std::int64_t>(names.size())) {
    return fmt::format("status {}", number);
  }
  return fmt::format("status {} ({})", number, names.at(static_cast<std::size_t>(number)));
}

}  // namespace cal::farm
