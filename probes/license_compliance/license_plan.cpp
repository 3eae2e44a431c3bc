#include "probes/license_compliance/license_plan.h"

#include <fmt/format.h>

namespace cal::license_compliance {

namespace {

using inventory::LicenseKind;

// Of the installed licenses of a version, at a time (Win32_TSIssuedLicense.Revoke).
constexpr std::int64_t one_of = 5;

constexpr std::string_view wait =
    "A user's license cannot be revoked. It expires 60 days after it was issued if the user stays "
    "away; disable accounts of people who have left.";
constexpr std::string_view no_trick =
    "Do not delete licenses from users in the directory, the license server's database, or the key "
    "GracePeriod of a session host: that changes what is reported, and no license becomes free.";

RepairStep revocation(const inventory::LicenseCount& count) {
  RepairStep step{fmt::format(
      "For the time being, an administrator of the license server revokes the licenses of devices "
      "that are retired: at most 20 % of those installed of this version, which is {} of {}.",
      count.installed / one_of, count.installed)};
  step.not_undone =
      "a license that is revoked is not given back to its device, and a device that connects again "
      "takes a new one";
  step.beside = {
      "RD Licensing Manager > the server > the per-device licenses of that version > right-click "
      "the device > Revoke License. The list there has the name of each device and when its "
      "license expires; a device in use renews it in the last 7 days before that."};
  step.is_alternative = true;
  return step;
}

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
  std::vector<RepairStep> steps{{fmt::format(
      "The person who buys licenses orders at least {} of {}, or of a newer version, "
      "and an administrator of the license server installs them (RD Licensing Manager > "
      "right-click the server > Install Licenses).",
      missing, what)}};
  if (count.kind != LicenseKind::device) steps.front().beside.emplace_back(wait);
  steps.front().beside.emplace_back(no_trick);
  if (count.kind == LicenseKind::device && count.installed >= one_of) {
    steps.push_back(revocation(count));
  }
  return steps;
}

}  // namespace cal::license_compliance
