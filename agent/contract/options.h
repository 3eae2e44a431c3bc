// A typed view of one mapping of the configuration file. Reading never throws: an error goes into
// the shared ConfigErrors with file, line and column, and the caller gets a harmless value, so that
// all errors of a file are reported together. Not thread-safe.
#pragma once

#include "agent/base/clock.h"
#include "agent/contract/config_errors.h"

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace YAML {
class Node;
}

namespace cal {

class Options {
 public:
  // Relative paths are relative to the folder of `file`. `parent` is the place of errors when the
  // mapping itself has none, because its key is absent.
  Options(std::shared_ptr<const YAML::Node> node, std::filesystem::path file, ConfigErrors& errors,
          Place parent = {});

  bool has(const std::string& key) const;
  bool is_null(const std::string& key);  // the key is there, without a value
  std::vector<std::string> keys() const;

  // Scalars. `text` requires the key; without it the others return the fallback.
  std::string text(const std::string& key);
  std::string text_or(const std::string& key, std::string fallback);
  bool flag_or(const std::string& key, bool fallback);
  int number_or(const std::string& key, int fallback, int least, int most);
  Milliseconds duration_or(const std::string& key, Milliseconds fallback, Milliseconds least,
                           Milliseconds most);

  // One of a closed list of words.
  template <class T>
  T choice_or(const std::string& key, T fallback,
              std::initializer_list<std::pair<std::string_view, T>> words) {
    const auto word = text_or(key, "");
    if (word.empty()) return fallback;
    std::string allowed;
    for (const auto& [name, value] : words) {
      if (name == word) return value;
      allowed += (allowed.empty() ? "" : ", ") + std::string(name);
    }
    error(key, "'" + word + "' is not allowed; allowed: " + allowed);
    return fallback;
  }

  // A list of strings; a single string counts as a list of one. If the key is present, the list
  // must not be empty.
  std::vector<std::string> texts(const std::string& key);

  // The same, of whole numbers.
  std::vector<int> numbers(const std::string& key, int least, int most);

  // A list whose items are strings or mappings; a single one counts as a list of one.
  struct Item;
  std::vector<Item> items(const std::string& key);

  // The path of a file that may be created later, such as the export of another program; requires
  // the key. A path that begins with $CREDENTIALS_DIRECTORY/ is a credential that systemd passed to
  // the service. As text: std::filesystem::path also stores each component, and probes keep it.
  std::string file(const std::string& key);

  // The path of a file that exists and is readable; otherwise an error, and an empty path.
  std::string readable_file(const std::string& key);

  // Mappings inside this one. `section` returns an empty view when the key is absent.
  Options section(const std::string& key);
  std::vector<Options> sections(const std::string& key);          // of a list of mappings
  std::vector<std::pair<std::string, Options>> named_sections();  // every key is a name

  // Adds an error at the value of `key`, or at the mapping itself when the key is absent.
  void error(const std::string& key, const std::string& text);

  // Call last: every key that was not read is an error.
  void reject_unknown_keys();

  // A canonical text of the mapping without the keys in `leave_out`: equal texts, equal meaning.
  std::string canonical(std::initializer_list<std::string_view> leave_out = {}) const;

 private:
  struct Values;
  static std::shared_ptr<const Values> values_of(const YAML::Node& node);
  std::optional<YAML::Node> find(const std::string& key);
  Place place_of(const YAML::Node& node) const;
  void add_error(const YAML::Node& node, const std::string& text);
  std::optional<std::string> scalar(const std::string& key, std::string_view wanted);

  std::shared_ptr<const YAML::Node> node_;
  std::shared_ptr<const Values> values_;
  std::filesystem::path file_;
  ConfigErrors* errors_;
  Place parent_;
  std::set<std::string> asked_;
};

// One item of a mixed list: a mapping or a string.
struct Options::Item {
  std::string text;
  std::optional<Options> mapping;
};

}  // namespace cal
