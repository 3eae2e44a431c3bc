// Prints the parts of the contract that no output of the program lists completely, one per line:
//   contract_lists families   "NAME: TYPE LABEL..." of every metric family
//   contract_lists reasons    "PROBE REASON: VERDICT SEVERITY"; PROBE "any" for common reasons
//   contract_lists causes     "cause NAME"
#include "agent/contract/cause.h"
#include "agent/contract/probe.h"
#include "agent/metrics/metrics.h"
#include "probes/registry.h"

#include <fmt/format.h>

#include <cstdio>
#include <string_view>

namespace {

void print_family(const cal::MetricFamily& family) {
  std::string labels;
  for (const auto label : family.labels) labels += fmt::format(" {}", label);
  fmt::print("{}: {}{}\n", family.name,
             family.type == cal::MetricType::counter ? "counter" : "gauge", labels);
}

void print_reason(std::string_view probe, const cal::Reason& reason) {
  fmt::print("{} {}: {} {}\n", probe, reason.word, cal::name_of(reason.verdict),
             cal::name_of(reason.severity));
}

void print_families() {
  for (const auto* family : cal::frame_families()) print_family(*family);
  for (const auto& kind : cal::probe_registry().kinds) {
    for (const auto& family : kind.families) print_family(family);
  }
  for (const auto& family : cal::probe_registry().network_families) print_family(family);
}

void print_reasons() {
  for (const auto& kind : cal::probe_registry().kinds) {
    for (const auto& reason : kind.reasons) print_reason(kind.name, reason);
  }
  for (const auto* reason : {&cal::common_reason::not_run_yet, &cal::common_reason::timeout,
                             &cal::common_reason::internal_error}) {
    print_reason("any", *reason);
  }
}

void print_causes() {
  for (const auto cause : cal::all_causes) fmt::print("cause {}\n", cal::name_of(cause));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view list = argc == 2 ? argv[1] : "";
  if (list == "families") {
    print_families();
  } else if (list == "reasons") {
    print_reasons();
  } else if (list == "causes") {
    print_causes();
  } else {
    std::fputs("usage: contract_lists families|reasons|causes\n", stderr);
    return 2;
  }
  return 0;
}
