#include "agent/config/config.h"

#include "agent/base/file.h"
#include "agent/base/text.h"
#include "agent/config/yaml_check.h"
#include "agent/config/yaml_text.h"
#include "agent/contract/options.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>

namespace cal {

namespace {

using namespace std::chrono_literals;

struct Defaults {
  Milliseconds interval = 1min;
  Milliseconds timeout = 10s;
};

constexpr Milliseconds min_interval = 1s;
constexpr Milliseconds max_interval = 7 * 24h;
constexpr Milliseconds min_timeout = 100ms;
constexpr Milliseconds max_timeout = 10min;

// The user and password of every URL: what is between "://" and the last "@" before the host ends.
std::string mask_passwords(std::string_view yaml) {
  constexpr std::string_view start = "://";
  std::string masked;
  masked.reserve(yaml.size());  // it is kept, so it must not be twice as large
  for (auto at = yaml.find(start); at != yaml.npos; at = yaml.find(start)) {
    masked += yaml.substr(0, at + start.size());
    yaml.remove_prefix(at + start.size());
    const auto authority = yaml.substr(0, yaml.find_first_of("/ \t\r\n"));
    const auto user_end = authority.rfind('@');
    if (user_end == authority.npos || user_end == 0) continue;
    masked += "<masked>";
    yaml.remove_prefix(user_end);
  }
  return masked += yaml;
}

std::string kind_names(const Registry& registry) {
  std::string names;
  for (const auto& kind : registry.kinds) {
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
  }
  return names;
}

Defaults read_defaults(Options options) {
  Defaults defaults;
  defaults.interval =
      options.duration_or("interval", defaults.interval, min_interval, max_interval);
  defaults.timeout = options.duration_or("timeout", defaults.timeout, min_timeout, max_timeout);
  options.reject_unknown_keys();
  return defaults;
}

std::shared_ptr<Instance> read_probe(const std::string& network, const ProbeKind& kind,
                                     Options& options, const Defaults& defaults,
                                     ProbeContext context) {
  auto instance = std::make_shared<Instance>();
  instance->network = network;
  instance->kind = &kind;
  instance->interval =
      options.duration_or("interval", defaults.interval, min_interval, max_interval);
  const auto longest = std::min(defaults.timeout, instance->interval);
  instance->timeout = options.duration_or("timeout", longest, min_timeout, max_timeout);
  if (instance->timeout > instance->interval) {
    options.error("timeout",
                  fmt::format("the timeout {} is longer than the interval {}",
                              duration_text(instance->timeout), duration_text(instance->interval)));
  }
  context.interval = instance->interval;
  instance->probe = kind.make(options, context);
  if (instance->probe) instance->causes = instance->probe->causes();
  if (instance->causes.empty() && kind.cause) instance->causes = {*kind.cause};
  instance->settings = sha256(options.canonical({"interval", "timeout"}));
  options.reject_unknown_keys();
  return instance;
}

// As configured, or as the probes suggest.
Profile read_profile(Options& network, const std::vector<std::shared_ptr<Instance>>& instances) {
  using Choice = std::optional<Profile>;
  const auto configured = network.choice_or(
      "profile", Choice(), {{"ebs", Choice(Profile::ebs)}, {"rds", Choice(Profile::rds)}});
  if (configured) return *configured;
  const bool is_rds = std::ranges::any_of(instances, [](const auto& each) {
    return each->probe && each->probe->profile() == Profile::rds;
  });
  return is_rds ? Profile::rds : Profile::ebs;
}

void read_network(Options network, const Defaults& defaults, const Registry& registry,
                  const StateFolder& state, std::set<std::string>& names, Config& config) {
  const auto name = network.text("name");
  if (!name.empty() && !is_network_name(name)) {
    network.error("name", fmt::format("'{}' is not a network name; use up to 64 letters, digits, "
                                      "'.', '_' and '-', beginning with a letter or digit",
                                      name));
  }
  if (!name.empty() && !names.insert(name).second) {
    network.error(
        "name",
        fmt::format("duplicate network '{}'; a network of this name is defined above", name));
  }
  const auto clients = registry.read_clients(network, state);
  const auto settings = sha256(network.canonical({"probes"}));
  auto probes = network.section("probes").named_sections();
  if (probes.empty()) {
    network.error("probes", "a network needs at least one probe under 'probes'; available: " +
                                kind_names(registry));
  }
  std::vector<std::shared_ptr<Instance>> own;
  for (auto& [probe_name, options] : probes) {
    const auto kind = std::ranges::find(registry.kinds, probe_name, &ProbeKind::name);
    if (kind == registry.kinds.end()) {
      options.error(
          "", fmt::format("unknown probe '{}'; available: {}", probe_name, kind_names(registry)));
      continue;
    }
    const ProbeContext context{clients, [&] { return state.file(name, kind->name); }};
    own.push_back(read_probe(name, *kind, options, defaults, context));
  }
  const auto profile = read_profile(network, own);
  auto& instances = network.flag_or("paused", false) ? config.paused : config.instances;
  for (auto& instance : own) {
    instance->profile = profile;
    instance->about_activation = profile == Profile::ebs;
    instance->network_settings = settings;
    instances.push_back(std::move(instance));
  }
  network.reject_unknown_keys();
}

tl::unexpected<ConfigErrors> whole_file_error(const std::filesystem::path& file,
                                              const std::string& text) {
  ConfigErrors errors;
  errors.add({file.string()}, text);
  return tl::unexpected(std::move(errors));
}

bool is_unchanged(const Instance& running, const Instance& fresh) {
  return running.settings == fresh.settings && running.network_settings == fresh.network_settings &&
         running.interval == fresh.interval && running.timeout == fresh.timeout &&
         running.profile == fresh.profile;
}

}  // namespace

bool is_network_name(std::string_view name) {
  constexpr std::size_t max_length = 64;
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= max_length && is_letter_or_digit(name.front()) &&
         std::ranges::all_of(name, [&](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
         });
}

tl::expected<std::string, ConfigErrors> read_config_text(const std::filesystem::path& file) {
  auto text = read_file(file, max_yaml_bytes);
  if (text) return std::move(*text);
  const auto& [error, what] = text.error();
  if (error == ReadError::folder) {
    return whole_file_error(file, "this is a folder; pass the configuration file in it");
  }
  return whole_file_error(
      file, fmt::format("cannot read the configuration file: {}; use --config.file to name another",
                        what));
}

tl::expected<Config, ConfigErrors> load_config(const std::filesystem::path& file,
                                               const Registry& registry, const StateFolder& state) {
  return read_config_text(file).and_then(
      [&](const std::string& text) { return parse_config(text, file, registry, state); });
}

tl::expected<Config, ConfigErrors> parse_config(const std::string& text,
                                                const std::filesystem::path& file,
                                                const Registry& registry,
                                                const StateFolder& state) {
  ConfigErrors errors;
  Config config;
  if (const auto root = parse_yaml(text, file.string(), errors)) {
    Options options(root, file, errors, {file.string(), 1, 1});
    const auto defaults = read_defaults(options.section("defaults"));
    auto networks = options.sections("networks");
    // An empty list is a decision, such as that of a fresh installation; a missing one is an error.
    if (networks.empty() && !(options.has("networks") && (*root)["networks"].IsSequence())) {
      options.error(
          "networks",
          "no networks are configured; list at least one under 'networks', or write [] to "
          "start without any");
    }
    std::set<std::string> names;
    for (auto& network : networks) {
      read_network(std::move(network), defaults, registry, state, names, config);
    }
    options.reject_unknown_keys();
    config.shown = mask_passwords(YAML::Dump(*root) + "\n");
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return config;
}

std::vector<std::string> network_names(const Instances& instances) {
  std::vector<std::string> names;
  for (const auto& each : instances) {
    if (names.empty() || names.back() != each->network) names.push_back(each->network);
  }
  return names;
}

Instances keep_unchanged(const Instances& running, const Instances& fresh) {
  std::map<std::pair<std::string_view, std::string_view>, std::shared_ptr<const Instance>> known;
  for (const auto& instance : running) known[{instance->network, instance->kind->name}] = instance;
  Instances merged;
  for (const auto& instance : fresh) {
    const auto found = known.find({instance->network, instance->kind->name});
    const bool same = found != known.end() && is_unchanged(*found->second, *instance);
    merged.push_back(same ? found->second : instance);
  }
  return merged;
}

}  // namespace cal
