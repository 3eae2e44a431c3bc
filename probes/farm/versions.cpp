#include "probes/farm/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace cal::farm {

namespace {

constexpr std::array<std::pair<std::int64_t, std::int64_t>, 10> builds{{
    {6001, 2},
    {6002, 2},
    {7600, 2},
    {7601, 2},
    {9200, 4},
    {9600, 4},
    {14393, 5},
    {17763, 6},
    {20348, 7},
    {26100, 8},
}};

constexpr std::array<std::pair<std::int64_t, std::string_view>, 7> names{{
    {2, "Windows Server 2008"},
    {3, "Windows Server 2008 R2"},
    {4, "Windows Server 2012"},
    {5, "Windows Server 2016"},
    {6, "Windows Server 2019"},
    {7, "Windows Server 2022"},
    {8, "Windows Server 2025"},
}};

}  // namespace

std::optional<std::int64_t> version_of_build(std::optional<std::int64_t> build) {
  if (!build) return std::nullopt;
  const auto* const found =
      std::ranges::find(builds, *build, [](auto& each) { return each.first; });
  return found == builds.end() ? std::nullopt : std::optional(found->second);
}

bool is_known_version(std::int64_t version) {
  static_assert(names.front().first == oldest_version && names.back().first == newest_version);
  return version >= oldest_version && version <= newest_version;
}

std::string version_name(std::int64_t version) {
  const auto* const found =
      std::ranges::find(names, version, [](auto& each) { return each.first; });
  return found == names.end() ? fmt::format("version {}", version) : std::string(found->second);
}

std::string license_version(std::int64_t version) {
  constexpr std::string_view windows = "Windows Server ";
  const auto name = version_name(version);
  return name.starts_with(windows) ? fmt::format("version {}", name.substr(windows.size())) : name;
}

}  // namespace cal::farm
