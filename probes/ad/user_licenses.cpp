#include "probes/ad/user_licenses.h"

#include "probes/ldap/answer.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>

namespace cal::ad {

namespace {

constexpr std::size_t max_named_groups = 50;  // the rest is one group, "others"
constexpr std::size_t shown_octets = 60;
constexpr std::size_t max_name_octets = 256;
constexpr std::size_t max_listed = 100'000;

constexpr std::array<std::string_view, 4> slots{"", "2", "3", "4"};

std::string attribute(std::string_view name, std::string_view slot) {
  return std::string(name) + std::string(slot);
}

std::string text_of(const ldap::Entry& user, std::string_view name, std::string_view slot) {
  return ldap::printable(user.first(attribute(name, slot)).value_or("").substr(0, shown_octets));
}

UserLicenseGroup& group_of(UserLicenses& licenses, const std::string& version,
                           const std::string& server) {
  auto& groups = licenses.groups;
  const auto found = std::ranges::find_if(groups, [&](const UserLicenseGroup& group) {
    return group.version == version && group.server == server;
  });
  if (found != groups.end()) return *found;
  if (groups.size() > max_named_groups) return groups.back();
  const bool last = groups.size() == max_named_groups;
  groups.push_back(last ? UserLicenseGroup{"others", "others"} : UserLicenseGroup{version, server});
  return groups.back();
}

// `now` is in the directory's time format (RFC 4517 3.3.13, to the second), so times compare as
// text.
void count_user(const ldap::Entry& user, const std::string& now, UserLicenses& licenses) {
  bool any = false;
  bool any_in_force = false;
  for (const auto slot : slots) {
    const auto expires = user.first(attribute("msTSExpireDate", slot));
    if (!expires) continue;
    const bool in_force = expires->substr(0, now.size()) > now;
    any = true;
    any_in_force = any_in_force || in_force;
    auto& group = group_of(licenses, text_of(user, "msTSLicenseVersion", slot),
                           text_of(user, "msTSManagingLS", slot));
    ++(in_force ? group.in_force : group.expired);
  }
  if (any) ++(any_in_force ? licenses.users : licenses.expired_users);
}

ldap::SearchRequest license_request(ldap::Session& session) {
  ldap::SearchRequest request{.base = session.default_naming_context(), .filter = "(|"};
  for (const auto slot : slots) {
    request.filter += "(" + attribute("msTSExpireDate", slot) + "=*)";
    for (const auto name : {"msTSExpireDate", "msTSLicenseVersion", "msTSManagingLS"}) {
      request.attributes.push_back(attribute(name, slot));
    }
  }
  request.filter += ")";
  return request;
}

}  // namespace

ldap::Result<UserLicenses> count_user_licenses(ldap::Session& session, SystemTime now,
                                               Deadline deadline) {
  const auto now_text =
      fmt::format("{:%Y%m%d%H%M%S}", std::chrono::floor<std::chrono::seconds>(now));
  UserLicenses licenses;
  const auto done = session.for_each(
      license_request(session),
      [&](ldap::Entry&& user) {
        count_user(user, now_text, licenses);
        return true;
      },
      deadline);
  if (!done) return tl::unexpected(done.error());
  return licenses;
}

ldap::Result<std::vector<UserLicense>> list_user_licenses(ldap::Session& session,
                                                          Deadline deadline) {
  auto request = license_request(session);
  request.attributes.emplace_back("sAMAccountName");
  std::vector<UserLicense> licenses;
  const auto done = session.for_each(
      request,
      [&](ldap::Entry&& user) {
        const auto name = user.first("sAMAccountName").value_or(user.dn());
        for (const auto slot : slots) {
          if (!user.first(attribute("msTSExpireDate", slot))) continue;
          licenses.push_back({ldap::printable(name.substr(0, max_name_octets)),
                              text_of(user, "msTSLicenseVersion", slot),
                              text_of(user, "msTSManagingLS", slot),
                              text_of(user, "msTSExpireDate", slot)});
        }
        return licenses.size() < max_listed;
      },
      deadline);
  if (!done) return tl::unexpected(done.error());
  return licenses;
}

}  // namespace cal::ad
