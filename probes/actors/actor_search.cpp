#include "probes/actors/actor_search.h"

#include "probes/winlog/evtx_log.h"
#include "probes/winlog/json_log.h"

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace cal::actors {

namespace {

constexpr std::size_t max_near = 16;  // records of one question

std::size_t place_in(const std::vector<Identity>& all, const Identity& identity) {
  return static_cast<std::size_t>(
      std::ranges::find_if(all, [&](const Identity& each) { return is_same(each, identity); }) -
      all.begin());
}

tl::expected<winlog::LogState, winlog::FileFault> read_part(const LogSource& source,
                                                            winlog::FilePosition& position,
                                                            winlog::EventSink& sink,
                                                            Deadline deadline) {
  const auto& [format, file] = source;
  try {
    return format == Format::evtx ? winlog::read_evtx_log(file, position, sink, deadline,
                                                          winlog::EvtxSelection::security)
                                  : winlog::follow_json_log(file, position, sink, deadline);
  } catch (const std::system_error& error) {
    return tl::unexpected(winlog::FileFault{false, fmt::format("read {}: {}", file, error.what())});
  }
}

void cover(const winlog::Event& event, std::optional<Coverage>& time) {
  if (!time) time = Coverage{event.time, event.time};
  time->first = std::min(time->first, event.time);
  time->last = std::max(time->last, event.time);
  time->named = time->named && !event.computer.empty();
}

}  // namespace

class ActorSearch::Sink : public winlog::EventSink {
 public:
  Sink(ActorSearch& search, Part& part) : search_(search), part_(part) {}

  void event(const winlog::Event& event) override { search_.note(event); }
  void others(std::uint64_t /*count*/, std::uint64_t /*elsewhere*/) override {}
  void unparsed(std::uint64_t count, winlog::Origin /*origin*/) override {
    part_.unreadable += count;
  }
  // Records that are found again are known.
  void start_over() override { part_.unreadable = 0; }

 private:
  ActorSearch& search_;
  Part& part_;
};

ActorSearch::ActorSearch(const std::vector<LogSource>& log) {
  for (const auto& source : log) parts_.push_back({source});
}

std::vector<LogSource> ActorSearch::log() const {
  std::vector<LogSource> log;
  for (const auto& part : parts_) log.push_back(part.source);
  return log;
}

std::vector<std::string> ActorSearch::answer(const std::vector<Question>& questions,
                                             Deadline deadline) {
  if (questions != questions_) start_over(questions);
  if (!questions.empty()) read(deadline);
  std::vector<std::string> answers;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    answers.push_back(
        answer_text(questions_[i], result_of(questions_[i], found_[i]), coverage_of(found_[i])));
  }
  return answers;
}

void ActorSearch::start_over(const std::vector<Question>& questions) {
  questions_ = questions;
  found_ = std::vector<Found>(questions.size());
  for (auto& part : parts_) part = {part.source};
}

void ActorSearch::read(Deadline deadline) {
  whole_ = true;
  fault_.clear();
  for (auto& part : parts_) {
    Sink sink(*this, part);
    const auto state = read_part(part.source, part.position, sink, deadline);
    if (!state) {
      fault_ = state.error().text;
    } else if (!state->whole) {
      whole_ = false;
    }
  }
}

void ActorSearch::note(const winlog::Event& event) {
  if (!is_of_security_log(event)) return;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    if (may_be_on(event.computer, questions_[i])) cover(event, found_[i].time);
  }
  for (const auto& record : changes_in(event)) {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
      if (is_about(record, questions_[i])) keep(record, questions_[i], found_[i]);
    }
  }
}

LogCoverage ActorSearch::coverage_of(const Found& found) const {
  LogCoverage coverage{.time = found.time, .whole = whole_, .fault = fault_};
  for (const auto& part : parts_) coverage.unreadable += part.unreadable;
  return coverage;
}

void ActorSearch::keep(const ChangeRecord& record, const Question& question, Found& found) {
  if (question.at) {
    const bool is_known = std::ranges::find(found.near, record) != found.near.end();
    const bool is_wanted = !is_known && may_have_broken(record, question);
    if (is_wanted && found.near.size() < max_near) found.near.push_back(record);
    return;
  }
  // One that does not show what it did may be later than the one that broke it.
  if (question.broke != Effect::changed && record.effect == Effect::changed) return;
  const std::pair key{place_in(question.objects, record.object),
                      place_in(question.members, record.member)};
  const auto [at, is_new] = found.newest.try_emplace(key, record);
  if (!is_new && record.at >= at->second.at) at->second = record;
}

std::vector<ChangeRecord> ActorSearch::result_of(const Question& question,
                                                 const Found& found) const {
  if (question.at) return found.near;
  std::vector<ChangeRecord> records;
  for (const auto& [key, record] : found.newest) {
    if (!may_have_broken(record, question)) continue;
    if (records.empty() || record.at > records.front().at) records = {record};
  }
  return records;
}

}  // namespace cal::actors
