#include "agent/metrics/process_metrics.h"

#include "agent/base/file.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cmath>
#include <memory>

namespace cal {

namespace {

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::string text_of(const char* path) {
  constexpr std::size_t max_size = 4U << 20U;  // bytes; a host of many processors needs some 100 kB
  return read_file(path, max_size).value_or("");
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

std::optional<double> count_open_fds() {
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir("/proc/self/fd"));
  if (!directory) return {};
  double count = 0;
  while (const auto* entry = readdir(directory.get())) {
    if (entry->d_name[0] != '.') ++count;
  }
  return count - 1;  // the one that reads
}

std::optional<double> limit_of_open_fds() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

ProcessFacts parse_process_stat(std::string_view stat, const KernelUnits& units) {
  // The command, the second field, is in parentheses and may itself contain spaces and parentheses:
  // count from the last one. The third field, the state, follows.
  const auto command_end = stat.rfind(')');
  if (command_end == std::string_view::npos) return {};
  constexpr std::size_t first = 3;
  constexpr std::size_t last = 24;
  std::array<std::string_view, last + 1> field;
  auto rest = stat.substr(command_end + 1);
  for (std::size_t i = first; i <= last; ++i) {
    const auto begin = rest.find_first_not_of(" \n");
    if (begin == std::string_view::npos) break;
    rest = rest.substr(begin);
    const auto end = std::min(rest.find_first_of(" \n"), rest.size());
    field[i] = rest.substr(0, end);
    rest = rest.substr(end);
  }

  ProcessFacts facts;
  const auto user = number(field[14]);
  const auto system = number(field[15]);
  const auto start = number(field[22]);
  const auto resident_pages = number(field[24]);
  if (user && system) facts.cpu_seconds = (*user + *system) / units.ticks_per_second;
  if (start && units.boot_time_seconds) {
    facts.start_time_seconds = *units.boot_time_seconds + *start / units.ticks_per_second;
  }
  facts.virtual_memory_bytes = number(field[23]);
  if (resident_pages) facts.resident_memory_bytes = *resident_pages * units.page_bytes;
  return facts;
}

std::optional<double> parse_boot_time(std::string_view kernel_stat) {
  constexpr std::string_view key = "\nbtime ";
  const auto found = kernel_stat.find(key);
  if (found == std::string_view::npos) return {};
  const auto value = kernel_stat.substr(found + key.size());
  return number(value.substr(0, value.find('\n')));
}

std::string process_text(const ProcessFacts& facts) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view type, std::string_view help,
                           std::optional<double> value) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
    if (value) text += fmt::format("{} {}\n", name, *value);
  };
  add("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.",
      facts.cpu_seconds);
  add("process_max_fds", "gauge", "Maximum number of open file descriptors.", facts.max_fds);
  add("process_open_fds", "gauge", "Number of open file descriptors.", facts.open_fds);
  add("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
      facts.resident_memory_bytes);
  add("process_start_time_seconds", "gauge",
      "Start time of the process since unix epoch in seconds.", facts.start_time_seconds);
  add("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.",
      facts.virtual_memory_bytes);
  return text;
}

ProcessMetrics::ProcessMetrics()
    : units_{.ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK)),
             .page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE)),
             .boot_time_seconds = parse_boot_time(text_of("/proc/stat"))} {}

std::string ProcessMetrics::text() const {
  auto facts = parse_process_stat(text_of("/proc/self/stat"), units_);
  facts.open_fds = count_open_fds();
  facts.max_fds = limit_of_open_fds();
  return process_text(facts);
}

}  // namespace cal
