// The standard `process_*` metrics of this process, from /proc, as text format 0.0.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cal {

// The units of the kernel; constant for the life of a process.
struct KernelUnits {
  double ticks_per_second;
  double page_bytes;
  std::optional<double> boot_time_seconds;  // Unix time
};

// A value that could not be read is empty and has no sample.
struct ProcessFacts {
  std::optional<double> cpu_seconds = {};
  std::optional<double> open_fds = {};
  std::optional<double> max_fds = {};
  std::optional<double> virtual_memory_bytes = {};
  std::optional<double> resident_memory_bytes = {};
  std::optional<double> start_time_seconds = {};  // Unix time
};

// From the text of /proc/PID/stat (proc(5)): all but the file descriptors. Pure.
ProcessFacts parse_process_stat(std::string_view stat, const KernelUnits& units);
// From the text of /proc/stat. Pure.
std::optional<double> parse_boot_time(std::string_view kernel_stat);

std::string process_text(const ProcessFacts& facts);

// Reads the metrics of this process from /proc. Thread-safe.
class ProcessMetrics {
 public:
  ProcessMetrics();
  std::string text() const;

 private:
  KernelUnits units_;
};

}  // namespace cal
