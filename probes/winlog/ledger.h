// What is remembered of a followed log: how far it was read, what was counted, and the failures
// that still stand. One value, so that it is kept as a whole or not at all. Pure.
#pragma once

#include "probes/winlog/bookmark.h"
#include "probes/winlog/event.h"
#include "probes/winlog/file_position.h"
#include "probes/winlog/licensing_event.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cal::winlog {

// The failures of one event, cause and strength: the newest of them, and how many there were.
struct Failure {
  EventKind kind = EventKind::activation_failure;
  Cause cause = Cause::other;
  Strength strength = Strength::weak;
  SystemTime at;
  SystemTime first_at;  // of those that are counted
  std::uint64_t count = 1;
  Source source = Source::ebs_cal;
  std::uint32_t event_id = 0;
  std::string computer;
  std::string user;        // who was logged on; may be empty
  std::string named_user;  // whom the event is about; may be empty
  std::string meaning;     // begins in lower case
  std::string data;        // as logged

  bool operator==(const Failure&) const = default;
};

// Provider, computer, channel.
using BookmarkKey = std::array<std::string, 3>;

// Source, event id, cause: the values of the metric's labels. Ids that are not known are "other",
// so that a log cannot make series without end.
using CountKey = std::array<std::string, 3>;

// What is kept.
struct Book {
  FilePosition position;
  std::map<CountKey, std::uint64_t> counts;
  std::uint64_t gap = 0;                   // record ids that were skipped
  std::optional<SystemTime> last_gap;      // when the newest of them were found to be missing
  std::uint64_t unparsed = 0;              // lines and records that could not be read
  std::uint64_t unparsed_in_file = 0;      // the same, of this file up to the position
  std::optional<SystemTime> last_success;  // of EBS: no page says that another source logs one
  std::optional<SystemTime> last_failure;  // of an activation or an assignment
  std::optional<SystemTime> last_activation_failure;
  std::optional<SystemTime> last_event_5;   // of EBS: a pack that was not activated
  std::optional<SystemTime> last_event_12;  // of EBS: the directory
  std::vector<Failure> failures;            // that no success of their source followed
  std::vector<Failure> hints;               // what may explain a failure of its source and cause
  std::map<BookmarkKey, Bookmark> bookmarks;

  bool operator==(const Book&) const = default;
};

// How far apart events may be and still belong together.
struct Windows {
  Milliseconds event_12 = std::chrono::minutes(2);  // event 12 and event 5
  Milliseconds failure = std::chrono::days(7);      // a failure and its return, to be counted on
};

class Ledger {
 public:
  // Adds what the table of known events can count, with 0, where it is missing.
  explicit Ledger(Book book = {});

  const Book& book() const { return book_; }
  FilePosition& position() { return book_.position; }

  // Counts and judges one event; one that was seen before, or is not about licensing, changes
  // nothing. An event from the future counts as of now. Event 12 beside a failed activation is its
  // cause. True when the event is new.
  bool add(const Event& event, SystemTime now, const Windows& windows = {});

  // Counts lines or records that could not be read.
  void add_unparsed(std::uint64_t count);

  // Before the file is read again from its start. What cannot be read is then counted as far as it
  // is more than before, unless the file turns out to be another one: its first event is new.
  void start_over();
  // After a pass over the file, however far it came.
  void finish_pass();

 private:
  struct Again {
    std::uint64_t unparsed_before;
    std::optional<bool> same_file = std::nullopt;
  };

  bool see(const Event& event, Source source, SystemTime now);
  Bookmark& bookmark_of(const Event& event);
  void stand(const LicensingEvent& decoded, const Event& event, SystemTime at,
             const Windows& windows);
  void add_failure(Failure failure, Milliseconds window);

  Book book_;
  std::optional<Again> again_;
};

}  // namespace cal::winlog
