// The provider of the security log, and its events about changes in the directory. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cal::winlog {

inline constexpr std::string_view security_provider = "Microsoft-Windows-Security-Auditing";

std::span<const std::string_view> security_providers();

// Members of groups (4728 …), accounts (4722 …), and values of attributes (5136).
std::span<const std::uint32_t> directory_change_ids();

}  // namespace cal::winlog
