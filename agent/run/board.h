// The board: the newest result of every probe. Runs write to it, the publisher reads it; the two
// share nothing else. Thread-safe. It holds no lock while it calls back.
#pragma once

#include "agent/base/clock.h"
#include "agent/run/found_causes.h"
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

// What is known about one probe at one moment. `outcome` is never null.
struct Row {
  std::shared_ptr<const Instance> instance;
  std::shared_ptr<const Outcome> outcome;
  std::optional<SystemTime> last_run = std::nullopt;  // when the last run ended, or became overdue
  std::optional<SystemTime> last_conclusive = std::nullopt;  // the last run that was not `unknown`
  std::optional<SystemTime> since = std::nullopt;            // when the reason last changed
  // The beginning of what is shown: of `present` that of the cause, or of a probe without causes
  // the first run that found a fault since the last `clear`; of all else the change of the reason.
  std::optional<Beginning> found_since = std::nullopt;
  std::vector<FoundCause> causes = {};  // that the last conclusive run found
  std::optional<std::chrono::nanoseconds> duration = std::nullopt;
  std::uint64_t runs = 0;
  std::uint64_t unknown = 0;
  std::uint64_t overruns = 0;
};

// When the fault began: what the probe knows, or what its runs saw. Empty: it has not run.
std::optional<Beginning> beginning_of(const Row& row);
// The same of one of several faults that a probe found.
std::optional<Beginning> beginning_of(const Row& row, const Implication& implied);

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
  // A run is overdue when it exceeds its timeout by this much: a probe that keeps its deadline has
  // this long to report the timeout itself.
  static constexpr Milliseconds overdue_grace{250};

  // What all histories together may take. Each probe has an equal share, so that none pushes out
  // another's; a reload gives everyone the new share.
  static constexpr std::size_t max_history_bytes = std::size_t{16} * 1024 * 1024;
  static constexpr std::size_t max_bytes_per_history = std::size_t{256} * 1024;

  // A run that starts changes nothing that is shown, only the time when the next one is overdue.
  enum class Event { run_started, change };
  using Callback = std::function<void(Event)>;

  // Called by replace, run_started and run_finished, on their thread, after the rows have changed;
  // not by mark_overdue, whose caller knows. At any time another callback may be set; calls of the
  // one before may still be under way then, so it has to own what it uses.
  void on_event(Callback callback);

  // The instances from now on, in this order. Those that were there keep their row and history.
  void replace(const Instances& instances);

  void run_started(const Instance* instance, Moment now);
  // The result of an instance that was removed is dropped. What a run finds after it became overdue
  // is shown as evidence of the timeout: it explains it, but it is too late to be the answer.
  void run_finished(const Instance* instance, Outcome outcome, Moment now);

  // Turns every run that is over its time into `timeout`, even if the run never returns.
  void mark_overdue(Moment now);
  std::optional<SteadyTime> next_overdue() const;

  Rows rows() const;
  std::vector<Change> take_changes();

  // The row and the history of one probe, newest first; empty when there is no such probe.
  struct Past {
    Row row;
    std::vector<Episode> episodes;
  };
  std::optional<Past> past(std::string_view network, std::string_view probe) const;

  // Approximately what the results and the histories of all probes take in memory.
  std::size_t all_history_bytes() const;

 private:
  struct Entry {
    Row row;
    History history;
    std::optional<Moment> running_since = std::nullopt;
    bool overdue = false;
    std::optional<Beginning> fault_since = std::nullopt;  // also while it could not be checked
  };

  void tell(Event event) const;
  static SteadyTime overdue_at(const Entry& entry);
  void settle(Entry& entry, Outcome outcome, Moment now);
  static void note_beginning(Entry& entry, bool is_new_reason, Beginning here);
  void count(Entry& entry, Moment now);

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Entry>> entries_;
  std::unordered_map<const Instance*, std::shared_ptr<Entry>> by_instance_;
  std::vector<Change> changes_;
  std::shared_ptr<const Callback> callback_ = std::make_shared<const Callback>([](Event) {});
};

}  // namespace cal
