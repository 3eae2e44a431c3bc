// The probes' runbooks, the README.md of each probe's folder, embedded in the program by
// agent/embed.cmake.
#pragma once

#include <string_view>

namespace cal {

// Markdown; empty when there is no such probe.
std::string_view runbook(std::string_view probe);

}  // namespace cal
