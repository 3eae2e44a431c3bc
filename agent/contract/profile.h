// What the licenses of a network are for: it decides what a diagnosis has to check, and its words.
#pragma once

#include <array>
#include <string_view>

namespace cal {

// ebs: CAL packs, with the four causes of the reference page. rds: Remote Desktop licenses.
enum class Profile { ebs, rds };

inline constexpr std::array all_profiles{Profile::ebs, Profile::rds};

std::string_view name_of(Profile profile);  // as in the configuration: "ebs", "rds"

}  // namespace cal
