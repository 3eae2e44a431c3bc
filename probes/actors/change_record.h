// What a record of a domain controller's security log, or of Samba's audit log, says about a change
// in the directory: what was changed, and who is recorded as its actor. Pure; any input is safe.
#pragma once

#include "agent/base/clock.h"
#include "probes/events/event.h"
#include "probes/security/guid.h"
#include "probes/security/sid.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cal::actors {

// Of an object of the directory, as far as it is known.
struct Identity {
  std::string dn = {};
  std::optional<security::Guid> guid = {};
  std::optional<security::Sid> sid = {};

  bool operator==(const Identity&) const = default;
};

// By the first that both have: the GUID, the SID, the DN.
bool is_same(const Identity& one, const Identity& other);

enum class Effect { changed, added, removed, enabled, disabled, locked, unlocked };

struct ChangeRecord {
  SystemTime at = {};
  std::string computer = {};    // that recorded it; empty: not shown (Samba)
  std::uint32_t event_id = 0;   // 0: none (Samba)
  std::uint64_t record_id = 0;  // 0: none (Samba)
  std::string attribute = {};   // that was written
  Effect effect = Effect::changed;
  Identity object = {};
  Identity member = {};    // that was added to the object or removed from it
  std::string actor = {};  // "EBS\admin1"; empty: the record has only the SID
  std::optional<security::Sid> actor_sid = {};
  std::string caller = {};  // of a lockout: the computer that the last wrong password came from

  bool operator==(const ChangeRecord&) const = default;
};

// Whether it is of a log that records changes of the directory.
bool is_of_security_log(const winlog::Event& event);

// Usually one; of an event that changes several attributes, one of each. Empty: it is about
// something else, or was refused.
std::vector<ChangeRecord> changes_in(const winlog::Event& event);

}  // namespace cal::actors
