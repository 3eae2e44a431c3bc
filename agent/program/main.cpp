// Wires the registry of probes to the commands.
#include "agent/base/log.h"
#include "agent/base/terminal.h"
#include "agent/commands/check.h"
#include "agent/commands/cli.h"
#include "agent/commands/health.h"
#include "agent/commands/licenses.h"
#include "agent/commands/preflight.h"
#include "agent/commands/repair.h"
#include "agent/commands/serve.h"
#include "probes/registry.h"
#include "probes/security/access_check_command.h"
#include "probes/winlog/events_command.h"
#include "probes/winlog/evtx_log.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <variant>

namespace {

void prepare_process() {
  const rlimit no_core{0, 0};  // a core dump would hold passwords
  setrlimit(RLIMIT_CORE, &no_core);
  // Otherwise glibc would create an arena per thread and fragment the heap.
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);  // large blocks go back to the system when they are freed
  std::signal(SIGPIPE, SIG_IGN);
}

// Before any thread starts, so that only the main thread receives them.
void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int access_check(const cal::AccessCheckLine& line) {
  const auto result = cal::security::access_check_command({.sddl = line.sddl,
                                                           .descriptor_file = line.descriptor_file,
                                                           .domain_sid = line.domain_sid,
                                                           .sids = line.sids,
                                                           .mask = line.mask,
                                                           .object_types = line.object_types,
                                                           .json = line.json});
  cal::lines_to_terminal(stdout, result.out);
  cal::lines_to_terminal(stderr, result.err);
  return result.exit_code;
}

int events(const cal::EventsLine& line) {
  return cal::winlog::events_command({.file = line.file,
                                      .provider = line.provider,
                                      .id = line.id,
                                      .show_progress = isatty(STDERR_FILENO) == 1},
                                     stdout, stderr);
}

}  // namespace

int main(int argc, char** argv) {
  // A probe starts this program like this to read an event log within strict limits.
  if (argc == 2) {
    if (const auto selection = cal::winlog::evtx_child_selection(argv[1])) {
      return cal::winlog::evtx_child_main(*selection);
    }
  }

  const auto parsed = cal::parse_command_line(argc, argv);
  if (const auto* exit = std::get_if<cal::Exit>(&parsed)) {
    cal::lines_to_terminal(stdout, exit->out);
    cal::lines_to_terminal(stderr, exit->err);
    return exit->code;
  }
  const auto& line = std::get<cal::CommandLine>(parsed);
  cal::set_up_log(line.log_level, line.log_format);
  prepare_process();
  const auto registry = cal::probe_registry();
  switch (line.command) {
    case cal::Command::check_config:
      return cal::check_config(line, registry);
    case cal::Command::check:
      return cal::check(line, registry);
    case cal::Command::preflight:
      return cal::preflight(line, registry);
    case cal::Command::verify:
      return cal::verify(line, registry);
    case cal::Command::repair:
      return cal::repair(line, registry);
    case cal::Command::access_check:
      return access_check(line.access_check);
    case cal::Command::events:
      return events(line.events);
    case cal::Command::health:
      return cal::health(line);
    case cal::Command::licenses:
      return cal::licenses(line, registry);
    case cal::Command::serve:
      block_signals();
      return cal::serve(line, registry);
  }
}
