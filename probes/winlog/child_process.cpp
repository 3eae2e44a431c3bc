#include "probes/winlog/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace cal::winlog {

namespace {

// The settings for posix_spawn, freed at the end.
class SpawnSettings {
 public:
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

}  // namespace

ChildProcess::ChildProcess(const std::string& program, const std::string& argument, int input) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "make a pipe");
  }
  output_ = UniqueFd(ends[0]);
  const UniqueFd input_end(ends[1]);

  SpawnSettings settings;
  posix_spawn_file_actions_adddup2(&settings.actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&settings.actions, input_end.fd(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&settings.actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&settings.actions, STDERR_FILENO + 1);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&settings.attributes, &none);
  posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETSIGMASK);

  std::string name = "cal_exporter";
  std::string word = argument;
  std::array<char*, 3> arguments{name.data(), word.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  const int error = posix_spawn(&pid_, program.c_str(), &settings.actions, &settings.attributes,
                                arguments.data(), environment.data());
  if (error != 0) throw std::system_error(error, std::generic_category(), "start " + program);
}

ChildProcess::~ChildProcess() {
  output_ = UniqueFd();
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  wait();
}

bool ChildProcess::read_all(Deadline deadline,
                            const std::function<void(std::string_view)>& on_bytes) {
  std::array<char, 64 * 1024> buffer{};
  while (true) {
    pollfd ready{output_.fd(), POLLIN, 0};
    const int count = poll(&ready, 1, static_cast<int>(deadline.left().count()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    const auto size = read(output_.fd(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return true;
    on_bytes({buffer.data(), static_cast<std::size_t>(size)});
    if (deadline.passed()) return false;
  }
}

std::string ChildProcess::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace cal::winlog
