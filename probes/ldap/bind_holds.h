// Which secrets the directory refused, and when each may be tried again: the timetable of BindGuard
// and its text form. Pure; not thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cal::ldap {

// Whose secret it is, and which: `digest` is short, so that a change is seen, but too many
// passwords have the same one to find the right one by trying.
struct BindKey {
  std::string domain;
  std::string account;
  std::string digest;  // hex

  auto operator<=>(const BindKey&) const = default;
};

struct Hold {
  std::string code;  // of the refusal: "49/52e"
  SystemTime refused_at;
  SystemTime until;
  int refusals;  // of this secret, one after another

  bool operator==(const Hold&) const = default;
};

class BindHolds {
 public:
  // The hold in force, if any. None while the clock is before its begin: it was set back, and
  // nobody knows how much of the hold has passed.
  std::optional<Hold> at(const BindKey& key, SystemTime now) const;

  // The directory says that the secret is wrong: 15 minutes, then an hour each time.
  Hold add(const BindKey& key, std::string_view code, SystemTime now);
  // It worked. Whether that changed anything.
  bool remove(const BindKey& key);

  // Those of another process with the same salt: of each secret the later one.
  void merge(const BindHolds& others);

  // One line per hold, and the reverse, which skips lines that it does not understand.
  std::string text() const;
  static BindHolds parse(std::string_view text);

  bool operator==(const BindHolds&) const = default;

 private:
  void forget_old(SystemTime now);

  std::map<BindKey, Hold> holds_;
};

}  // namespace cal::ldap
