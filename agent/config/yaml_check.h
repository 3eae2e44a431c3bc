// What a YAML text must hold before it becomes a tree: one document, bounded in depth and in what
// its aliases expand to, no alias to a node that contains it, no key twice in one mapping. yaml-cpp
// itself accepts all of these; a walk over the tree would then never end.
#pragma once

#include "agent/contract/config_errors.h"

#include <cstddef>
#include <string>

namespace cal {

inline constexpr std::size_t max_yaml_bytes = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t max_yaml_depth = 64;
// How much the aliases of a text may add to it, in nodes and characters of scalars.
inline constexpr std::size_t max_yaml_expansion = std::size_t{4} * 1024 * 1024;

// Reads the text once, in time and memory linear in its size. Errors carry their line and column.
// False: the text must not be loaded.
bool check_yaml(const std::string& text, const std::string& file, ConfigErrors& errors);

}  // namespace cal
