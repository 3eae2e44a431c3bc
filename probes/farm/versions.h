// Versions of Windows Server as licenses count them: ProductVersionID of a key pack (2 is 2008 and
// 2008 R2, 4 is 2012 and 2012 R2, 5 is 2016, 6 is 2019, 7 is 2022, 8 is 2025). A license serves
// session hosts of its version and older, and a license server issues those of its version and
// older. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cal::farm {

// Of a computer, by its build; empty: the build is not one of a Windows Server that we know, or is
// empty itself.
std::optional<std::int64_t> version_of_build(std::optional<std::int64_t> build);

inline constexpr std::int64_t oldest_version = 2;  // of those that are known
inline constexpr std::int64_t newest_version = 8;

bool is_known_version(std::int64_t version);

std::string version_name(std::int64_t version);     // "Windows Server 2022", "version 9"
std::string license_version(std::int64_t version);  // "version 2022", "version 9"

}  // namespace cal::farm
