#include "probes/ldap_io/answer_budget.h"

namespace cal::ldap {

AnswerBudget& AnswerBudget::of_process() {
  static AnswerBudget budget(std::size_t{32} * 1024 * 1024);
  return budget;
}

bool AnswerBudget::take(std::size_t octets, Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_until(lock, deadline.at(), [&] { return left_ >= octets; })) return false;
  left_ -= octets;
  return true;
}

void AnswerBudget::give_back(std::size_t octets) {
  {
    const std::lock_guard lock(mutex_);
    left_ += octets;
  }
  freed_.notify_all();
}

bool AnswerCharge::add(std::size_t octets, Deadline deadline) {
  const auto wanted = octets_ + octets > free_octets ? octets_ + octets - free_octets : 0;
  if (wanted > taken_) {
    if (!budget_.take(wanted - taken_, deadline)) return false;
    taken_ = wanted;
  }
  octets_ += octets;
  return true;
}

void AnswerCharge::release() {
  if (taken_ > 0) budget_.give_back(taken_);
  taken_ = 0;
  octets_ = 0;
}

}  // namespace cal::ldap
