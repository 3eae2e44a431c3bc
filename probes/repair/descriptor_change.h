// A change of one part of an object's security descriptor: exactly the proved list is written, and
// exactly the old one by the undo. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/security/descriptor.h"
#include "probes/security/guid.h"

#include <optional>
#include <string>

namespace cal::repair {

// An object on the server that the data was read from.
struct ObjectPlace {
  std::string server;  // the URI that answered
  security::Guid guid;
  std::string dn;  // for people
};

enum class Part { owner, dacl };

// Without `text`, `beside` and the prediction. Empty if it cannot be in a command: the server's
// name, entries that Windows' own language for descriptors does not know, or a list that differs in
// more than entries that are gone and new ones before what is inherited.
std::optional<RepairStep> change_descriptor(const ObjectPlace& place, Part part,
                                            const security::Descriptor& before,
                                            const security::Descriptor& after);

// For an account that AdminSDHolder protected once: its access list inherits again, and adminCount,
// which is 1, is cleared. `after` is not protected and has its own entries, without those that it
// will inherit. Empty as above.
std::optional<RepairStep> end_protection(const ObjectPlace& place,
                                         const security::Descriptor& before,
                                         const security::Descriptor& after);

}  // namespace cal::repair
