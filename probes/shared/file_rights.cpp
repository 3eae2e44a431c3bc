#include "probes/shared/file_rights.h"

#include "agent/base/file.h"
#include "agent/contract/system_user.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cal {

namespace {

// The first folder of the path that this process cannot enter; empty if it can enter all.
std::filesystem::path closed_folder(const std::filesystem::path& path) {
  std::filesystem::path way;
  for (const auto& part : path.parent_path()) {
    way /= part;
    if (!may_access(way, X_OK) && errno == EACCES) return way;
  }
  return {};
}

}  // namespace

Right right_to_read(const std::filesystem::path& path) {
  Right right{fmt::format("read {}", path.string()), true};
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  if (may_access(path, is_folder ? R_OK | X_OK : R_OK)) return right;
  const int wrong = errno;
  right.seen = std::generic_category().message(wrong);
  if (wrong != EACCES) {  // for example: it does not exist yet
    right.granted.reset();
    return right;
  }
  right.granted = false;
  const auto closed = closed_folder(path);
  right.command = closed.empty()
                      ? fmt::format("setfacl -m u:{}:{} {}", system_user(), is_folder ? "rx" : "r",
                                    path.string())
                      : fmt::format("setfacl -m u:{}:x {}", system_user(), closed.string());
  return right;
}

}  // namespace cal
