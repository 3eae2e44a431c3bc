#include "agent/metrics/process_metrics.h"

#include "tests/catch.h"

#include <string>

namespace {

constexpr cal::KernelUnits units{
    .ticks_per_second = 100, .page_bytes = 4096, .boot_time_seconds = 1'700'000'000};

// proc(5): utime 1234, stime 66, starttime 50, vsize 85000000, rss 1500.
std::string stat_of(const std::string& command) {
  return "4242 (" + command +
         ") S 1 4242 4242 0 -1 4194560 900 0 0 0 1234 66 0 0 20 0 5 0 50 85000000 1500 "
         "18446744073709551615 1 1 0 0\n";
}

}  // namespace

TEST_CASE("the fields of a process are found whatever its command is", "[process_metrics]") {
  const auto* command = GENERATE("cal_exporter", "", "a b", "a) S 1 (b", "))");
  CAPTURE(command);
  const auto facts = cal::parse_process_stat(stat_of(command), units);
  CHECK(facts.cpu_seconds == 13.0);
  CHECK(facts.start_time_seconds == 1'700'000'000.5);
  CHECK(facts.virtual_memory_bytes == 85'000'000.0);
  CHECK(facts.resident_memory_bytes == 1500 * 4096.0);
}

TEST_CASE("a start time needs the boot time", "[process_metrics]") {
  auto unknown_boot = units;
  unknown_boot.boot_time_seconds.reset();
  const auto facts = cal::parse_process_stat(stat_of("a"), unknown_boot);
  CHECK_FALSE(facts.start_time_seconds);
  CHECK(facts.cpu_seconds);
}

TEST_CASE("missing fields and fields that are not numbers are unknown", "[process_metrics]") {
  const auto* stat = GENERATE("", "4242", "4242 (a)", "4242 (a) S 1 2 3", ")",
                              "4242 (a) S 1 2 3 4 5 6 7 8 9 10 x x 0 0 20 0 5 0 x x x");
  CAPTURE(stat);
  const auto facts = cal::parse_process_stat(stat, units);
  CHECK_FALSE(facts.cpu_seconds);
  CHECK_FALSE(facts.start_time_seconds);
  CHECK_FALSE(facts.virtual_memory_bytes);
  CHECK_FALSE(facts.resident_memory_bytes);
}

TEST_CASE("the boot time is on its own line", "[process_metrics]") {
  CHECK(cal::parse_boot_time("cpu  1 2\nctxt 5\nbtime 1700000000\nprocesses 9\n") == 1.7e9);
  CHECK(cal::parse_boot_time("cpu  1 2\nbtime 1700000000") == 1.7e9);
  CHECK_FALSE(cal::parse_boot_time("cpu  1 2\nxbtime 5\n"));
  CHECK_FALSE(cal::parse_boot_time("cpu  1 2\nbtime soon\n"));
  CHECK_FALSE(cal::parse_boot_time(""));
}

TEST_CASE("known facts have a sample, unknown ones only their family", "[process_metrics]") {
  const cal::ProcessFacts facts{
      .cpu_seconds = 13.25, .open_fds = 9, .start_time_seconds = 1'700'000'000.5};
  CHECK(cal::process_text(facts) ==
        "# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.\n"
        "# TYPE process_cpu_seconds_total counter\n"
        "process_cpu_seconds_total 13.25\n"
        "# HELP process_max_fds Maximum number of open file descriptors.\n"
        "# TYPE process_max_fds gauge\n"
        "# HELP process_open_fds Number of open file descriptors.\n"
        "# TYPE process_open_fds gauge\n"
        "process_open_fds 9\n"
        "# HELP process_resident_memory_bytes Resident memory size in bytes.\n"
        "# TYPE process_resident_memory_bytes gauge\n"
        "# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.\n"
        "# TYPE process_start_time_seconds gauge\n"
        "process_start_time_seconds 1700000000.5\n"
        "# HELP process_virtual_memory_bytes Virtual memory size in bytes.\n"
        "# TYPE process_virtual_memory_bytes gauge\n");
}
