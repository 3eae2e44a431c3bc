#include "agent/run/schedule.h"

#include <algorithm>
#include <utility>

namespace cal {

Schedule::Schedule(Milliseconds spread, unsigned seed) : spread_(spread), random_(seed) {}

void Schedule::replace(const Instances& instances, SteadyTime now) {
  std::unordered_map<const Instance*, Entry> entries;
  waiting_.clear();
  const auto fresh = std::ranges::count_if(
      instances, [&](const auto& instance) { return !entries_.contains(instance.get()); });
  const auto spread = spread_.count() > 0
                          ? std::max(spread_, fresh * Milliseconds{1000} / max_first_runs)
                          : Milliseconds{0};
  for (const auto& instance : instances) {
    const auto known = entries_.find(instance.get());
    Entry entry{instance, now, instance->interval};
    if (known != entries_.end()) {
      entry = known->second;
    } else {
      entry.due += draw(std::min(instance->interval, spread));
      if (spread.count() > 0 && spread < instance->interval) {
        entry.until_next = draw(instance->interval);
      }
    }
    if (!entry.running) waiting_.emplace(entry.due, instance.get());
    entries.emplace(instance.get(), std::move(entry));
  }
  entries_ = std::move(entries);
}

std::vector<Schedule::Due> Schedule::take_due(SteadyTime now, std::size_t limit) {
  std::vector<Due> due;
  while (due.size() < limit && !waiting_.empty() && waiting_.begin()->first <= now) {
    auto& entry = entries_.at(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    entry.running = true;
    due.push_back({entry.instance, entry.due});
  }
  return due;
}

void Schedule::finished(const Instance* instance, SteadyTime now) {
  const auto found = entries_.find(instance);
  if (found == entries_.end() || !found->second.running) return;
  auto& entry = found->second;
  entry.running = false;
  entry.due = std::max(entry.due + std::exchange(entry.until_next, instance->interval), now);
  waiting_.emplace(entry.due, instance);
}

Milliseconds Schedule::draw(Milliseconds most) {
  return Milliseconds{std::uniform_int_distribution<Milliseconds::rep>{0, most.count()}(random_)};
}

std::optional<SteadyTime> Schedule::next() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

}  // namespace cal
