// When the permissions of the object, and of the containers that it inherits from, were last
// written: inheritance itself leaves no trace.
#pragma once

#include "probes/actors/question.h"
#include "probes/directory_permissions/decisive_objects.h"
#include "probes/directory_permissions/directory_permissions.h"

#include <vector>

namespace cal::directory_permissions {

// Of each object and of what is above it, to the domain's head or the first one that inherits
// nothing.
PermissionHistory read_history(ldap::Session& session, const std::vector<DecisiveObject>& objects,
                               const ad::Domain& domain, Deadline deadline);

// Pure. For people, the newest first.
std::vector<Evidence> history_evidence(const PermissionHistory& history);

// Pure. Who wrote them last, of each object: what is asked of the security log.
std::vector<actors::Question> who_questions(const PermissionHistory& history);

// Pure. How a person finds out who changed these objects last; none for one whose last change is
// not known.
std::vector<WhoQuery> who_queries(const PermissionHistory& history,
                                  const std::vector<DecisiveObject>& objects,
                                  const std::string& server);

}  // namespace cal::directory_permissions
