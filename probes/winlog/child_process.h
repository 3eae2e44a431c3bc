// A child process that reads one file on its standard input and answers on its standard output.
// posix_spawn and not fork: between fork and exec a threaded program may do almost nothing, and
// without an exec the child would start with the agent's address space, including thread stacks and
// secrets, so that no tight limit could be set.
#pragma once

#include "agent/base/clock.h"
#include "agent/base/file.h"

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

namespace cal::winlog {

class ChildProcess {
 public:
  // Runs `program argument` with descriptor `input` as its standard input, and no other descriptor
  // of this process. Throws std::system_error if it cannot be started.
  ChildProcess(const std::string& program, const std::string& argument, int input);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();  // kills it if it is still running

  // Passes on all output of the child. False if the deadline passed before the output ended.
  bool read_all(Deadline deadline, const std::function<void(std::string_view)>& on_bytes);

  // Waits for the child and returns how it ended: "exit code 0", "killed by signal 9".
  std::string wait();

 private:
  pid_t pid_ = -1;
  UniqueFd output_;
};

}  // namespace cal::winlog
