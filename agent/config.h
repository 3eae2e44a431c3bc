// The configuration file: strict, with all mistakes at once, turned into the probes to run.
#pragma once

#include "agent/mistakes.h"
#include "agent/probe.h"
#include "agent/state_file.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace cal {

// One configured probe of one network. Immutable and shared; its address is its identity for the
// scheduler and the board.
struct Instance {
  std::string network;
  const ProbeKind* kind;
  Milliseconds interval;
  Milliseconds timeout;
  std::string fingerprint;  // equal text, equal configuration
  std::shared_ptr<Probe> probe;
  // What it looks for; empty: a symptom, or the licences.
  std::vector<Cause> causes = {};
};

using Instances = std::vector<std::shared_ptr<const Instance>>;

struct Config {
  Instances instances;
  std::string shown;  // the configuration in force for people, passwords in URLs masked
};

// Reads and checks the file. It touches no network and no state; files that it names must exist.
tl::expected<Config, Mistakes> load_config(const std::filesystem::path& file,
                                           const Catalogue& catalogue,
                                           const StateFolder& state = {});

// The file's text alone.
tl::expected<std::string, Mistakes> read_config_text(const std::filesystem::path& file);

// The same from a text, as if it stood in `file`.
tl::expected<Config, Mistakes> parse_config(const std::string& text,
                                            const std::filesystem::path& file,
                                            const Catalogue& catalogue,
                                            const StateFolder& state = {});

// A reload by difference: the fresh instances, but where network, probe and configuration are the
// same, the one that runs already (with its phase, its counters and its result).
Instances keep_unchanged(const Instances& running, const Instances& fresh);

}  // namespace cal
