#include "agent/run/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace cal {

namespace {

bool is_clear(const Episode& episode) { return episode.outcome->reason->verdict == Verdict::clear; }

bool same_finding(const Outcome& left, const Outcome& right) {
  return left.reason->word == right.reason->word && severity_of(left) == severity_of(right) &&
         left.summary == right.summary &&
         std::ranges::equal(left.evidence, right.evidence,
                            [](const Evidence& a, const Evidence& b) {
                              return a.verdict == b.verdict && a.item == b.item && a.text == b.text;
                            });
}

// What the allocator takes for so many bytes: glibc adds 8 bytes and rounds up to 16.
std::size_t block(std::size_t bytes) { return bytes == 0 ? 0 : (bytes + 8 + 15) / 16 * 16; }

std::size_t block_of(const std::string& text) {
  static const auto inside_itself = std::string().capacity();
  return text.capacity() <= inside_itself ? 0 : block(text.capacity() + 1);
}

template <class Element>
std::size_t block_of(const std::vector<Element>& elements) {
  return block(elements.capacity() * sizeof(Element));
}

// What an episode takes in memory, to within what shared pointers and the vector add.
std::size_t size_of(const Episode& episode) {
  // Names every member, so that a new one is not forgotten here.
  const auto& [reason, summary, evidence, phases, samples, implications, contradicts,
               source_data_at, action, severity, object, licenses, repair, began, who_queries,
               actors, open_summary, no_activation_failed] = *episode.outcome;
  std::size_t size = sizeof(Episode) + block(sizeof(Outcome)) + block_of(summary) +
                     block_of(evidence) + block_of(phases) + block_of(samples) +
                     block_of(implications) + block_of(action) + block_of(object) +
                     block_of(repair) + block_of(who_queries) + block_of(actors) +
                     block_of(open_summary);
  for (const auto& each : evidence) {
    size += block_of(each.item) + block_of(each.text);
    if (each.meter) size += block(sizeof(Evidence::Meter)) + block_of(each.meter->source);
    if (each.open_text) size += block(sizeof(std::string)) + block_of(*each.open_text);
  }
  for (const auto& sample : samples) {
    size +=
        block(sample.label_values.bytes()) / std::max<std::size_t>(sample.label_values.users(), 1);
  }
  for (const auto& step : repair) {
    for (const auto* text :
         {&step.text, &step.setup, &step.check, &step.command, &step.check_after, &step.undo_check,
          &step.undo, &step.not_undone, &step.prediction, &step.expected, &step.server}) {
      size += block_of(*text);
    }
    size += block_of(step.beside);
    for (const auto& text : step.beside) size += block_of(text);
  }
  for (const auto& query : who_queries) {
    size += block_of(query.text) + block_of(query.setup) + block_of(query.command) +
            block_of(query.beside);
    for (const auto& text : query.beside) size += block_of(text);
  }
  for (const auto& actor : actors) size += block_of(actor);
  for (const auto& implied : implications) {
    size += block_of(implied.sentence) + block_of(implied.first_step);
  }
  return size;
}

// What is not worth keeping when an episode is over: metrics, implications and the plan are those
// of the newest alone. A copy, so that nothing has more capacity than it
// needs.
std::shared_ptr<const Outcome> to_keep(const Outcome& outcome) {
  auto kept = std::make_shared<Outcome>(outcome);
  kept->samples = std::vector<Sample>();
  kept->implications = std::vector<Implication>();
  kept->licenses.reset();
  kept->repair = std::vector<RepairStep>();
  kept->who_queries = std::vector<WhoQuery>();
  kept->actors = std::vector<std::string>();
  return kept;
}

// The evidence is most of it. That there was some is kept: none would read as nothing was seen.
std::shared_ptr<const Outcome> without_evidence(const Outcome& outcome) {
  auto kept = std::make_shared<Outcome>(outcome);
  kept->evidence = std::vector<Evidence>{
      {std::nullopt, "left out", fmt::format("{} more, to save memory", outcome.evidence.size())}};
  return kept;
}

}  // namespace

void History::add(std::shared_ptr<const Outcome> outcome, SystemTime ended,
                  std::chrono::nanoseconds took) {
  if (!episodes_.empty() && same_finding(*episodes_.front().outcome, *outcome)) {
    auto& episode = episodes_.front();
    episode.outcome = std::move(outcome);
    episode.last = ended;
    episode.longest = std::max(episode.longest, took);
    ++episode.runs;
  } else {
    if (!episodes_.empty()) {
      auto& last = episodes_.front();
      last.outcome = to_keep(*last.outcome);
      count(last);
    }
    episodes_.insert(episodes_.begin(), Episode{ended, ended, 1, took, std::move(outcome)});
  }
  count(episodes_.front());
  shrink();
}

void History::count(Episode& episode) {
  bytes_ -= episode.bytes;
  episode.bytes = size_of(episode);
  bytes_ += episode.bytes;
}

void History::limit(std::size_t max_bytes) {
  max_bytes_ = max_bytes;
  shrink();
}

void History::shrink() {
  while (bytes_ > max_bytes_ && (drop_one() || drop_evidence())) {
  }
}

// The oldest clear episode; where there is none, the oldest of all; but never the newest nor one of
// the turn.
bool History::drop_one() {
  const auto turn = turn_of(episodes_);
  const auto may_go = [&](const Episode& episode) {
    return &episode != &episodes_.front() && &episode != turn.last_good &&
           &episode != turn.first_bad && &episode != turn.good_again;
  };
  auto victim = std::find_if(episodes_.rbegin(), episodes_.rend(), [&](const Episode& episode) {
    return may_go(episode) && is_clear(episode);
  });
  if (victim == episodes_.rend()) {
    victim = std::find_if(episodes_.rbegin(), episodes_.rend(), may_go);
  }
  if (victim == episodes_.rend()) return false;
  bytes_ -= victim->bytes;
  episodes_.erase(std::next(victim).base());
  return true;
}

// That of the oldest episode of the turn that has some; the newest keeps its own.
bool History::drop_evidence() {
  for (auto i = episodes_.size(); i-- > 1;) {
    auto smaller = episodes_[i];
    smaller.outcome = without_evidence(*smaller.outcome);
    if (size_of(smaller) >= episodes_[i].bytes) continue;
    episodes_[i] = std::move(smaller);
    count(episodes_[i]);
    return true;
  }
  return false;
}

Turn turn_of(const std::vector<Episode>& newest_first) {
  for (const auto bad : {Verdict::present, Verdict::unknown}) {
    Turn turn;
    for (const auto& episode : newest_first) {
      const auto verdict = episode.outcome->reason->verdict;
      if (verdict == bad) {
        turn.first_bad = &episode;
      } else if (verdict == Verdict::clear && turn.first_bad != nullptr) {
        turn.last_good = &episode;
        break;
      } else if (verdict == Verdict::clear) {
        turn.good_again = &episode;
      }
    }
    if (turn.first_bad != nullptr) return turn;
  }
  return {};
}

}  // namespace cal
