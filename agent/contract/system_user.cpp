#include "agent/contract/system_user.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace cal {

std::string system_user() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> texts{};
  getpwuid_r(geteuid(), &entry, texts.data(), texts.size(), &found);
  return found ? std::string(found->pw_name) : std::to_string(geteuid());
}

}  // namespace cal
