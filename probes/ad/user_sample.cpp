#include "probes/ad/user_sample.h"

#include <algorithm>
#include <map>

namespace cal::ad {

namespace {

// userAccountControl without ACCOUNTDISABLE (MS-ADTS 2.2.16), by the rule BIT_AND (3.1.1.3.4.4).
constexpr std::string_view enabled_users =
    "(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2))";
constexpr std::string_view admin_sd_holder = "CN=AdminSDHolder,CN=System";

// Users listed to choose from: names only, which takes about a second.
constexpr std::size_t max_candidates = 10'000;

using DnsByContainer = std::map<std::string, std::vector<std::string>>;

ldap::Result<DnsByContainer> list_users(ldap::Session& session, const std::string& base,
                                        std::string_view condition, Deadline deadline) {
  DnsByContainer found;
  std::size_t count = 0;
  const auto listed = session.for_each(
      {.base = base,
       .filter = "(&" + std::string(enabled_users) + std::string(condition) + ")",
       .attributes = {"objectSid"}},
      [&](const ldap::Entry& user) {
        found[parent_of(user.dn())].push_back(user.dn());
        return ++count < max_candidates;
      },
      deadline);
  if (!listed) return tl::unexpected(listed.error());
  return found;
}

// Takes one user from each container in turn until there are enough. If there are more containers
// than users to take, takes evenly spaced containers.
std::vector<std::string> choose(const DnsByContainer& all) {
  std::vector<std::vector<std::string>> containers;
  const auto step = std::max<std::size_t>(1, all.size() / max_sampled_users);
  std::size_t index = 0;
  for (const auto& [container, dns] : all) {
    if (index++ % step != 0) continue;
    containers.push_back(dns);
    std::ranges::sort(containers.back());
  }
  std::vector<std::string> chosen;
  for (std::size_t round = 0; chosen.size() < max_sampled_users; ++round) {
    const auto before = chosen.size();
    for (const auto& dns : containers) {
      if (round < dns.size() && chosen.size() < max_sampled_users) chosen.push_back(dns[round]);
    }
    if (chosen.size() == before) break;
  }
  return chosen;
}

ldap::Result<std::vector<SampledUser>> sample(ldap::Session& session, const std::string& base,
                                              std::string_view condition, Deadline deadline) {
  auto containers = list_users(session, base, condition, deadline);
  if (!containers) return tl::unexpected(std::move(containers.error()));
  std::vector<SampledUser> users;
  for (const auto& dn : choose(*containers)) {
    auto entry = session.read(
        dn, {"objectSid", "objectClass", "objectGUID", "nTSecurityDescriptor"}, deadline,
        ldap::sd_flags::owner | ldap::sd_flags::group | ldap::sd_flags::dacl);
    if (!entry) return tl::unexpected(std::move(entry.error()));
    if (!*entry) continue;  // deleted since it was listed
    const auto sid = security::Sid::parse_octets((*entry)->first("objectSid").value_or(""));
    users.push_back({secured_object_of(**entry), sid.value_or(security::Sid{})});
  }
  return users;
}

}  // namespace

ldap::Result<UserSample> sample_users(ldap::Session& session, const Domain& domain,
                                      const std::string& base, Deadline deadline) {
  UserSample found;
  found.base = base.empty() ? domain.dn : complete_dn(base, domain);
  auto container = session.read(found.base, {"objectClass"}, deadline);
  if (!container) return tl::unexpected(std::move(container.error()));
  if (!*container) return found;
  auto object_class = read_object_class(session, "user", deadline);
  if (!object_class) return tl::unexpected(std::move(object_class.error()));
  found.object_class = std::move(*object_class);
  auto holder =
      read_secured_object(session, complete_dn(std::string(admin_sd_holder), domain), deadline);
  if (!holder) return tl::unexpected(std::move(holder.error()));
  found.template_object = std::move(*holder);
  auto ordinary = sample(session, found.base, "(!(adminCount=1))", deadline);
  if (!ordinary) return tl::unexpected(std::move(ordinary.error()));
  found.ordinary = std::move(*ordinary);
  auto protected_ones = sample(session, found.base, "(adminCount=1)", deadline);
  if (!protected_ones) return tl::unexpected(std::move(protected_ones.error()));
  found.protected_ones = std::move(*protected_ones);
  return found;
}

}  // namespace cal::ad
