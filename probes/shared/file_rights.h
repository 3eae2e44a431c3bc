// For the self-test: may this process read a file?
#pragma once

#include "agent/contract/probe.h"

#include <filesystem>

namespace cal {

// A file, or a folder of files. One that is not there yet could not be tried.
Right right_to_read(const std::filesystem::path& path);

}  // namespace cal
