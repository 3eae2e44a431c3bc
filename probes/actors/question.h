// A change in the directory whose actor is looked for in the security log, and what was found. Pure
// values.
#pragma once

#include "probes/actors/change_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cal::actors {

struct Question {
  std::string what;       // "EBS\licadmin left Administrators", for people
  std::string attribute;  // that was written
  Effect broke = Effect::changed;
  std::vector<Identity> objects;       // one of them was changed
  std::vector<Identity> members = {};  // of `member`: one of them was removed
  // When, by replication metadata. Empty: the newest record counts, unless it is of the reverse.
  std::optional<SystemTime> at = {};
  std::string on = {};  // the domain controller that wrote it; empty: any

  bool operator==(const Question&) const = default;
};

// From when to when the log has records of the computers that may have written a change.
struct Coverage {
  SystemTime first;
  SystemTime last;
  bool named = true;  // every record names its computer; Samba's do not
};

// What the log is known to hold about one question.
struct LogCoverage {
  std::optional<Coverage> time = {};  // empty: it has no such record
  bool whole = true;                  // read to its end
  std::uint64_t unreadable = 0;       // records
  std::string fault = {};             // why it cannot be read
};

// Whether a record of this computer may be about the change; one without a name may be of any.
bool may_be_on(const std::string& computer, const Question& question);

// Whether a record is about this change.
bool is_about(const ChangeRecord& record, const Question& question);

// Whether the effect is what broke it, as far as the record shows.
bool may_have_broken(const ChangeRecord& record, const Question& question);

// One sentence for people: the recorded actors, or why there is none. `records` are about the
// question.
std::string answer_text(const Question& question, const std::vector<ChangeRecord>& records,
                        const LogCoverage& coverage);

}  // namespace cal::actors
