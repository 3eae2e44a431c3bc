#include "agent/run/clock_watch.h"

namespace cal {

std::optional<Milliseconds> ClockWatch::jump(Moment now) {
  const auto apart = std::chrono::duration_cast<Milliseconds>((now.system - last_.system) -
                                                              (now.steady - last_.steady));
  last_ = now;
  if (std::chrono::abs(apart) < min_jump) return std::nullopt;
  return apart;
}

}  // namespace cal
