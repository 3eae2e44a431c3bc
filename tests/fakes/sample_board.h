// One board with a row of every kind, for all golden files: clear, deviating, present,
// unknown and not run yet, with hostile texts.
#pragma once

#include "agent/run/board.h"
#include "tests/fakes/fake_probe.h"

namespace cal::fakes {

inline const SystemTime sample_now{std::chrono::seconds{1'795'545'600}};

inline Row sample_row(std::string network, const Reason& reason, std::string summary) {
  using namespace std::chrono_literals;
  Row row;
  row.instance = instance(std::move(network));
  auto outcome = std::make_shared<Outcome>(Outcome{&reason, std::move(summary)});
  outcome->evidence = {{reason.verdict, "item <1>", "seen: \"quotes\", a|pipe & \x1b[31mred"},
                       {std::nullopt, "asked", "ldaps://dc1"}};
  outcome->phases = {{"connect", 3ms}, {"search", 12ms}};
  outcome->samples = {{&families[0], {"plain"}, 1.5}, {&families[0], {"bad \xFF \"x\"\n"}, -2}};
  row.outcome = outcome;
  row.last_run = sample_now - 12s;
  row.last_conclusive = reason.verdict == Verdict::unknown ? std::nullopt : row.last_run;
  row.since = sample_now - 2h;
  row.found_since = Beginning{sample_now - 2h};
  row.causes = found_causes({}, *row.instance, *row.outcome, *row.found_since);
  row.duration = 15ms;
  row.runs = 7;
  return row;
}

inline Rows sample_rows() {
  Row fresh;
  fresh.instance = instance("west");
  fresh.outcome = std::make_shared<Outcome>(
      Outcome{&common_reason::not_run_yet, std::string(common_reason::not_run_yet.meaning)});
  return {sample_row("ebs", reasons[2], "it is broken: <script>alert(1)</script>"),
          sample_row("east", reasons[1], "it deviates"),
          sample_row("north", reasons[3], "cannot see: timeout after 10s"),
          sample_row("south", reasons[0], "all is well"), fresh};
}

}  // namespace cal::fakes
