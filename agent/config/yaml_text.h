// A YAML text as a tree that is safe to walk (yaml_check.h), with the errors that yaml-cpp accepts.
#pragma once

#include "agent/contract/config_errors.h"

#include <memory>
#include <string>

namespace YAML {
class Node;
}

namespace cal {

// Null, with an error, when the text is not YAML or exceeds a bound. A duplicate key is an error,
// too: yaml-cpp keeps the first of two equal keys silently.
std::shared_ptr<const YAML::Node> parse_yaml(const std::string& text, const std::string& file,
                                             ConfigErrors& errors);

}  // namespace cal
