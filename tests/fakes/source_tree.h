// Where the repository lies, for tests that read files of it.
#pragma once

#include <filesystem>

namespace cal::fakes {

std::filesystem::path source_tree();

}  // namespace cal::fakes
