#include "agent/commands/self_test.h"

#include "agent/base/file.h"
#include "agent/base/text.h"
#include "agent/contract/system_user.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace cal {

namespace {

// From the worst to the best.
constexpr std::array reasons{
    Reason{"right_missing", Verdict::present, Severity::critical, "A right is missing.", ""},
    Reason{"not_tried", Verdict::unknown, Severity::warning, "A right could not be tested.", ""},
    Reason{"sees_less", Verdict::clear, Severity::warning,
           "It works, but a right to see everything is missing.", ""},
    Reason{"may_all", Verdict::clear, Severity::ok, "It has every right it needs.", ""},
};

const Reason& reason_of(const Right& right) {
  if (!right.granted) return reasons[1];
  if (*right.granted) return reasons[3];
  return right.needed ? reasons[0] : reasons[2];
}

class RightsProbe : public Probe {
 public:
  explicit RightsProbe(std::shared_ptr<Probe> probe) : probe_(std::move(probe)) {}
  Outcome run(Deadline deadline) override { return rights_outcome(probe_->rights(deadline)); }

 private:
  std::shared_ptr<Probe> probe_;
};

// Not a configurable probe: what the agent itself needs.
class StateFolderProbe : public Probe {
 public:
  explicit StateFolderProbe(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Outcome run(Deadline) override { return rights_outcome({writable()}); }

 private:
  Right writable() const {
    Right right{fmt::format("write {}, to keep state across restarts", folder_.string()), true};
    std::error_code error;
    const bool exists = std::filesystem::exists(folder_, error);
    // A missing folder is created at the first start.
    const auto tried = exists || error ? folder_ : folder_.parent_path();
    if (may_access(tried, W_OK | X_OK)) return right;
    right.granted = false;
    right.seen = fmt::format("{}: {}", tried.string(), std::generic_category().message(errno));
    right.command = fmt::format("install -d -m 750 -o {} {}", system_user(), folder_.string());
    right.needed = false;
    return right;
  }

  std::filesystem::path folder_;
};

const ProbeKind state_kind{"state", "", reasons, {}, nullptr};

}  // namespace

Outcome rights_outcome(const std::vector<Right>& rights) {
  Outcome outcome{&reasons.back(), rights.empty() ? "needs no special rights" : ""};
  for (const auto& right : rights) {
    const auto& reason = reason_of(right);
    outcome.reason = std::min(outcome.reason, &reason);
    const bool sees_less = reason.verdict == Verdict::clear && reason.severity != Severity::ok;
    std::string text;
    if (right.granted != true) {
      text = one_line(right.seen);
      if (!right.command.empty()) {
        text += fmt::format("{}{}: {}", text.empty() ? "" : "\n",
                            right.granted ? "fix it with" : "if this is the reason, fix it with",
                            one_line(right.command));
      }
    }
    outcome.evidence.push_back(
        {sees_less ? std::nullopt : std::optional(reason.verdict),
         right.what + (sees_less ? " (the probe works without it but sees less)" : ""),
         std::move(text)});
  }
  return outcome;
}

Instances self_tests(const Instances& instances, const std::filesystem::path& state_folder) {
  Instances tests;
  for (const auto& instance : instances) {
    auto test = std::make_shared<Instance>(*instance);
    test->probe = std::make_shared<RightsProbe>(instance->probe);
    test->causes = {};  // a right that is missing is a fault of the agent's account
    tests.push_back(std::move(test));
  }
  auto state = std::make_shared<Instance>();
  state->network = "this host";
  state->kind = &state_kind;
  state->interval = state->timeout = std::chrono::minutes(1);
  state->probe = std::make_shared<StateFolderProbe>(state_folder);
  tests.push_back(std::move(state));
  return tests;
}

TerminalText self_test_report(const Rows& rows) {
  TerminalText text;
  text.add("tested as user {} on this host\n", system_user());
  std::string_view network;
  for (const auto& row : rows) {
    if (row.instance->network != network) {
      network = row.instance->network;
      text.add("{}:\n", network);
    }
    const auto& outcome = *row.outcome;
    text.add("  {}{}{}\n", row.instance->kind->name, outcome.summary.empty() ? "" : ": ",
             outcome.summary);
    for (const auto& seen : outcome.evidence) {
      text.add("    {} {}\n", seen.verdict ? sign_of(*seen.verdict) : "!", seen.item);
      std::string_view rest = seen.text;
      while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        text.add("        {}\n", line);
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      }
    }
  }
  return text;
}

}  // namespace cal
