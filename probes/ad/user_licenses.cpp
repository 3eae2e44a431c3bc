#include "probes/ad/user_licenses.h"

#include "agent/base/iso_time.h"
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

// 20270124060000.0Z (RFC 4517 3.3.13).
std::optional<SystemTime> time_of(std::string_view text) {
  TimeScanner scanner(text);
  const auto day = scanner.date("");
  const auto time = scanner.time_of_day("");
  if (!day || !time) return std::nullopt;
  return clamped(std::chrono::sys_seconds(*day) + *time);
}

// What is counted, and the time by which it is.
class Count {
 public:
  explicit Count(SystemTime now)
      : now_text_(fmt::format("{:%Y%m%d%H%M%S}", std::chrono::floor<std::chrono::seconds>(now))),
        first_week_(week_of(now)) {}

  void add(const ldap::Entry& user) {
    bool any = false;
    bool any_in_force = false;
    for (const auto slot : slots) {
      const auto expires = user.first(attribute("msTSExpireDate", slot));
      if (!expires) continue;
      // In the directory's format, times compare as text.
      const bool in_force = expires->substr(0, now_text_.size()) > now_text_;
      any = true;
      any_in_force = any_in_force || in_force;
      auto& group = group_of(licenses_, text_of(user, "msTSLicenseVersion", slot),
                             text_of(user, "msTSManagingLS", slot));
      ++(in_force ? group.in_force : group.expired);
      if (in_force) add_end(*expires);
    }
    if (any) ++(any_in_force ? licenses_.users : licenses_.expired_users);
  }

  UserLicenses finish() { return std::move(licenses_); }

 private:
  void add_end(std::string_view expires) {
    const auto end = time_of(expires);
    if (!end || *end < first_week_) {
      ++licenses_.undated;
      return;
    }
    const auto week = std::chrono::floor<std::chrono::weeks>(*end - first_week_).count();
    const auto index = static_cast<std::size_t>(week);
    if (index < licenses_.ending.size()) ++licenses_.ending[index];
  }

  std::string now_text_;
  SystemTime first_week_;
  UserLicenses licenses_;
};

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
  Count count(now);
  const auto done = session.for_each(
      license_request(session),
      [&](ldap::Entry&& user) {
        count.add(user);
        return true;
      },
      deadline);
  if (!done) return tl::unexpected(done.error());
  return count.finish();
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
