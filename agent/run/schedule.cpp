#include "agent/run/schedule.h"

#include <algorithm>
#include <utility>

namespace cal {

Schedule::Schedule(Milliseconds spread, unsigned seed) : spread_(spread), random_(seed) {}

void Schedule::replace(const Instances& instances, SteadyTime now) {
  const auto before = std::exchange(entries_, {});
  waiting_.clear();
  waiting_first_.clear();
  first_runs_ = 0;
  const auto fresh = std::ranges::count_if(
      instances, [&](const auto& instance) { return !before.contains(instance.get()); });
  const auto spread = spread_.count() > 0
                          ? std::max(spread_, fresh * Milliseconds{1000} / max_first_runs)
                          : Milliseconds{0};
  for (const auto& instance : instances) {
    const auto known = before.find(instance.get());
    const auto& entry =
        entries_
            .emplace(instance.get(),
                     known != before.end() ? known->second : first_entry(instance, spread, now))
            .first->second;
    if (!entry.running) {
      wait(entry);
    } else if (entry.latest) {
      ++first_runs_;
    }
  }
}

Schedule::Entry Schedule::first_entry(std::shared_ptr<const Instance> instance, Milliseconds spread,
                                      SteadyTime now) {
  const auto interval = instance->interval;
  Entry entry{std::move(instance), now, interval};
  const auto range = std::min(interval, spread);
  const auto delay = draw(range);
  entry.due += delay;
  // The same place in a longer range.
  const auto longest =
      spread.count() > 0 ? std::max(range, std::min(interval, slowest_start)) : range;
  entry.latest = range.count() > 0 ? now + delay * longest.count() / range.count() : now;
  if (spread.count() > 0 && spread < interval) entry.until_next = draw(interval);
  return entry;
}

void Schedule::wait(const Entry& entry) {
  if (entry.latest) {
    waiting_first_.emplace(*entry.latest, entry.instance.get());
  } else {
    waiting_.emplace(entry.due, entry.instance.get());
  }
}

std::vector<Schedule::Due> Schedule::take_due(SteadyTime now, std::size_t limit) {
  std::vector<Due> due;
  while (due.size() < limit && !waiting_.empty() && waiting_.begin()->first <= now) {
    due.push_back(take(waiting_, now));
  }
  while (due.size() < limit && !waiting_first_.empty() && next_first() <= now) {
    due.push_back(take(waiting_first_, now));
    ++first_runs_;
  }
  return due;
}

Schedule::Due Schedule::take(Queue& queue, SteadyTime now) {
  auto& entry = entries_.at(queue.begin()->second);
  queue.erase(queue.begin());
  entry.running = true;
  if (entry.latest) {
    // A first run that was held back is due when it may start, and in its place of the interval.
    entry.due = std::min(now, *entry.latest);
    if (entry.due == *entry.latest) entry.until_next = entry.instance->interval;
  }
  return {entry.instance, entry.due};
}

void Schedule::finished(const Instance* instance, SteadyTime now) {
  const auto found = entries_.find(instance);
  if (found == entries_.end() || !found->second.running) return;
  auto& entry = found->second;
  entry.running = false;
  if (std::exchange(entry.latest, std::nullopt)) --first_runs_;
  entry.due = std::max(entry.due + std::exchange(entry.until_next, instance->interval), now);
  wait(entry);
}

SteadyTime Schedule::next_first() const {
  const auto& [latest, instance] = *waiting_first_.begin();
  return first_runs_ < first_runs_at_once ? entries_.at(instance).due : latest;
}

Milliseconds Schedule::draw(Milliseconds most) {
  return Milliseconds{std::uniform_int_distribution<Milliseconds::rep>{0, most.count()}(random_)};
}

std::optional<SteadyTime> Schedule::next() const {
  std::optional<SteadyTime> next;
  if (!waiting_.empty()) next = waiting_.begin()->first;
  if (!waiting_first_.empty()) next = std::min(next.value_or(SteadyTime::max()), next_first());
  return next;
}

}  // namespace cal
