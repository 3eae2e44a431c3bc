// The licenses of a network with dates, for the command `licenses` and the page /licenses: what is
// installed and issued, what ends when, and what has to be bought. Plain values.
#pragma once

#include "agent/base/clock.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// Licenses of one edition and kind ("user", "device").
struct LicenseStock {
  std::string edition;
  std::string kind;
  std::int64_t installed;
  std::int64_t issued;
};

// Installed licenses whose pack ends.
struct LicenseEnd {
  std::string edition;
  std::string kind;
  std::int64_t licenses;
  SystemTime at;
};

struct LicensePurchase {
  std::string edition;
  std::string kind;
  std::int64_t licenses;
  std::optional<SystemTime> by;  // empty: now
  std::string why;
};

// What the numbers take for granted, for people.
inline constexpr std::array<std::string_view, 5> license_assumptions{
    "People who keep working renew their license before it ends, so the numbers of licenses that "
    "end are an upper bound of what comes back.",
    "A week begins on Monday (UTC), and counts as a whole: exports say only in which week a "
    "license ends.",
    "No new users or devices ask for a license.",
    "A license of a newer version also serves older session hosts; a user's license does not serve "
    "a device.",
    "The license servers of a network are taken together, although a session host asks only those "
    "in its list."};

// This week and the next 13.
inline constexpr std::size_t outlook_weeks = 14;

struct LicenseOutlook {
  std::vector<LicenseStock> stock = {};
  std::optional<std::int64_t> temporary = std::nullopt;  // issued; empty: not known
  SystemTime first_week = {};                            // its Monday, UTC
  // Issued licenses by the week in which they end unless they are renewed; empty: not known.
  std::vector<std::int64_t> ending = {};
  std::vector<LicenseEnd> pack_ends = {};       // the first ones first
  std::vector<LicensePurchase> purchases = {};  // the most urgent first
  std::vector<std::string> not_counted = {};    // for people
};

// Personal data: for the command line only.
struct LicenseHolder {
  std::string name;
  std::string version;  // as the license says
  std::string server;   // that issued it
  std::string ends;     // as the directory writes it
};

struct LicenseHolders {
  std::vector<LicenseHolder> holders = {};
  std::string why_not = {};  // why they are not known; empty: these are all
};

// The Monday 00:00 UTC at or before a time.
SystemTime week_of(SystemTime at);

// At most so many issued licenses end within this time: weeks that begin in it count as a whole.
std::int64_t ending_within(const LicenseOutlook& outlook, SystemTime now,
                           std::chrono::days horizon);

}  // namespace cal
