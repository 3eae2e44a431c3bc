// For the self-test: can this process read a file?
#pragma once

#include "agent/contract/probe.h"

#include <filesystem>

namespace cal {

// A file, or a folder of files. `granted` is empty if it does not exist yet.
Right right_to_read(const std::filesystem::path& path);

}  // namespace cal
