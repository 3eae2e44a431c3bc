#include "agent/contract/options.h"

#include "agent/base/file.h"
#include "agent/base/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <unordered_map>

namespace cal {

namespace {

// Levenshtein's distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j + 1] + 1, row[j] + 1, change});
    }
  }
  return row.back();
}

std::string suggestion(std::string_view word, const std::set<std::string>& allowed) {
  const auto nearest = std::ranges::min_element(
      allowed, {}, [&](const std::string& candidate) { return distance(word, candidate); });
  if (nearest == allowed.end() || distance(word, *nearest) > 2) return "";
  return fmt::format("; did you mean '{}'?", *nearest);
}

std::optional<int> whole_number(std::string_view text, int least, int most) {
  int value = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < least || value > most) return std::nullopt;
  return value;
}

// A path below it is a credential (systemd.exec(5), LoadCredential=).
constexpr std::string_view credentials_prefix = "$CREDENTIALS_DIRECTORY/";

// yaml-cpp marks a quoted scalar with the tag "!"; 'yes' in quotes is a string, not a Boolean.
bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

}  // namespace

// By key, since yaml-cpp compares one key after the other. The keys are views of the tree.
struct Options::Values {
  std::unordered_map<std::string_view, YAML::Node> of_key;
};

std::shared_ptr<const Options::Values> Options::values_of(const YAML::Node& node) {
  auto values = std::make_shared<Values>();
  if (!node.IsMap()) return values;
  for (const auto& item : node) {
    if (item.first.IsScalar()) values->of_key.try_emplace(item.first.Scalar(), item.second);
  }
  return values;
}

Options::Options(std::shared_ptr<const YAML::Node> node, std::filesystem::path file,
                 ConfigErrors& errors, Place parent)
    : node_(std::move(node)),
      values_(values_of(*node_)),
      file_(std::move(file)),
      errors_(&errors),
      parent_(std::move(parent)) {
  if (!node_->IsMap() && !node_->IsNull()) add_error(*node_, "expected `key: value` lines here");
}

bool Options::has(const std::string& key) const { return values_->of_key.contains(key); }

bool Options::is_null(const std::string& key) {
  const auto node = find(key);
  return node && node->IsNull();
}

std::vector<std::string> Options::keys() const {
  std::vector<std::string> names;
  if (!node_->IsMap()) return names;
  for (const auto& item : *node_) names.push_back(item.first.Scalar());
  return names;
}

std::string Options::text(const std::string& key) {
  if (!has(key)) {
    asked_.insert(key);
    add_error(*node_, fmt::format("'{}' is missing", key));
    return "";
  }
  return text_or(key, "");
}

std::string Options::text_or(const std::string& key, std::string fallback) {
  return scalar(key, "a string").value_or(std::move(fallback));
}

bool Options::flag_or(const std::string& key, bool fallback) {
  const auto node = find(key);
  if (!node) return fallback;
  bool value = false;
  if (!node->IsScalar() || is_quoted(*node) || !YAML::convert<bool>::decode(*node, value)) {
    add_error(*node, fmt::format("'{}' must be true or false", key));
    return fallback;
  }
  return value;
}

int Options::number_or(const std::string& key, int fallback, int least, int most) {
  const auto written = scalar(key, "a whole number");
  if (!written) return fallback;
  const auto value = whole_number(*written, least, most);
  if (value) return *value;
  error(key, fmt::format("'{}' must be a whole number from {} to {}, not {}", key, least, most,
                         *written));
  return fallback;
}

Milliseconds Options::duration_or(const std::string& key, Milliseconds fallback, Milliseconds least,
                                  Milliseconds most) {
  const auto written = scalar(key, "a duration such as 30s, 5m or 7d");
  if (!written) return fallback;
  const auto value = parse_duration(*written);
  if (!value) {
    error(key, fmt::format("'{}' is not a duration; use a form such as 500ms, 30s, 5m, 2h or 7d",
                           *written));
    return fallback;
  }
  if (*value < least || *value > most) {
    error(key, fmt::format("'{}' must be between {} and {}, not {}", key, duration_text(least),
                           duration_text(most), *written));
    return fallback;
  }
  return *value;
}

std::vector<std::string> Options::texts(const std::string& key) {
  const auto node = find(key);
  if (!node) return {};
  if (node->IsScalar()) return {node->Scalar()};
  std::vector<std::string> list;
  if (!node->IsSequence() || node->size() == 0) {
    add_error(*node, fmt::format("'{}' must be a list with at least one string", key));
    return list;
  }
  for (const auto& item : *node) {
    if (item.IsScalar() && !item.Scalar().empty()) {
      list.push_back(item.Scalar());
    } else {
      add_error(item, fmt::format("'{}' must contain only strings", key));
    }
  }
  return list;
}

std::vector<int> Options::numbers(const std::string& key, int least, int most) {
  std::vector<int> list;
  for (const auto& written : texts(key)) {
    if (const auto value = whole_number(written, least, most)) {
      list.push_back(*value);
    } else {
      error(key, fmt::format("'{}' must contain only whole numbers from {} to {}, not {}", key,
                             least, most, written));
    }
  }
  return list;
}

