// A named thread with a small stack, joined by its owner: std::thread cannot set the stack's size,
// and with hundreds of runs at once the default of 8 MB each is what limits them.
#pragma once

#include <pthread.h>

#include <functional>
#include <memory>
#include <string>

namespace cal {

class Thread {
 public:
  static constexpr std::size_t stack_bytes = 512 * 1024;

  // Throws std::system_error when the system gives no thread. `name` is cut to 15 bytes.
  Thread(const std::string& name, std::function<void()> work);
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread();  // joins

  void join();

  static void rename_current(const std::string& name);

 private:
  pthread_t handle_{};
  bool joinable_ = false;
};

}  // namespace cal
