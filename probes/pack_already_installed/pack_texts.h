// The words for a pack in the history. Pure.
#pragma once

#include "probes/inventory/pack_history.h"

#include <cstddef>
#include <optional>
#include <string>

namespace cal::pack_already_installed {

inline constexpr std::size_t max_installations_shown = 5;  // of one pack

bool is_duplicate(const inventory::Pack& pack);

// "on 2025-03-04, 20 months ago"
std::string when(const std::optional<inventory::ExportedTime>& time, SystemTime now);

// "pack H7Q2K (Windows EBS CAL Suite)"
std::string name_of(const inventory::Pack& pack);

// "lines 2 and 4"
std::string lines_of(const inventory::Pack& pack);

}  // namespace cal::pack_already_installed
