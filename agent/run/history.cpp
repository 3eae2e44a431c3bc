#include "agent/run/history.h"

#include <algorithm>
#include <string>
#include <utility>

namespace cal {

namespace {

bool is_clear(const Episode& episode) { return episode.outcome->reason->verdict == Verdict::clear; }

bool same_finding(const Outcome& left, const Outcome& right) {
  return left.reason->word == right.reason->word && left.summary == right.summary &&
         std::ranges::equal(left.evidence, right.evidence,
                            [](const Evidence& a, const Evidence& b) {
                              return a.verdict == b.verdict && a.item == b.item && a.text == b.text;
                            });
}

// What the allocator takes for so many bytes: glibc's blocks have 8 bytes of its own, in steps
// of 16.
std::size_t block(std::size_t bytes) { return bytes == 0 ? 0 : (bytes + 8 + 15) / 16 * 16; }

std::size_t block_of(const std::string& text) {
  static const auto inside_itself = std::string().capacity();
  return text.capacity() <= inside_itself ? 0 : block(text.capacity() + 1);
}

template <class Element>
std::size_t block_of(const std::vector<Element>& elements) {
  return block(elements.capacity() * sizeof(Element));
}

// What an episode takes in memory, to within what shared pointers and the deque keep of their own.
std::size_t size_of(const Episode& episode) {
  const auto& outcome = *episode.outcome;
  std::size_t size = sizeof(Episode) + block(sizeof(Outcome)) + block_of(outcome.summary) +
                     block_of(outcome.evidence) + block_of(outcome.phases) +
                     block_of(outcome.samples) + block_of(outcome.implications);
  for (const auto& evidence : outcome.evidence) {
    size += block_of(evidence.item) + block_of(evidence.text);
  }
  for (const auto& sample : outcome.samples) {
    size += block_of(sample.label_values);
    for (const auto& value : sample.label_values) size += block_of(value);
  }
  for (const auto& implied : outcome.implications) {
    size += block_of(implied.sentence) + block_of(implied.first_step);
  }
  return size;
}

// What is worth keeping when an episode is over: the metrics, and what spoke for a cause, are of
// the newest alone. A copy, so that nothing has more room than it needs.
std::shared_ptr<const Outcome> to_keep(const Outcome& outcome) {
  return std::make_shared<const Outcome>(
      Outcome{outcome.reason, outcome.summary, outcome.evidence, outcome.phases});
}

}  // namespace

void History::add(std::shared_ptr<const Outcome> outcome, SystemTime ended,
                  std::chrono::nanoseconds took) {
  if (!episodes_.empty() && same_finding(*episodes_.front().outcome, *outcome)) {
    auto& episode = episodes_.front();
    bytes_ -= size_of(episode);
    episode.outcome = std::move(outcome);
    episode.last = ended;
    episode.longest = std::max(episode.longest, took);
    ++episode.runs;
  } else {
    if (!episodes_.empty()) {
      auto& last = episodes_.front();
      bytes_ -= size_of(last);
      last.outcome = to_keep(*last.outcome);
      bytes_ += size_of(last);
    }
    episodes_.push_front({ended, ended, 1, took, std::move(outcome)});
  }
  bytes_ += size_of(episodes_.front());
  shrink();
}

// First the oldest clear ones go, then the oldest of all, but never the newest nor the turn.
void History::shrink() {
  while (bytes_ > max_bytes_ && episodes_.size() > 1) {
    const auto all = episodes();
    const auto turn = turn_of(all);
    const auto may_go = [&](std::size_t i) {
      return i > 0 && &all[i] != turn.last_good && &all[i] != turn.first_bad &&
             &all[i] != turn.good_again;
    };
    std::size_t victim = 0;
    for (auto i = all.size(); i-- > 1 && victim == 0;) {
      if (may_go(i) && is_clear(all[i])) victim = i;
    }
    for (auto i = all.size(); i-- > 1 && victim == 0;) {
      if (may_go(i)) victim = i;
    }
    if (victim == 0) return;
    bytes_ -= size_of(all[victim]);
    episodes_.erase(episodes_.begin() + static_cast<std::ptrdiff_t>(victim));
  }
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
