#include "probes/directory_permissions/plan_entries.h"

#include "probes/security/describe.h"
#include "probes/security/sddl.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace cal::directory_permissions {

using security::Ace;
using security::Descriptor;
using security::Trustee;

std::optional<Descriptor> descriptor_of(const ad::SecuredObject& object) {
  if (object.state != ad::SecuredObject::State::readable) return std::nullopt;
  const auto descriptor = security::parse_descriptor(std::as_bytes(std::span(object.descriptor)));
  return descriptor ? std::optional(*descriptor) : std::nullopt;
}

bool is_protected(const Descriptor& descriptor) {
  return (descriptor.control & security::control::dacl_protected) != 0;
}

Ace entry_on_user(const Trustee& trustee) {
  Ace ace;
  ace.type =
      trustee.object_type ? security::ace_type::allowed_object : security::ace_type::access_allowed;
  ace.mask = security::right::read_property | security::right::write_property;
  ace.object_type = trustee.object_type;
  ace.sid = trustee.token.front();
  return ace;
}

Ace entry_for_users(const Trustee& trustee, const std::optional<security::Guid>& user_class) {
  auto ace = entry_on_user(trustee);
  ace.type = security::ace_type::allowed_object;
  ace.flags = security::ace_flag::container_inherit | security::ace_flag::inherit_only;
  ace.inherited_object_type = user_class;
  return ace;
}

void insert_own(const std::vector<Ace>& own, std::vector<Ace>& aces) {
  aces.insert(
      std::ranges::find_if(
          aces, [](const Ace& ace) { return (ace.flags & security::ace_flag::inherited) != 0; }),
      own.begin(), own.end());
}

std::vector<Ace> inherited_by_user(const Descriptor& container,
                                   const std::optional<security::Guid>& user_class) {
  std::vector<Ace> inherited;
  if (!container.dacl) return inherited;
  for (auto ace : container.dacl->aces) {
    const bool is_passed_on = (ace.flags & security::ace_flag::container_inherit) != 0;
    const bool is_for_users = !ace.inherited_object_type || ace.inherited_object_type == user_class;
    if (!is_passed_on || !is_for_users) continue;
    ace.flags = security::ace_flag::inherited;
    ace.inherited_object_type.reset();
    inherited.push_back(std::move(ace));
  }
  return inherited;
}

std::string texts_of(const std::vector<Ace>& aces) {
  std::vector<std::string> texts;
  texts.reserve(aces.size());
  for (const auto& ace : aces) {
    texts.push_back(fmt::format("{} {}", security::format_sddl(ace), security::describe(ace)));
  }
  return fmt::format("{}", fmt::join(texts, " and "));
}

std::string_view note_on(const Trustee& trustee) {
  if (trustee.token.front() == security::well_known::principal_self) {
    return "SELF needs it for session hosts from Windows Server 2019 on, which write the license "
           "in the name of the user. Nobody has to log on again.";
  }
  if (trustee.token.front() == security::well_known::terminal_server_license_servers) {
    return "Terminal Server License Servers needs it while there are session hosts up to Windows "
           "Server 2016, whose licenses the license server writes. License servers need new "
           "tickets only if their membership of this group changed: `klist -li 0x3e7 purge` and "
           "`klist -li 0x3e4 purge` on them, or restart the service Remote Desktop Licensing.";
  }
  return "";
}

}  // namespace cal::directory_permissions
