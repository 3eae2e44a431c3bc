// Where the repository is, for tests that read its files.
#pragma once

#include <filesystem>

namespace cal::fakes {

std::filesystem::path source_tree();

}  // namespace cal::fakes
