// A YAML text as a tree, with the errors that yaml-cpp leaves in silence.
#pragma once

#include "agent/contract/config_errors.h"

#include <memory>
#include <string>

namespace YAML {
class Node;
}

namespace cal {

// Null (and a error) when the text is no YAML. A key that stands twice is a error too: yaml-cpp
// keeps the first of two equal keys and says nothing.
std::shared_ptr<const YAML::Node> parse_yaml(const std::string& text, const std::string& file,
                                             ConfigErrors& errors);

}  // namespace cal
