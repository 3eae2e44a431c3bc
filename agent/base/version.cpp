#include "agent/base/version.h"

namespace cal {

const std::string_view version = CAL_VERSION;

}  // namespace cal