std::vector<Options::Item> Options::items(const std::string& key) {
  const auto node = find(key);
  std::vector<Item> list;
  if (!node) return list;
  const auto add = [&](const YAML::Node& item) {
    if (item.IsMap()) {
      list.push_back({"", Options(std::make_shared<const YAML::Node>(item), file_, *errors_)});
    } else if (item.IsScalar() && !item.Scalar().empty()) {
      list.push_back({item.Scalar(), std::nullopt});
    } else {
      add_error(item, fmt::format("'{}' must contain only strings or mappings", key));
    }
  };
  if (!node->IsSequence()) {
    add(*node);
  } else {
    for (const auto& item : *node) add(item);
  }
  return list;
}

std::string Options::file(const std::string& key) {
  const auto written = text(key);
  if (written.empty()) return {};
  if (written.starts_with(credentials_prefix)) {
    if (const auto* const folder = std::getenv("CREDENTIALS_DIRECTORY")) {
      return std::filesystem::path(folder) / written.substr(credentials_prefix.size());
    }
    error(key, fmt::format("{} is a credential that systemd passes only to the service; "
                           "CREDENTIALS_DIRECTORY is not set here",
                           written));
    return {};
  }
  return file_.parent_path() / written;  // an absolute path replaces the folder
}

std::string Options::readable_file(const std::string& key) {
  auto path = file(key);
  if (path.empty()) return {};
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    error(key, fmt::format("file {} does not exist", path));
  } else if (std::filesystem::is_directory(path, ignored)) {
    error(key, fmt::format("{} is a folder, not a file", path));
  } else if (!std::filesystem::is_regular_file(path, ignored)) {
    error(key, fmt::format("{} is not a regular file", path));
  } else if (!may_access(path, R_OK)) {
    error(key, fmt::format("file {} is not readable by this user", path));
  } else {
    return path;
  }
  return {};
}

Options Options::section(const std::string& key) {
  auto node = find(key);
  return {std::make_shared<const YAML::Node>(node ? *node : YAML::Node()), file_, *errors_,
          place_of(*node_)};
}

std::vector<Options> Options::sections(const std::string& key) {
  const auto node = find(key);
  std::vector<Options> list;
  if (!node) return list;
  if (!node->IsSequence()) {
    add_error(*node, fmt::format("'{}' must be a list (lines that begin with -)", key));
    return list;
  }
  for (const auto& item : *node) {
    list.emplace_back(std::make_shared<const YAML::Node>(item), file_, *errors_);
  }
  return list;
}

std::vector<std::pair<std::string, Options>> Options::named_sections() {
  std::vector<std::pair<std::string, Options>> list;
  if (!node_->IsMap()) return list;
  for (const auto& item : *node_) {
    const auto name = item.first.Scalar();
    asked_.insert(name);
    list.emplace_back(name,
                      Options(std::make_shared<const YAML::Node>(item.second), file_, *errors_));
  }
  return list;
}

void Options::error(const std::string& key, const std::string& text) {
  const auto node = find(key);
  add_error(node ? *node : *node_, text);
}

void Options::reject_unknown_keys() {
  if (!node_->IsMap()) return;
  for (const auto& item : *node_) {
    const auto key = item.first.Scalar();
    if (asked_.contains(key)) continue;
    add_error(item.first, fmt::format("unknown key '{}'{} (allowed: {})", key,
                                      suggestion(key, asked_), fmt::join(asked_, ", ")));
  }
}

std::string Options::canonical(std::initializer_list<std::string_view> leave_out) const {
  YAML::Emitter out;
  out << YAML::BeginMap;
  if (node_->IsMap()) {
    for (const auto& item : *node_) {
      if (std::ranges::find(leave_out, item.first.Scalar()) != leave_out.end()) continue;
      out << YAML::Key << item.first << YAML::Value << item.second;
    }
  }
  out << YAML::EndMap;
  return out.c_str();
}

std::optional<YAML::Node> Options::find(const std::string& key) {
  if (!key.empty()) asked_.insert(key);  // an empty key is the mapping itself
  const auto found = values_->of_key.find(key);
  return found == values_->of_key.end() ? std::nullopt : std::optional(found->second);
}

Place Options::place_of(const YAML::Node& node) const {
  const auto mark = node.Mark();  // counts from 0; -1 for a node without a place
  if (mark.line < 0) return parent_;
  return {file_.string(), mark.line + 1, mark.column + 1};
}

void Options::add_error(const YAML::Node& node, const std::string& text) {
  errors_->add(place_of(node), text);
}

std::optional<std::string> Options::scalar(const std::string& key, std::string_view wanted) {
  const auto node = find(key);
  if (!node) return std::nullopt;
  if (!node->IsScalar() || node->Scalar().empty()) {
    const auto* empty = node->IsScalar() ? "; it is empty" : "";
    add_error(*node, fmt::format("'{}' must be {}{}", key, wanted, empty));
    return std::nullopt;
  }
  return node->Scalar();
}

}  // namespace cal
