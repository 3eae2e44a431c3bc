#include "agent/metrics/process_metrics.h"
#include "tests/catch.h"

#include <string>

TEST_CASE("this process has every process metric", "[process_metrics]") {
  const auto text = cal::ProcessMetrics().text();
  for (const std::string name : {"process_cpu_seconds_total", "process_max_fds", "process_open_fds",
                                 "process_resident_memory_bytes", "process_start_time_seconds",
                                 "process_virtual_memory_bytes"}) {
    CAPTURE(name);
    CHECK(text.find('\n' + name + ' ') != std::string::npos);
  }
}
