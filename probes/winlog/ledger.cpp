#include "probes/winlog/ledger.h"

#include "agent/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace cal::winlog {

namespace {

using namespace std::chrono_literals;

// A network has few servers, so a file with more logs than this is malformed or hostile.
constexpr std::size_t max_bookmarks = 256;
constexpr std::size_t max_failures = 256;  // of different events and hosts; the oldest goes
// With a clock further ahead than this, times do not show the order of events.
constexpr auto clock_error = 24h;
// The only source that logs a success.
constexpr auto source_of_success = Source::ebs_cal;

std::string_view cause_label(const std::optional<Cause>& cause) {
  return cause ? name_of(*cause) : "none";
}

CountKey count_key(Source source, std::string id, const std::optional<Cause>& cause) {
  return {std::string(name_of(source)), std::move(id), std::string(cause_label(cause))};
}

Counts counts_of_known_events() {
  Counts counts;
  for (const auto& known : known_events()) {
    const auto id = std::to_string(known.id);
    if (!known.code_at) {
      counts.try_emplace(count_key(known.source, id, known.cause), 0);
      continue;
    }
    for (const auto cause : all_causes) {
      counts.try_emplace(count_key(known.source, id, cause), 0);
    }
  }
  for (const auto source : all_sources) {
    if (!is_all_licensing(source)) continue;
    counts.try_emplace(count_key(source, "other", std::nullopt), 0);
  }
  return counts;
}

// Record IDs count all events of a channel, so a skipped ID is a lost event only if the channel is
// the provider's own ("PROVIDER/Operational") and all of its events are about licensing.
bool owns_channel(const Event& event, Source source) {
  return is_all_licensing(source) && event.channel.starts_with(event.provider + "/");
}

std::string data_text(const Event& event) {
  std::string text;
  for (const auto& [name, value] : event.data) {
    if (value.empty()) continue;
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", name, name.empty() ? "" : "=", value);
  }
  if (text.empty()) text = event.message;
  constexpr std::size_t most = 512;
  return text.size() <= most ? text : valid_utf8(text.substr(0, most)) + "…";
}

Failure failure_of(const LicensingEvent& decoded, const Event& event, SystemTime at) {
  return {.kind = decoded.kind,
          .cause = decoded.cause.value_or(Cause::other),
          .strength = decoded.strength,
          .at = at,
          .first_at = at,
          .count = 1,
          .source = decoded.source,
          .event_id = event.id,
          .computer = event.computer,
          .user = event.user,
          .named_user = decoded.named_user,
          .meaning = decoded.meaning,
          .data = data_text(event),
          .code = decoded.code};
}

void raise(std::optional<SystemTime>& newest, SystemTime at) {
  newest = std::max(newest.value_or(at), at);
}

// Each session host has its own cause, so its failures are not those of another.
bool same_event(const Failure& one, const Failure& other) {
  return one.source == other.source && one.event_id == other.event_id && one.cause == other.cause &&
         one.strength == other.strength &&
         (one.source != Source::rds_session_host || one.computer == other.computer);
}

// Counts a failure together with earlier ones, of which the newest is kept. A failure that returns
// after `window` starts a new count.
void count_in(std::vector<Failure>& failures, Failure failure, Milliseconds window) {
  const auto same = std::ranges::find_if(
      failures, [&](const Failure& other) { return same_event(other, failure); });
  if (same == failures.end()) {
    if (failures.size() >= max_failures)
      failures.erase(std::ranges::min_element(failures, {}, &Failure::at));
    failures.push_back(std::move(failure));
    return;
  }
  if (same->at <= failure.at) std::swap(*same, failure);
  if (same->at - failure.at > window) return;
  same->first_at = std::min(same->first_at, failure.first_at);
  same->count += failure.count;
}

bool within(const std::optional<SystemTime>& one, const std::optional<SystemTime>& other,
            Milliseconds window) {
  return one && other && std::chrono::abs(*one - *other) <= window;
}

}  // namespace

Counts with_known_events(const Counts& counted) {
  static const auto zeros = counts_of_known_events();
  auto all = zeros;
  for (const auto& [key, count] : counted) all.insert_or_assign(key, count);
  return all;
}

