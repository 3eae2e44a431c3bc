// What changed between a saved report and now, and whether the cause in the report is gone. Pure.
#pragma once

#include "agent/base/terminal.h"
#include "agent/run/board.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// A probe whose reason or severity is not the one of before; null where the probe was not
// configured.
struct ProbeChange {
  std::shared_ptr<const Instance> instance;  // as it is now, or was
  std::shared_ptr<const Outcome> before;
  std::shared_ptr<const Outcome> now;
};

// A probe for which the report has a repair plan.
struct Prediction {
  enum class Result { held, nothing_changed, failed };

  std::string_view probe;
  Result result;
  std::string_view expected;  // the reason after all steps
};

struct Comparison {
  enum class Cause {
    not_in_report,  // the network was not configured then
    none_before,    // the report named no cause
    gone,           // it named one, and nothing points to it now
    still_there,
    not_known,  // nothing points to it, but its probe could not check now
  };

  std::string network;
  Cause cause;
  std::string_view before;  // the primary cause then
  std::string_view now;     // and now
  std::string sentence;     // of the diagnosis now
  std::vector<ProbeChange> changes;
  std::vector<Prediction> predictions;  // views of the rows
};

// One for each network that is in either.
std::vector<Comparison> compare(const Rows& before, const Rows& now);

TerminalText comparison_text(const std::vector<Comparison>& comparisons, SystemTime before,
                             SystemTime now);

}  // namespace cal
