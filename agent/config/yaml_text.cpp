#include "agent/config/yaml_text.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <map>

namespace cal {

namespace {

void reject_duplicate_keys(const YAML::Node& node, const std::string& file, ConfigErrors& errors) {
  if (node.IsSequence()) {
    for (const auto& item : node) reject_duplicate_keys(item, file, errors);
  }
  if (!node.IsMap()) return;
  std::map<std::string, int> line_of;
  for (const auto& item : node) {
    const auto mark = item.first.Mark();
    if (item.first.IsScalar()) {
      const auto [first, fresh] = line_of.try_emplace(item.first.Scalar(), mark.line + 1);
      if (!fresh) {
        errors.add({file, mark.line + 1, mark.column + 1},
                   fmt::format("key '{}' stands here a second time; the first is in line {}",
                               first->first, first->second));
      }
    }
    reject_duplicate_keys(item.second, file, errors);
  }
}

}  // namespace

std::shared_ptr<const YAML::Node> parse_yaml(const std::string& text, const std::string& file,
                                             ConfigErrors& errors) {
  try {
    auto root = std::make_shared<const YAML::Node>(YAML::Load(text));
    reject_duplicate_keys(*root, file, errors);
    return root;
  } catch (const YAML::Exception& error) {
    errors.add({file, error.mark.line + 1, error.mark.column + 1},
               "this is no valid YAML: " + error.msg);
    return nullptr;
  }
}

}  // namespace cal
