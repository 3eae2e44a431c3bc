// The memory that answers of directory servers may take in this process, undecoded and decoded,
// whichever network they belong to. A hostile server can fill its share and no more. Thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace cal::ldap {

class AnswerBudget {
 public:
  explicit AnswerBudget(std::size_t octets) : left_(octets) {}

  // The one of this process, 32 MiB.
  static AnswerBudget& of_process();

  // Waits until so much is free; false when the deadline passes before.
  bool take(std::size_t octets, Deadline deadline);
  void give_back(std::size_t octets);

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t left_;  // guarded by the mutex
};

// What one answer takes of the budget. The first octets are free, so that servers with small
// answers are read whatever the others do. One thread at a time.
class AnswerCharge {
 public:
  static constexpr std::size_t free_octets = std::size_t{256} * 1024;

  explicit AnswerCharge(AnswerBudget& budget) : budget_(budget) {}
  AnswerCharge(const AnswerCharge&) = delete;
  AnswerCharge& operator=(const AnswerCharge&) = delete;
  ~AnswerCharge() { release(); }

  bool add(std::size_t octets, Deadline deadline);
  void release();

 private:
  AnswerBudget& budget_;
  std::size_t octets_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace cal::ldap
