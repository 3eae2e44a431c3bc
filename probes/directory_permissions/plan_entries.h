// Entries of access lists in the plans: the missing ones, for whom they are, and how they are
// shown. Pure.
#pragma once

#include "probes/ad/secured_object.h"
#include "probes/security/descriptor.h"
#include "probes/security/trustee_rights.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::directory_permissions {

// Empty if the object shows none, or a damaged one.
std::optional<security::Descriptor> descriptor_of(const ad::SecuredObject& object);

// Whether nothing is inherited by the object.
bool is_protected(const security::Descriptor& descriptor);

// What lets the trustee write licenses: on the user itself, or, on a container, on the users below.
security::Ace entry_on_user(const security::Trustee& trustee);
security::Ace entry_for_users(const security::Trustee& trustee,
                              const std::optional<security::Guid>& user_class);

// Before what is inherited.
void insert_own(const std::vector<security::Ace>& own, std::vector<security::Ace>& aces);

// What a user directly in the container inherits of its entries.
std::vector<security::Ace> inherited_by_user(const security::Descriptor& container,
                                             const std::optional<security::Guid>& user_class);

// "(OA;;RPWP;…;;PS) allow Read property, … to NT AUTHORITY\SELF and …"
std::string texts_of(const std::vector<security::Ace>& aces);

// Who needs the entry, and what has to be renewed for it. Empty for trustees of the configuration.
std::string_view note_on(const security::Trustee& trustee);

}  // namespace cal::directory_permissions
