#include "probes/directory_permissions/decisive_objects.h"

#include "probes/directory_permissions/plan_entries.h"
#include "probes/directory_permissions/repair_plan.h"
#include "probes/directory_permissions/user_permissions.h"
#include "probes/security/sddl.h"

#include <algorithm>
#include <optional>

namespace cal::directory_permissions {

namespace {

using ad::SampledUser;

// Whether a new user gets the entry, by the default permissions of its class.
bool is_class_default(const Facts& facts, const Trustee& trustee) {
  const auto usual =
      security::parse_sddl(facts.users->object_class.default_descriptor, facts.domain.sid);
  const auto octets = usual ? security::octets(*usual) : std::nullopt;
  if (!octets) return false;
  SampledUser made{{ad::SecuredObject::State::readable, ""}, security::Sid{}};
  made.object.descriptor = *octets;
  return lack_of(facts, {made}, trustee) == UserLack::none;
}

class Finder {
 public:
  Finder(const Facts& facts, const Settings& settings) : facts_(facts), settings_(settings) {}

  std::vector<DecisiveObject> objects() {
    for (const auto& trustee : settings_.trustees) {
      look_at_ordinary(trustee);
      look_at_protected(trustee);
    }
    return std::move(found_);
  }

 private:
  void add(const std::string& dn, std::string why) {
    const bool is_listed = std::ranges::find(found_, dn, &DecisiveObject::dn) != found_.end();
    if (!is_listed) found_.push_back({dn, std::move(why)});
  }

  void look_at_ordinary(const Trustee& trustee) {
    for (const auto& user : facts_.users->ordinary) {
      const auto lack = lack_of(facts_, {user}, trustee);
      if (lack == UserLack::none) continue;
      const auto& dn = user.object.dn;
      const auto descriptor = descriptor_of(user.object);
      if (lack == UserLack::denied) {
        add(dn, "an entry that denies the permission is among its own");
        if (descriptor && !is_protected(*descriptor)) {
          add(facts_.users->base, "the entry may be set here, and be inherited");
        }
        return;
      }
      add(facts_.users->base, "the missing entry can be set here, for all users below it");
      if (is_class_default(facts_, trustee)) {
        add(dn,
            "a new user has the missing entry by default: it was removed here, or the account is "
            "older than that default");
      }
      return;
    }
  }

  void look_at_protected(const Trustee& trustee) {
    const auto& holder = facts_.users->template_object;
    for (const auto& user : facts_.users->protected_ones) {
      if (lack_of(facts_, {user}, trustee) == UserLack::none) continue;
      const auto& dn = user.object.dn;
      const auto protection = std::ranges::find(facts_.protections, dn, &ProtectionOf::dn);
      if (protection != facts_.protections.end() && protection->protection.is_over()) {
        add(dn, "AdminSDHolder protected it once, so its own permissions decide");
      } else if (lack_of(facts_, {{holder, security::Sid{}}}, trustee) != UserLack::none) {
        add(holder.dn, "its permissions are copied to the protected users every hour");
      } else {
        add(dn, "its permissions are not those of AdminSDHolder, which grants it");
      }
      return;
    }
  }

  const Facts& facts_;
  const Settings& settings_;
  std::vector<DecisiveObject> found_;
};

}  // namespace

std::vector<DecisiveObject> decisive_objects(const Facts& facts, const Settings& settings) {
  if (facts.users) return Finder(facts, settings).objects();
  std::vector<DecisiveObject> found;
  for (auto& dn : objects_to_change(facts, settings)) {
    const bool is_own = dn == facts.object.dn;
    found.push_back({std::move(dn), is_own ? "the plan repairs its permissions"
                                           : "it passes on the entry that denies"});
  }
  return found;
}

}  // namespace cal::directory_permissions
