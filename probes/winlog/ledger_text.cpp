#include "probes/winlog/ledger_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

namespace cal::winlog {

namespace {

using Json = nlohmann::ordered_json;

std::int64_t ticks(SystemTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

SystemTime time_of(const Json& json) {
  return SystemTime(std::chrono::nanoseconds(json.get<std::int64_t>()));
}

Json optional_time(const std::optional<SystemTime>& time) {
  return time ? Json(ticks(*time)) : Json();
}

std::optional<SystemTime> optional_time_of(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(time_of(json));
}

Json json_of(const FilePosition& position) {
  return {position.device,    position.inode,    position.offset, position.head,
          position.head_size, position.modified, position.damaged};
}

FilePosition position_of(const Json& json) {
  return {json.at(0).get<std::uint64_t>(), json.at(1).get<std::uint64_t>(),
          json.at(2).get<std::uint64_t>(), json.at(3).get<std::uint64_t>(),
          json.at(4).get<std::uint64_t>(), json.at(5).get<std::int64_t>(),
          json.at(6).get<bool>()};
}

constexpr std::array kinds{EventKind::activation_failure, EventKind::assignment_failure};

Json json_of(const Failure& failure) {
  // 0.1 knows neither warnings and refusals, which it takes for failures, nor a kind of hints.
  const bool is_warning = failure.kind == EventKind::warning;
  const bool is_refusal = failure.kind == EventKind::refusal;
  const bool is_assignment = failure.kind == EventKind::assignment_failure;
  return {{"kind", is_warning || is_refusal || is_assignment ? 1 : 0},
          {"warning", is_warning},
          {"refusal", is_refusal},
          {"cause", name_of(failure.cause)},
          {"strength", static_cast<int>(failure.strength)},
          {"at", ticks(failure.at)},
          {"first_at", ticks(failure.first_at)},
          {"count", failure.count},
          {"source", name_of(failure.source)},
          {"event_id", failure.event_id},
          {"computer", failure.computer},
          {"user", failure.user},
          {"named_user", failure.named_user},
          {"meaning", failure.meaning},
          {"data", failure.data},
          {"code", failure.code ? Json(*failure.code) : Json()}};
}

Cause cause_of(const std::string& word) {
  const auto found = std::ranges::find(all_causes, word, [](Cause each) { return name_of(each); });
  if (found == all_causes.end()) throw std::invalid_argument(word);
  return *found;
}

// A text from an older program has no source: events 5, 9 and 11 were those of EBS.
Source source_of(const Json& json, std::uint32_t event_id) {
  const auto word = json.value("source", event_id < 12 ? "ebs_cal" : "rds_licensing");
  const auto* const found =
      std::ranges::find(all_sources, word, [](Source each) { return name_of(each); });
  if (found == all_sources.end()) throw std::invalid_argument(word);
  return *found;
}

// Older versions have none.
std::optional<std::uint32_t> code_of(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<std::uint32_t>());
}

EventKind kind_of(const Json& json) {
  if (json.value("warning", false)) return EventKind::warning;
  if (json.value("refusal", false)) return EventKind::refusal;
  return kinds.at(json.at("kind").get<std::size_t>());
}

Failure failure_of(const Json& json) {
  const auto strength = json.at("strength").get<int>();
  const auto event_id = json.at("event_id").get<std::uint32_t>();
  return {.kind = kind_of(json),
          .cause = cause_of(json.at("cause").get<std::string>()),
          .strength = static_cast<Strength>(std::clamp(strength, 1, 3)),
          .at = time_of(json.at("at")),
          .first_at = time_of(json.value("first_at", json.at("at"))),
          .count = json.value("count", std::uint64_t{1}),
          .source = source_of(json, event_id),
          .event_id = event_id,
          .computer = json.at("computer").get<std::string>(),
          .user = json.at("user").get<std::string>(),
          .named_user = json.value("named_user", ""),
          .meaning = json.at("meaning").get<std::string>(),
          .data = json.at("data").get<std::string>(),
          .code = code_of(json.value("code", Json()))};
}

Json json_of(const Bookmark& bookmark) {
  auto marks = Json::array();
  for (const auto& mark : bookmark.marks()) marks.push_back({mark.record_id, mark.second});
  return marks;
}

Bookmark bookmark_of(const Json& json) {
  std::vector<Bookmark::Mark> marks;
  for (const auto& mark : json) {
    marks.push_back({mark.at(0).get<std::uint64_t>(), mark.at(1).get<std::int64_t>()});
  }
  if (marks.empty()) throw std::invalid_argument("a bookmark without a mark");
  return Bookmark(std::move(marks));
}

Json json_of(const InFile& in_file) {
  return {in_file.read, in_file.unparsed, in_file.unparsed_licensing, in_file.elsewhere};
}

// 0.1 did not save it. What it had read of the file it had understood, or counted as unparsed.
InFile in_file_of(const Json& json) {
  if (const auto found = json.find("in_file"); found != json.end()) {
    return {.read = found->at(0).get<std::uint64_t>(),
            .elsewhere = found->size() > 3 ? found->at(3).get<std::uint64_t>() : 0,
            .unparsed = found->at(1).get<std::uint64_t>(),
            .unparsed_licensing = found->at(2).get<std::uint64_t>()};
  }
  return {.read = json.at("bookmarks").size()};
}

Book book_of(const Json& json) {
  Book book{.position = position_of(json.at("position")),
            .counts = {},
            .gap = json.at("gap").get<std::uint64_t>(),
            .last_gap = optional_time_of(json.value("last_gap", Json())),
            .unparsed = json.at("unparsed").get<std::uint64_t>(),
            .unparsed_in_file = json.at("unparsed_in_file").get<std::uint64_t>(),
            .in_file = in_file_of(json),
            .last_success = optional_time_of(json.at("last_success")),
            .last_failure = optional_time_of(json.at("last_failure")),
            .last_activation_failure = optional_time_of(json.at("last_activation_failure")),
            .last_event_5 = optional_time_of(json.at("last_event_5")),
            .last_event_12 = optional_time_of(json.at("last_event_12")),
            .failures = {},
            .hints = {},
            .bookmarks = {}};
  for (const auto& entry : json.at("counts")) {
    const auto key = entry.at(0).get<std::array<std::string, 3>>();
    const auto count = entry.at(1).get<std::uint64_t>();
    if (count > 0) book.counts[{key[0], key[1], key[2]}] = count;  // older versions saved every 0
  }
  for (const auto& failure : json.at("failures")) book.failures.push_back(failure_of(failure));
  for (const auto& hint : json.value("hints", Json::array())) {
    book.hints.push_back(failure_of(hint));
    book.hints.back().kind = EventKind::hint;
  }
  for (const auto& entry : json.at("bookmarks")) {
    book.bookmarks[entry.at(0).get<BookmarkKey>()] = bookmark_of(entry.at(1));
  }
  return book;
}

}  // namespace

std::string ledger_text(const Book& book) {
  auto counts = Json::array();
  for (const auto& [key, count] : book.counts) counts.push_back({key.texts(), count});
  auto failures = Json::array();
  for (const auto& failure : book.failures) failures.push_back(json_of(failure));
  auto hints = Json::array();
  for (const auto& hint : book.hints) hints.push_back(json_of(hint));
  auto bookmarks = Json::array();
  for (const auto& [key, bookmark] : book.bookmarks) bookmarks.push_back({key, json_of(bookmark)});
  const Json json{{"position", json_of(book.position)},
                  {"counts", std::move(counts)},
                  {"gap", book.gap},
                  {"last_gap", optional_time(book.last_gap)},
                  {"unparsed", book.unparsed},
                  {"unparsed_in_file", book.unparsed_in_file},
                  {"in_file", json_of(book.in_file)},
                  {"last_success", optional_time(book.last_success)},
                  {"last_failure", optional_time(book.last_failure)},
                  {"last_activation_failure", optional_time(book.last_activation_failure)},
                  {"last_event_5", optional_time(book.last_event_5)},
                  {"last_event_12", optional_time(book.last_event_12)},
                  {"failures", std::move(failures)},
                  {"hints", std::move(hints)},
                  {"bookmarks", std::move(bookmarks)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<Book> parse_ledger(std::string_view text) {
  try {
    return book_of(Json::parse(text));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace cal::winlog
