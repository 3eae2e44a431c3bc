#include "probes/shared/security_log_options.h"

#include "probes/shared/file_options.h"

#include <utility>

namespace cal {

namespace {

actors::LogSource read_source(Options::Item item, Options& directory) {
  constexpr auto form = "give { jsonl: FILE } or { evtx: FILE }, or a list of them";
  if (!item.mapping) {
    directory.error("security_log", form);
    return {};
  }
  auto& source = *item.mapping;
  const auto evtx = optional_file(source, "evtx");
  const auto jsonl = optional_file(source, "jsonl");
  if (evtx.has_value() == jsonl.has_value()) source.error("", form);
  source.reject_unknown_keys();
  return {evtx ? actors::Format::evtx : actors::Format::jsonl, evtx.value_or(jsonl.value_or(""))};
}

}  // namespace

std::vector<actors::LogSource> read_security_log(Options& directory) {
  const bool is_wanted = directory.flag_or("actors", false);
  std::vector<actors::LogSource> log;
  for (auto& item : directory.items("security_log")) {
    log.push_back(read_source(std::move(item), directory));
  }
  if (is_wanted && log.empty()) {
    directory.error("actors",
                    "'actors' needs 'security_log', the exported security log of the domain "
                    "controllers");
  }
  if (!is_wanted && !log.empty()) {
    directory.error("security_log", "'security_log' has no effect without 'actors: true'");
  }
  return log;
}

}  // namespace cal
