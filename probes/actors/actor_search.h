// Looks for the actors of changes in the security log of domain controllers, as exported files. The
// log may be of any size: it is read in constant memory, until the deadline, and JSON lines
// continue with the next call. Not thread-safe: every probe has its own.
#pragma once

#include "agent/base/clock.h"
#include "probes/actors/question.h"
#include "probes/winlog/event_sink.h"
#include "probes/winlog/file_position.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cal::actors {

enum class Format { evtx, jsonl };

// A part of the log, such as that of one domain controller. `jsonl` may also be a folder or a
// pattern.
struct LogSource {
  Format format = Format::jsonl;
  std::string file;
};

class ActorSearch {
 public:
  explicit ActorSearch(const std::vector<LogSource>& log);

  // A sentence for each question. The log is read as far as it is new, and from its start if the
  // questions are others than in the call before.
  std::vector<std::string> answer(const std::vector<Question>& questions, Deadline deadline);

  std::vector<LogSource> log() const;

 private:
  // What was found for one question: with a time all records near it that may have broken it,
  // otherwise the newest one of each object and member.
  struct Found {
    std::vector<ChangeRecord> near = {};
    std::map<std::pair<std::size_t, std::size_t>, ChangeRecord> newest = {};
    std::optional<Coverage> time = {};
  };
  struct Part {
    LogSource source;
    winlog::FilePosition position = {};
    std::uint64_t unreadable = 0;  // records, up to the position
  };
  class Sink;

  void start_over(const std::vector<Question>& questions);
  void read(Deadline deadline);
  void note(const winlog::Event& event);
  void keep(const ChangeRecord& record, const Question& question, Found& found);
  std::vector<ChangeRecord> result_of(const Question& question, const Found& found) const;

  LogCoverage coverage_of(const Found& found) const;

  std::vector<Part> parts_;
  std::vector<Question> questions_;
  std::vector<Found> found_;  // of each question
  bool whole_ = true;         // every part was read to its end
  std::string fault_;         // of a part that cannot be read
};

}  // namespace cal::actors
