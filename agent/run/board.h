// The board: the newest result of every probe. Runs write to it, the publisher reads it; nothing
// else is shared between the two. Thread-safe; no lock is held while calling out.
#pragma once

#include "agent/base/clock.h"
#include "agent/run/history.h"
#include "agent/run/instance.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cal {

// What is known of one probe at one moment. `outcome` is never null.
struct Row {
  std::shared_ptr<const Instance> instance;
  std::shared_ptr<const Outcome> outcome;
  std::optional<SystemTime> last_run = std::nullopt;  // when the last run ended, or became overdue
  std::optional<SystemTime> last_conclusive = std::nullopt;  // the last one that could tell
  std::optional<SystemTime> since = std::nullopt;            // since when the reason is what it is
  std::optional<std::chrono::nanoseconds> duration = std::nullopt;
  std::uint64_t runs = 0;
  std::uint64_t unknown = 0;
  std::uint64_t overruns = 0;
};

using Rows = std::vector<Row>;

bool every_probe_ran(const Rows& rows);

// A change of a probe's reason, for the log.
struct Change {
  std::shared_ptr<const Instance> instance;
  const Reason* before;
  std::shared_ptr<const Outcome> now;
};

class Board {
 public:
  // A run that is this much over its timeout is overdue: the time a probe that keeps its deadline
  // may need to say so itself.
  static constexpr Milliseconds overdue_grace{250};

  // What all histories together may take; each probe has an equal share, so that none pushes out
  // another's.
  static constexpr std::size_t max_history_bytes = std::size_t{16} * 1024 * 1024;
  static constexpr std::size_t max_bytes_per_history = std::size_t{256} * 1024;

  // A run that starts changes nothing that is shown, but when it will be overdue.
  enum class Event { run_started, change };

  // Called after every event, from the thread that made it.
  void on_event(std::function<void(Event)> callback);

  // The instances from now on, in this order; those that were there keep their row.
  void replace(const Instances& instances);

  void run_started(const Instance* instance, Moment now);
  // A result of an instance that has gone is dropped. What a run finds after it became overdue is
  // shown as evidence of the timeout: it says why, but it came too late to be the answer.
  void run_finished(const Instance* instance, Outcome outcome, Moment now);

  // Overdue is a fact of the board: turns every run that is over its time into `timeout`, however
  // stuck it is.
  void mark_overdue(Moment now);
  std::optional<SteadyTime> next_overdue() const;

  Rows rows() const;
  std::vector<Change> take_changes();

  // The row and the history of one probe, the newest first; empty when there is no such probe.
  struct Past {
    Row row;
    std::vector<Episode> episodes;
  };
  std::optional<Past> past(std::string_view network, std::string_view probe) const;

  // About what all histories take in memory now.
  std::size_t all_history_bytes() const;

 private:
  struct Entry {
    Row row;
    History history;
    std::optional<Moment> running_since = std::nullopt;
    bool overdue = false;
  };

  static SteadyTime overdue_at(const Entry& entry);
  void settle(Entry& entry, Outcome outcome, Moment now);
  void count(Entry& entry, Moment now);

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Entry>> entries_;
  std::unordered_map<const Instance*, std::shared_ptr<Entry>> by_instance_;
  std::vector<Change> changes_;
  std::function<void(Event)> callback_ = [](Event) {};
};

}  // namespace cal
