// What a YAML text must hold before it becomes a tree: one document, bounded in size, in depth and
// in what its aliases expand to, no alias to a node that contains it, keys that are text, and none
// of them twice in one mapping. yaml-cpp itself accepts more; a walk over the tree would then never
// end, or fill memory, or miss a value.
#pragma once

#include "agent/contract/config_errors.h"

#include <cstddef>
#include <string>

namespace cal {

inline constexpr std::size_t max_yaml_bytes = std::size_t{8} * 1024 * 1024;
// A node takes about 500 bytes. A network with every key of all seven probes has 138 nodes.
inline constexpr std::size_t max_yaml_nodes = 150'000;
// Before the text is read; see token_places(). The same network has 306 of them with comments.
inline constexpr std::size_t max_yaml_token_places = 400'000;
inline constexpr std::size_t max_yaml_depth = 64;
// How much the aliases of a text may add to it, in nodes and characters of scalars.
inline constexpr std::size_t max_yaml_expansion = std::size_t{4} * 1024 * 1024;

// Reads the text once, in time and memory linear in its size. Errors carry their line and column.
// False: the text must not be loaded.
bool check_yaml(const std::string& text, const std::string& file, ConfigErrors& errors);

}  // namespace cal
