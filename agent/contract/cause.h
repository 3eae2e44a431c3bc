// What can stop an activation, and how strongly a finding points to it. The causes of the reference
// page (Event ID 5) come first, in its order, then those of an assignment.
#pragma once

#include "agent/contract/profile.h"

#include <array>
#include <string_view>

namespace cal {

enum class Cause {
  account_not_administrator,
  pack_already_installed,
  internet_unreachable,
  directory_not_writable,
  licenses_exhausted,
  already_licensed,
  other,
};

inline constexpr std::array all_causes{
    Cause::account_not_administrator,
    Cause::pack_already_installed,
    Cause::internet_unreachable,
    Cause::directory_not_writable,
    Cause::licenses_exhausted,
    Cause::already_licensed,
    Cause::other,
};

// The causes that the reference page names: what stops the activation of a pack. The answer "no
// cause found" needs a probe for each of them.
inline constexpr std::array page_causes{
    Cause::account_not_administrator,
    Cause::pack_already_installed,
    Cause::internet_unreachable,
    Cause::directory_not_writable,
};

// weak: likely codes, deviations, seen from elsewhere. strong: the fault is there now. certain: a
// documented error code said so.
enum class Strength { weak = 1, strong = 2, certain = 3 };

std::string_view name_of(Cause cause);  // the value of a metric label
std::string_view name_of(Strength strength);

// "possible", "likely", "certain": for people, in front of "cause".
std::string_view likelihood_of(Strength strength);

// For the middle of a sentence, in the words of the profile.
std::string_view meaning_of(Cause cause, Profile profile);

// Whether the meaning says what the findings lead to. Otherwise it only sums them up.
bool is_consequence(Cause cause);

// What to do first when only the cause is known.
std::string_view first_step_of(Cause cause, Profile profile);

}  // namespace cal
