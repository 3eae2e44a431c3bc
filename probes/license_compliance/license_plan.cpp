#include "probes/license_compliance/license_plan.h"

#include <fmt/format.h>

namespace cal::license_compliance {

namespace {

using inventory::LicenseKind;

// Devices: at most a fifth of the licenses, Win32_TSIssuedLicense.Revoke. Users: their licenses
// expire after 60 days.
constexpr std::string_view revoke =
    "Until then, an administrator of the license server can revoke the licenses of devices that "
    "are retired (RD Licensing Manager; up to 20 % of them). That cannot be undone: a device that "
    "connects again takes a new license.";
constexpr std::string_view wait =
    "A user's license cannot be revoked. It expires 60 days after it was issued if the user stays "
    "away; disable accounts of people who have left.";
constexpr std::string_view no_trick =
    "Do not delete licenses from users in the directory, the license server's database, or the key "
    "GracePeriod of a session host: that changes what is reported, and no license becomes free.";

}  // namespace

std::vector<RepairStep> license_plan(const inventory::LicenseCount& count, AssignedBy who,
                                     std::int64_t missing) {
  const auto what = item_of(count);
  if (who == AssignedBy::administrator) {
    return {{.text = fmt::format(
                 "An administrator takes back {} or more licenses of {} from users or devices "
                 "that do not need them any more (EBS console, Licenses; or the list that the "
                 "inventory comes from).",
                 missing, what)},
            {.text = fmt::format(
                 "The person who buys licenses orders a pack with at least {} of them, and "
                 "an administrator installs it.",
                 missing),
             .is_alternative = true}};
  }
  return {{fmt::format("The person who buys licenses orders at least {} of {}, or of a newer "
                       "version, and an administrator of the license server installs them (RD "
                       "Licensing Manager, Install Licenses).",
                       missing, what)},
          {std::string(count.kind == LicenseKind::device ? revoke : wait)},
          {std::string(no_trick)}};
}

}  // namespace cal::license_compliance
