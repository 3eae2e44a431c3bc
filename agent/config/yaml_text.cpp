#include "agent/config/yaml_text.h"

#include "agent/config/yaml_check.h"

#include <yaml-cpp/yaml.h>

namespace cal {

std::shared_ptr<const YAML::Node> parse_yaml(const std::string& text, const std::string& file,
                                             ConfigErrors& errors) {
  if (!check_yaml(text, file, errors)) return nullptr;
  return std::make_shared<const YAML::Node>(YAML::Load(text));
}

}  // namespace cal
