#include "agent/run/board.h"

#include "agent/base/text.h"
#include "agent/run/bounds.h"
#include "agent/run/severity_limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace cal {

namespace {

const std::shared_ptr<const Outcome>& not_run_outcome() {
  static const auto outcome = std::make_shared<const Outcome>(
      Outcome{&common_reason::not_run_yet, std::string(common_reason::not_run_yet.meaning)});
  return outcome;
}

Outcome stuck_outcome(const Instance& instance) {
  return {&common_reason::timeout,
          fmt::format("no answer within {}: the run is stuck in a blocking call",
                      duration_text(instance.timeout))};
}

Outcome late_outcome(const Row& row, Outcome found) {
  const auto took = std::chrono::duration_cast<Milliseconds>(*row.duration);
  return {&common_reason::timeout,
          fmt::format("the run took {}, more than its timeout of {}", duration_text(took),
                      duration_text(row.instance->timeout)),
          {{Verdict::unknown, "found too late", std::move(found.summary)}},
          std::move(found.phases)};
}

}  // namespace

std::optional<Beginning> beginning_of(const Row& row) {
  if (const auto began = row.outcome->began) return Beginning{*began};
  return row.found_since;
}

std::optional<Beginning> beginning_of(const Row& row, const Implication& implied) {
  return beginning_of(row.causes, implied, *row.outcome);
}

bool every_probe_ran(const Rows& rows) {
  return std::ranges::all_of(rows, [](const Row& row) { return row.runs > 0; });
}

void Board::on_event(Callback callback) {
  auto fresh = std::make_shared<const Callback>(std::move(callback));
  const std::lock_guard lock(mutex_);
  callback_.swap(fresh);  // the old one ends after the lock, or after a call that is under way
}

void Board::tell(Event event) const {
  std::shared_ptr<const Callback> callback;
  {
    const std::lock_guard lock(mutex_);
    callback = callback_;
  }
  (*callback)(event);
}

void Board::replace(const Instances& instances) {
  {
    const std::lock_guard lock(mutex_);
    const auto share = std::min(max_bytes_per_history,
                                max_history_bytes / std::max<std::size_t>(instances.size(), 1));
    std::vector<std::shared_ptr<Entry>> entries;
    std::unordered_map<const Instance*, std::shared_ptr<Entry>> by_instance;
    for (const auto& instance : instances) {
      auto& entry = by_instance_[instance.get()];
      if (entry) {
        entry->history.limit(share);
      } else {
        entry = std::make_shared<Entry>(Entry{Row{instance, not_run_outcome()}, History(share)});
      }
      by_instance[instance.get()] = entry;
      entries.push_back(entry);
    }
    entries_ = std::move(entries);
    by_instance_ = std::move(by_instance);
  }
  tell(Event::change);
}

void Board::run_started(const Instance* instance, Moment now) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_instance_.find(instance);
    if (found == by_instance_.end()) return;
    found->second->running_since = now;
    found->second->overdue = false;
  }
  tell(Event::run_started);
}

void Board::run_finished(const Instance* instance, Outcome outcome, Moment now) {
  limit_severity(*instance, outcome);
  bound(outcome);
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_instance_.find(instance);
    if (found == by_instance_.end()) return;
    Entry& entry = *found->second;
    if (!entry.running_since) return;
    entry.row.duration = now.steady - entry.running_since->steady;
    const bool late = now.steady >= overdue_at(entry);
    settle(entry, late ? late_outcome(entry.row, std::move(outcome)) : std::move(outcome), now);
    if (!entry.overdue) {  // else mark_overdue has counted this run
      count(entry, now);
      if (late) ++entry.row.overruns;
    }
    entry.running_since.reset();
  }
  tell(Event::change);
}

void Board::mark_overdue(Moment now) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (!entry->running_since || entry->overdue || now.steady < overdue_at(*entry)) continue;
    entry->overdue = true;
    ++entry->row.overruns;
    entry->row.duration = now.steady - entry->running_since->steady;
    settle(*entry, stuck_outcome(*entry->row.instance), now);
    count(*entry, now);
  }
}

std::optional<SteadyTime> Board::next_overdue() const {
  const std::lock_guard lock(mutex_);
  std::optional<SteadyTime> next;
  for (const auto& entry : entries_) {
    if (!entry->running_since || entry->overdue) continue;
    next = std::min(next.value_or(SteadyTime::max()), overdue_at(*entry));
  }
  return next;
}

Rows Board::rows() const {
  const std::lock_guard lock(mutex_);
  Rows rows;
  rows.reserve(entries_.size());
  for (const auto& entry : entries_) rows.push_back(entry->row);
  return rows;
}

std::optional<Board::Past> Board::past(std::string_view network, std::string_view probe) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(entries_, [&](const auto& entry) {
    const auto& instance = *entry->row.instance;
    return instance.network == network && instance.kind->name == probe;
  });
  if (found == entries_.end()) return std::nullopt;
  return Past{(*found)->row, (*found)->history.episodes()};
}

std::size_t Board::all_history_bytes() const {
  const std::lock_guard lock(mutex_);
  return std::transform_reduce(entries_.begin(), entries_.end(), std::size_t{0}, std::plus{},
                               [](const auto& entry) { return entry->history.bytes(); });
}

std::vector<Change> Board::take_changes() {
  const std::lock_guard lock(mutex_);
  return std::exchange(changes_, {});
}

SteadyTime Board::overdue_at(const Entry& entry) {
  return entry.running_since->steady + entry.row.instance->timeout + overdue_grace;
}

void Board::settle(Entry& entry, Outcome outcome, Moment now) {
  Row& row = entry.row;
  const auto* before = row.outcome->reason;
  const bool may_be_earlier = before->verdict == Verdict::unknown;  // also if it has not run yet
  row.outcome = std::make_shared<const Outcome>(std::move(outcome));
  const bool is_new_reason = before != row.outcome->reason;
  note_beginning(entry, is_new_reason, {now.system, may_be_earlier});
  if (!is_new_reason) return;
  row.since = now.system;
  changes_.push_back({row.instance, before, row.outcome});
}

void Board::note_beginning(Entry& entry, bool is_new_reason, Beginning here) {
  auto& row = entry.row;
  // An answer that is missing for a while ends no fault.
  if (row.outcome->reason->verdict != Verdict::unknown) {
    row.causes = found_causes(row.causes, *row.instance, *row.outcome, here);
  }
  switch (row.outcome->reason->verdict) {
    case Verdict::present:
      if (!entry.fault_since) entry.fault_since = here;
      row.found_since = row.causes.empty() ? *entry.fault_since : row.causes.front().since;
      return;
    case Verdict::clear:
      entry.fault_since.reset();
      break;
    case Verdict::unknown:
      break;
  }
  if (is_new_reason) row.found_since = here;
}

void Board::count(Entry& entry, Moment now) {
  Row& row = entry.row;
  ++row.runs;
  row.last_run = now.system;
  entry.history.add(row.outcome, now.system, *row.duration);
  if (row.outcome->reason->verdict == Verdict::unknown) {
    ++row.unknown;
  } else {
    row.last_conclusive = now.system;
  }
}

}  // namespace cal
