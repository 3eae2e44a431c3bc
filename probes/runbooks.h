// The probes' pages, NAME.md beside NAME.cpp, embedded in the program by
// probes/embed_runbooks.cmake.
#pragma once

#include <string_view>

namespace cal {

// Markdown; empty when there is no such page.
std::string_view runbook(std::string_view probe);

}  // namespace cal
