#include "agent/diagnosis/change_log.h"

#include "agent/base/log.h"
#include "agent/base/text.h"

#include <utility>

namespace cal {

void log_change(const Change& change) {
  const auto& reason = *change.now->reason;
  log(reason.verdict == Verdict::clear ? LogLevel::info : LogLevel::warning, "probe changed",
      {{"network", change.instance->network},
       {"probe", std::string(change.instance->kind->name)},
       {"verdict", std::string(name_of(reason.verdict))},
       {"reason", std::string(reason.word)},
       {"before", std::string(change.before->word)},
       {"summary", change.now->summary}});
}

void log_clock_jump(Milliseconds jump) {
  log(LogLevel::warning,
      "the system clock jumped (it was set, or the host was suspended); ages are now computed from "
      "the new time",
      {{"direction", jump.count() > 0 ? "forward" : "back"},
       {"by", duration_text(std::chrono::round<std::chrono::seconds>(std::chrono::abs(jump)))}});
}

void DiagnosisLog::note(const std::vector<Diagnosis>& diagnoses) {
  std::map<std::string, std::string_view> now;
  for (const auto& diagnosis : diagnoses) {
    const auto primary = diagnosis.primary();
    now[diagnosis.network] = primary;
    const auto before = primary_of_.find(diagnosis.network);
    if (before != primary_of_.end() && before->second == primary) continue;
    log(primary == no_cause ? LogLevel::info : LogLevel::warning, "diagnosis changed",
        {{"network", diagnosis.network},
         {"primary", std::string(primary)},
         {"before", std::string(before == primary_of_.end() ? "" : before->second)},
         {"sentence", diagnosis.sentence}});
  }
  primary_of_ = std::move(now);
}

}  // namespace cal
