#include "agent/contract/profile.h"

namespace cal {

std::string_view name_of(Profile profile) {
  switch (profile) {
    case Profile::ebs:
      return "ebs";
    case Profile::rds:
      return "rds";
  }
  return "";
}

}  // namespace cal
