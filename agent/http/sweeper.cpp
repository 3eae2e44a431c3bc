#include "agent/http/sweeper.h"

#include "agent/base/log.h"

#include <string>

namespace cal {

namespace {

constexpr std::chrono::milliseconds pause{250};
constexpr std::chrono::minutes between_logs{1};

}  // namespace

Sweeper::Sweeper(Connections& connections)
    : connections_(connections), thread_("http-sweeper", [this] { run(); }) {}

Sweeper::~Sweeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
}

void Sweeper::run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, pause, [this] { return ending_; })) {
    const auto now = std::chrono::steady_clock::now();
    connections_.sweep(now);
    log_failed_handshakes(now);
  }
}

void Sweeper::log_failed_handshakes(SteadyTime now) {
  const auto failed = connections_.failed_handshakes();
  if (failed == logged_ || now < next_log_) return;
  log(LogLevel::warning, "TLS handshakes failed; see agent/docs/http.md",
      {{"count", std::to_string(failed - logged_)}});
  logged_ = failed;
  next_log_ = now + between_logs;
}

}  // namespace cal
