// The configuration file: strict, with all errors at once, turned into the probes to run.
#pragma once

#include "agent/contract/config_errors.h"
#include "agent/contract/probe.h"
#include "agent/contract/state_file.h"
#include "agent/run/instance.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

struct Config {
  Instances instances;
  Instances paused;   // of networks with `paused: true`: checked like the others, but not to be run
  std::string shown;  // the effective configuration for people, passwords in URLs masked
};

// Reads and checks the file. It touches no network and no state; files that it names must exist.
tl::expected<Config, ConfigErrors> load_config(const std::filesystem::path& file,
                                               const Registry& registry,
                                               const StateFolder& state = {});

// Up to 64 letters, digits, '.', '_' and '-', the first a letter or a digit.
bool is_network_name(std::string_view name);

// Only the text of the file.
tl::expected<std::string, ConfigErrors> read_config_text(const std::filesystem::path& file);

// The same from a text, as if it were the content of `file`.
tl::expected<Config, ConfigErrors> parse_config(const std::string& text,
                                                const std::filesystem::path& file,
                                                const Registry& registry,
                                                const StateFolder& state = {});

// The names of the networks, each once.
std::vector<std::string> network_names(const Instances& instances);

// For a reload: the fresh instances, but where network, probe and configuration are unchanged, the
// running one (with its phase, counters and result).
Instances keep_unchanged(const Instances& running, const Instances& fresh);

}  // namespace cal
