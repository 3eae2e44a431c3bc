// The state of a followed log: how far it was read, the counters, and the current failures. One
// value, so that it is saved as a whole or not at all. Pure.
#pragma once

#include "agent/contract/label_values.h"
#include "probes/events/event.h"
#include "probes/winlog/bookmark.h"
#include "probes/winlog/event_sink.h"
#include "probes/winlog/file_position.h"
#include "probes/winlog/licensing_event.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cal::winlog {

// The failures of one event, cause and strength: the newest of them, and how many there were.
struct Failure {
  EventKind kind = EventKind::activation_failure;
  Cause cause = Cause::other;
  Strength strength = Strength::weak;
  SystemTime at;
  SystemTime first_at;  // of the first failure in `count`
  std::uint64_t count = 1;
  Source source = Source::ebs_cal;
  std::uint32_t event_id = 0;
  std::string computer;
  std::string user;        // who was logged on; may be empty
  std::string named_user;  // the affected user; may be empty
  std::string meaning;     // begins in lower case
  std::string data;        // as logged
  std::optional<std::uint32_t> code = std::nullopt;

  bool operator==(const Failure&) const = default;
};

// Provider, computer, channel.
using BookmarkKey = std::array<std::string, 3>;

// Source, event ID, cause: the values of the metric's labels. Unknown IDs are "other", so that a
// log cannot create an unlimited number of series.
using CountKey = LabelValues;
using Counts = std::map<CountKey, std::uint64_t>;

// With 0 for every known event that is missing in `counted`. All share the keys of known events.
Counts with_known_events(const Counts& counted);

// What the newest reading of the file found, from its start to the position.
struct InFile {
  std::uint64_t read = 0;                // events, of whatever provider
  std::uint64_t elsewhere = 0;           // those in logs to which no licensing provider writes
  std::uint64_t unparsed = 0;            // lines and records that could not be read
  std::uint64_t unparsed_licensing = 0;  // those of them that may be licensing events

  bool operator==(const InFile&) const = default;
};

// The saved state.
struct Book {
  FilePosition position;
  Counts counts;                           // of events that were counted
  std::uint64_t gap = 0;                   // skipped record IDs
  std::optional<SystemTime> last_gap;      // when the newest of them was found to be missing
  std::uint64_t unparsed = 0;              // lines and records that could not be read
  std::uint64_t unparsed_in_file = 0;      // the same, of this file up to the position
  InFile in_file;                          // what its newest reading found
  std::optional<SystemTime> last_success;  // of EBS: no other source is documented to log one
  std::optional<SystemTime> last_failure;  // of an activation or an assignment
  std::optional<SystemTime> last_activation_failure;
  std::optional<SystemTime> last_event_5;   // of EBS: a pack that was not activated
  std::optional<SystemTime> last_event_12;  // of EBS: the directory
  std::vector<Failure> failures;            // without a later success of their source
  std::vector<Failure> hints;               // may explain a failure of their source and cause
  std::map<BookmarkKey, Bookmark> bookmarks;

  bool operator==(const Book&) const = default;
};

// The maximum time between events that belong together.
struct Windows {
  Milliseconds event_12 = std::chrono::minutes(2);  // event 12 and event 5
  Milliseconds failure = std::chrono::days(7);      // a failure and its return, for one count
};

class Ledger {
 public:
  explicit Ledger(Book book = {}) : book_(std::move(book)) {}

  const Book& book() const { return book_; }
  FilePosition& position() { return book_.position; }

  // Counts and judges one event. An event that was seen before, or is not about licensing, changes
  // nothing. An event from the future counts as of now. Event 12 near a failed activation is its
  // cause. Returns true if the event is new.
  bool add(const Event& event, SystemTime now, const Windows& windows = {});

  // Counts events of other providers, which are proof that the file is understood; `elsewhere`:
  // those of them in logs that would not show a failure.
  void add_others(std::uint64_t count, std::uint64_t elsewhere) {
    book_.in_file.read += count;
    book_.in_file.elsewhere += elsewhere;
  }

  // Counts lines or records that could not be read.
  void add_unparsed(std::uint64_t count, Origin origin);

  // Call before the file is read again from its start. Unreadable lines are then counted only as
  // far as they exceed the previous number, unless it is another file: then its first event is new.
  void start_over();
  // Call after a pass over the file, complete or not.
  void finish_pass();

 private:
  struct Again {
    std::uint64_t unparsed_before;
    std::optional<bool> same_file = std::nullopt;
  };

  bool see(const Event& event, Source source, SystemTime now);
  Bookmark& bookmark_of(const Event& event);
  void update_failures(const LicensingEvent& decoded, const Event& event, SystemTime at,
                       const Windows& windows);
  void add_failure(Failure failure, Milliseconds window);

  Book book_;
  std::optional<Again> again_;
};

}  // namespace cal::winlog
