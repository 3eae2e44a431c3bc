#include "agent/config/preflight_config.h"

#include <yaml-cpp/yaml.h>

namespace cal {

std::vector<std::string> network_names(const std::string& config_text) {
  std::vector<std::string> names;
  for (const auto& network : YAML::Load(config_text)["networks"]) {
    names.push_back(network["name"].Scalar());
  }
  return names;
}

std::string config_for(const std::string& config_text, const std::string& network, Profile profile,
                       const std::vector<std::string_view>& probes, const ProbeOptions& options) {
  const auto root = YAML::Load(config_text);
  YAML::Node chosen;
  for (const auto& each : root["networks"]) {
    if (each["name"].Scalar() == network) chosen.reset(each);
  }
  YAML::Node kept(YAML::NodeType::Map);
  for (const auto probe : probes) {
    const std::string name(probe);
    auto block = chosen["probes"][name];
    YAML::Node wanted = block.IsMap() ? YAML::Clone(block) : YAML::Node(YAML::NodeType::Map);
    if (const auto set = options.find(probe); set != options.end()) {
      for (const auto& [key, value] : set->second) wanted[std::string(key)] = value;
    }
    kept[name] = wanted;
  }
  chosen["probes"] = kept;
  chosen.remove("paused");  // a question that somebody asks is answered
  chosen["profile"] = std::string(name_of(profile));
  YAML::Node edited(YAML::NodeType::Map);
  if (root["defaults"]) edited["defaults"] = root["defaults"];
  edited["networks"].push_back(chosen);
  return YAML::Dump(edited);
}

}  // namespace cal
