#include "agent/schedule.h"

#include <algorithm>
#include <utility>

namespace cal {

Schedule::Schedule(Milliseconds spread, unsigned seed) : spread_(spread), random_(seed) {}

void Schedule::replace(const Instances& instances, Steady now) {
  std::unordered_map<const Instance*, Entry> entries;
  waiting_.clear();
  for (const auto& instance : instances) {
    const auto known = entries_.find(instance.get());
    Entry entry{instance, now};
    if (known != entries_.end()) {
      entry = known->second;
    } else {
      const auto widest = std::min(instance->interval, spread_).count();
      entry.due +=
          Milliseconds{std::uniform_int_distribution<Milliseconds::rep>{0, widest}(random_)};
    }
    if (!entry.running) waiting_.emplace(entry.due, instance.get());
    entries.emplace(instance.get(), std::move(entry));
  }
  entries_ = std::move(entries);
}

Instances Schedule::take_due(Steady now, std::size_t limit) {
  Instances due;
  while (due.size() < limit && !waiting_.empty() && waiting_.begin()->first <= now) {
    auto& entry = entries_.at(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    entry.running = true;
    due.push_back(entry.instance);
  }
  return due;
}

void Schedule::finished(const Instance* instance, Steady now) {
  const auto found = entries_.find(instance);
  if (found == entries_.end() || !found->second.running) return;
  auto& entry = found->second;
  entry.running = false;
  entry.due = std::max(entry.due + instance->interval, now);
  waiting_.emplace(entry.due, instance);
}

std::optional<Steady> Schedule::next() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

}  // namespace cal
