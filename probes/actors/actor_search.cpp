#include "probes/actors/actor_search.h"

#include "probes/winlog/evtx_log.h"
#include "probes/winlog/json_log.h"

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace cal::actors {

namespace {

constexpr std::size_t max_near = 16;       // records of one question
constexpr std::size_t max_computers = 64;  // whose coverage is kept

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
    return tl::unexpected(
        winlog::FileFault{false, fmt::format("read {}: {}", file.string(), error.what())});
  }
}

}  // namespace

class ActorSearch::Sink : public winlog::EventSink {
 public:
  explicit Sink(ActorSearch& search) : search_(search) {}

  void event(const winlog::Event& event) override { search_.note(event); }
  void others(std::uint64_t /*count*/, std::uint64_t /*elsewhere*/) override {}
  void unparsed(std::uint64_t count, winlog::Origin /*origin*/) override {
    search_.coverage_.unreadable += count;
  }
  // Records that are found again are known.
  void start_over() override { search_.coverage_.unreadable = 0; }

 private:
  ActorSearch& search_;
};

ActorSearch::ActorSearch(std::vector<LogSource> log) : log_(std::move(log)) {}

std::vector<std::string> ActorSearch::answer(const std::vector<Question>& questions,
                                             Deadline deadline) {
  if (questions != questions_) start_over(questions);
  if (!questions.empty()) read(deadline);
  std::vector<std::string> answers;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    answers.push_back(answer_text(questions_[i], result_of(questions_[i], found_[i]), coverage_));
  }
  return answers;
}

void ActorSearch::start_over(const std::vector<Question>& questions) {
  questions_ = questions;
  found_ = std::vector<Found>(questions.size());
  positions_ = std::vector<winlog::FilePosition>(log_.size());
  coverage_ = {};
}

void ActorSearch::read(Deadline deadline) {
  coverage_.whole = true;
  coverage_.fault.clear();
  Sink sink(*this);
  for (std::size_t i = 0; i < log_.size(); ++i) {
    const auto state = read_part(log_[i], positions_[i], sink, deadline);
    if (!state) {
      coverage_.fault = state.error().text;
    } else if (!state->whole) {
      coverage_.whole = false;
    }
  }
}

void ActorSearch::note(const winlog::Event& event) {
  if (!is_of_security_log(event)) return;
  auto& computers = coverage_.computers;
  if (const auto known = computers.find(event.computer); known != computers.end()) {
    known->second.first = std::min(known->second.first, event.time);
    known->second.last = std::max(known->second.last, event.time);
  } else if (computers.size() < max_computers) {
    computers.try_emplace(event.computer, Coverage{event.time, event.time});
  }
  for (const auto& record : changes_in(event)) {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
      if (is_about(record, questions_[i])) keep(record, questions_[i], found_[i]);
    }
  }
}

void ActorSearch::keep(const ChangeRecord& record, const Question& question, Found& found) {
  if (question.at) {
    const bool is_known = std::ranges::find(found.near, record) != found.near.end();
    if (!is_known && found.near.size() < max_near) found.near.push_back(record);
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
  std::vector<ChangeRecord> records;
  if (question.at) {
    std::ranges::copy_if(found.near, std::back_inserter(records),
                         [&](const ChangeRecord& each) { return may_have_broken(each, question); });
    return records;
  }
  for (const auto& [key, record] : found.newest) {
    if (!may_have_broken(record, question)) continue;
    if (records.empty() || record.at > records.front().at) records = {record};
  }
  return records;
}

}  // namespace cal::actors