bool Ledger::add(const Event& event, SystemTime now, const Windows& windows) {
  ++book_.in_file.read;
  const auto decoded = decode(event);
  if (!source_of(event.provider) && !is_licensing_log(event.channel)) ++book_.in_file.elsewhere;
  if (!decoded || !see(event, decoded->source, now)) return false;
  const auto id = decoded->known ? std::to_string(event.id) : std::string("other");
  ++book_.counts[count_key(decoded->source, id, decoded->cause)];
  update_failures(*decoded, event, std::min(event.time, now), windows);
  return true;
}

bool Ledger::see(const Event& event, Source source, SystemTime now) {
  const auto second =
      event.time > now + clock_error
          ? std::nullopt
          : std::optional(
                std::chrono::floor<std::chrono::seconds>(event.time.time_since_epoch()).count());
  const auto skipped = bookmark_of(event).see(event.record_id, second);
  if (again_ && !again_->same_file) again_->same_file = !skipped;
  if (skipped.value_or(0) > 0 && owns_channel(event, source)) {
    book_.gap += *skipped;
    book_.last_gap = now;
  }
  return skipped.has_value();
}

Bookmark& Ledger::bookmark_of(const Event& event) {
  auto& bookmarks = book_.bookmarks;
  const BookmarkKey key{event.provider, event.computer, event.channel};
  if (bookmarks.size() >= max_bookmarks && !bookmarks.contains(key)) {
    bookmarks.erase(std::ranges::min_element(
        bookmarks, {}, [](const auto& entry) { return entry.second.marks().back().second; }));
  }
  return bookmarks[key];
}

// Updates the current failures by an event.
void Ledger::update_failures(const LicensingEvent& decoded, const Event& event, SystemTime at,
                             const Windows& windows) {
  switch (decoded.kind) {
    case EventKind::activation_success:
      raise(book_.last_success, at);
      std::erase_if(book_.failures, [&](const Failure& failure) {
        return failure.source == decoded.source && failure.at <= at;
      });
      return;
    case EventKind::activation_failure:
      raise(book_.last_activation_failure, at);
      if (decoded.source == Source::ebs_cal) raise(book_.last_event_5, at);
      [[fallthrough]];
    case EventKind::assignment_failure:
    case EventKind::refusal:
    case EventKind::warning:
      raise(book_.last_failure, at);
      add_failure(failure_of(decoded, event, at), windows.failure);
      break;
    case EventKind::directory_fault:
      raise(book_.last_event_12, at);
      break;
    case EventKind::hint:
      count_in(book_.hints, failure_of(decoded, event, at), windows.failure);
      return;
    case EventKind::note:
      return;
  }
  // Event 12 may come before or after event 5.
  if (decoded.source != Source::ebs_cal || decoded.kind == EventKind::assignment_failure ||
      !within(book_.last_event_12, book_.last_event_5, windows.event_12)) {
    return;
  }
  auto failure = failure_of(decoded, event, *book_.last_event_5);
  failure.event_id = 5;
  failure.kind = EventKind::activation_failure;
  failure.cause = Cause::directory_not_writable;
  failure.strength = Strength::strong;
  failure.code.reset();
  failure.meaning = "event 12 near event 5: SYSTEM may not be permitted to write the directory";
  // An earlier event 12 has already counted the same event 5.
  const bool counted = std::ranges::any_of(book_.failures, [&](const Failure& other) {
    return same_event(other, failure) && other.at == failure.at;
  });
  if (!counted) add_failure(std::move(failure), windows.failure);
}

void Ledger::add_failure(Failure failure, Milliseconds window) {
  const bool over =
      failure.source == source_of_success && book_.last_success && failure.at < *book_.last_success;
  if (!over) count_in(book_.failures, std::move(failure), window);
}

void Ledger::add_unparsed(std::uint64_t count, Origin origin) {
  book_.in_file.unparsed += count;
  if (origin == Origin::maybe_licensing) book_.in_file.unparsed_licensing += count;
  book_.unparsed_in_file += count;
  if (!again_) book_.unparsed += count;
}

void Ledger::start_over() {
  again_ = Again{book_.unparsed_in_file};
  book_.unparsed_in_file = 0;
  book_.in_file = {};
}

void Ledger::finish_pass() {
  if (!again_) return;
  if (again_->same_file.value_or(true)) {
    // An incomplete pass has not found all of them again.
    const auto known = again_->unparsed_before;
    book_.unparsed += book_.unparsed_in_file - std::min(book_.unparsed_in_file, known);
    book_.unparsed_in_file = std::max(book_.unparsed_in_file, known);
  } else {
    book_.unparsed += book_.unparsed_in_file;
  }
  again_.reset();
}

}  // namespace cal::winlog
