#include "probes/ldap_io/server_turns.h"

namespace cal::ldap {

ServerTurns& ServerTurns::of_process() {
  static ServerTurns turns;
  return turns;
}

ServerTurns::Turn::~Turn() {
  if (turns_ != nullptr) turns_->give_back(server_, taken_by_);
}

std::optional<ServerTurns::Turn> ServerTurns::take(const std::string& server, Deadline deadline) {
  std::unique_lock lock(mutex_);
  auto& queue = queues_[server];
  const bool has_room = queue.sessions < max_sessions_ && queue.waiting.empty();
  if (has_room || turns_of_.contains(std::this_thread::get_id())) {
    ++queue.sessions;
  } else {
    Waiting self;
    const auto place = queue.waiting.insert(queue.waiting.end(), &self);
    self.wake.wait_until(lock, deadline.at(), [&] { return self.has_turn; });
    if (!self.has_turn) {
      queue.waiting.erase(place);
      return std::nullopt;
    }
  }
  Turn turn(this, server);
  ++turns_of_[turn.taken_by_];
  return turn;
}

void ServerTurns::give_back(const std::string& server, std::thread::id taken_by) {
  const std::lock_guard lock(mutex_);
  if (--turns_of_[taken_by] == 0) turns_of_.erase(taken_by);
  const auto found = queues_.find(server);
  auto& queue = found->second;
  if (queue.waiting.empty() || queue.sessions > max_sessions_) {
    if (--queue.sessions == 0) queues_.erase(found);
    return;
  }
  auto* next = queue.waiting.front();
  queue.waiting.pop_front();
  next->has_turn = true;
  next->wake.notify_one();
}

}  // namespace cal::ldap
