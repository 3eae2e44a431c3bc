#include "probes/events/event.h"

#include "agent/base/text.h"
#include "agent/base/utf.h"

namespace cal::winlog {

std::string bounded_text(std::string_view text) {
  auto valid = valid_utf8(text.substr(0, utf8_cut(text, longest_text)));
  valid.resize(utf8_cut(valid, longest_text));
  return valid;
}

}  // namespace cal::winlog
