// Configuration files: what parse_yaml accepts is a bounded tree.
#include "agent/config/yaml_check.h"
#include "agent/config/yaml_text.h"
#include "tests/fuzz/property.h"

#include <yaml-cpp/yaml.h>

#include <cstdint>

namespace {

// Counts nodes as a walk meets them, aliases as often as they occur.
std::size_t walk(const YAML::Node& node, std::size_t depth) {
  cal::fuzz::require(depth <= cal::max_yaml_depth, "the depth is bounded");
  std::size_t nodes = 1;
  if (node.IsSequence()) {
    for (const auto& item : node) nodes += walk(item, depth + 1);
  } else if (node.IsMap()) {
    for (const auto& item : node)
      nodes += walk(item.first, depth + 1) + walk(item.second, depth + 1);
  }
  return nodes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  cal::ConfigErrors errors;
  const auto root = cal::parse_yaml(text, "fuzz.yml", errors);
  cal::fuzz::require(root || !errors.empty(), "a rejected text has an error");
  if (root) {
    cal::fuzz::require(walk(*root, 0) <= size + 1 + cal::max_yaml_expansion, "a walk is bounded");
  }
  return 0;
}
