#include "probes/license_compliance/license_plan.h"

#include <fmt/format.h>

#include <utility>

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

// Of EBS: its pages on events 9 and 11, and on the monitoring of compliance.
constexpr std::string_view refused_if_over_assigned =
    "Refused now: a further assignment (0xcfff1200). That users or devices who have a license are "
    "refused is not documented; the network does not keep the license terms.";
constexpr std::string_view refused_if_none_left =
    "Refused now: a further assignment (0xcfff1200). Nobody who has a license is refused, and the "
    "network keeps the license terms.";

// Before anything is revoked or bought: who has them, and what comes back by itself.
std::vector<RepairStep> look_and_wait(const inventory::LicenseCount& count,
                                      std::string_view server) {
  RepairStep look{
      fmt::format("On {}, see which devices have the {} licenses: which are new, "
                  "installed again, or retired.",
                  server, count.assigned())};
  look.beside = {
      "A device that has a license goes on working. A new one gets a temporary license for 90 "
      "days, and is refused after that unless one is free by then.",
      fmt::format(
          "RD Licensing Manager > {} > the per-device licenses of that version: the name of "
          "each device, and when its license expires. It only reads.",
          server),
      "What changed: the probe's history, on its page, has the counts of before. Session hosts "
      "that were set from per user to per device take these licenses, too: the probe "
      "session_host_licensing shows their mode."};
  RepairStep wait_for_it{
      "Wait, if devices in the list are retired or were installed again under another name: their "
      "licenses become free by themselves when they expire."};
  wait_for_it.beside = {
      "A license of a device lasts 52 to 89 days, and a device in use renews it in the last 7 "
      "days. A new device works with its temporary license for 90 days."};
  return {std::move(look), std::move(wait_for_it)};
}

RepairStep revocation(const inventory::LicenseCount& count, std::string_view server) {
  RepairStep step{fmt::format(
      "If that is too late, an administrator of {} revokes the licenses of devices that are "
      "retired: at most 20 % of those installed of this version, which is {} of {}.",
      server, count.installed / one_of, count.installed)};
  step.not_undone =
      "a license that is revoked is not given back to its device, and a device that connects again "
      "takes a new one";
  step.beside = {
      fmt::format("RD Licensing Manager > {} > the per-device licenses of that version > "
                  "right-click the device > Revoke License.",
                  server)};
  return step;
}

RepairStep purchase(const inventory::LicenseCount& count, std::int64_t missing,
                    std::string_view server) {
  const bool per_device = count.kind == LicenseKind::device;
  RepairStep step{fmt::format(
      "{} person who buys licenses orders at least {} of {}, or of a newer version, and an "
      "administrator of the license server installs them (RD Licensing Manager > right-click {} > "
      "Install Licenses).",
      per_device ? "If all of these devices are in use, the" : "The", missing, item_of(count),
      server)};
  if (!per_device) step.beside.emplace_back(wait);
  step.beside.push_back(fmt::format(
      "Not newer than Windows of {}, since a license server issues licenses of its version and "
      "older: `(Get-CimInstance Win32_OperatingSystem).Caption` there.",
      server));
  step.beside.emplace_back(no_trick);
  return step;
}

}  // namespace

std::vector<RepairStep> license_plan(const inventory::LicenseCount& count, AssignedBy who,
                                     std::int64_t missing, std::string_view server) {
  const auto what = item_of(count);
  if (who == AssignedBy::administrator) {
    RepairStep take_back{fmt::format(
        "An administrator takes back {} or more licenses of {} from users or devices that do not "
        "need them any more (EBS console, Licenses; or the list that the inventory comes from).",
        missing, what)};
    take_back.beside = {
        std::string(count.available() < 0 ? refused_if_over_assigned : refused_if_none_left),
        "A user whose license is taken back may log on only to servers and licensed workstations. "
        "To undo it, assign the license again: that needs a free one."};
    RepairStep order{fmt::format(
        "The person who buys licenses orders a pack with at least {} of them, and an administrator "
        "installs it.",
        missing)};
    order.beside = {"Installing a pack assigns its licenses to nobody."};
    order.is_alternative = true;
    return {std::move(take_back), std::move(order)};
  }
  const auto on = server.empty() ? std::string("the license server") : std::string(server);
  if (count.kind != LicenseKind::device) return {purchase(count, missing, on)};
  auto steps = look_and_wait(count, on);
  if (count.installed >= one_of) steps.push_back(revocation(count, on));
  steps.push_back(purchase(count, missing, on));
  return steps;
}

}  // namespace cal::license_compliance
