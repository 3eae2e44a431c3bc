// The log of a test: everything that is written to stderr while this lives, at level debug.
#pragma once

#include "agent/base/log.h"
#include "tests/fakes/temporary_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace cal::fakes {

class CapturedLog {
 public:
  CapturedLog() : saved_(::dup(STDERR_FILENO)) {
    std::fflush(stderr);
    const int fd = ::open(file_.path().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    ::dup2(fd, STDERR_FILENO);
    ::close(fd);
    set_up_log(LogLevel::debug, LogFormat::logfmt);
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;
  ~CapturedLog() {
    set_up_log(LogLevel::info, LogFormat::logfmt);
    std::fflush(stderr);
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
  }

  std::string text() const {
    std::fflush(stderr);
    std::ifstream stream(file_.path());
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  bool has(const std::string& wanted) const { return text().find(wanted) != std::string::npos; }

 private:
  TemporaryFile file_{""};
  int saved_;
};

}  // namespace cal::fakes
