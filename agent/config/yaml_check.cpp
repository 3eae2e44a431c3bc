#include "agent/config/yaml_check.h"

#include "agent/config/yaml_tokens.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <vector>

namespace cal {

namespace {

// Follows the parser's events with a stack of the open collections. The size of a node is 1 and the
// characters of its scalars, aliases expanded.
class Checker final : public YAML::EventHandler {
 public:
  Checker(const std::string& file, ConfigErrors& errors) : file_(file), errors_(errors) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf(mark, anchor, std::nullopt);
  }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    leaf(mark, anchor, value);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto target = anchored_.find(anchor);
    // An anchor is known when its node has ended.
    if (target == anchored_.end()) refuse(mark, "this alias refers to a node that contains it");
    const auto& [size, scalar] = target->second;
    expansion_ += size;
    if (expansion_ > max_yaml_expansion) {
      refuse(mark, fmt::format("the aliases of this file expand to more than {} MB",
                               max_yaml_expansion / 1024 / 1024));
    }
    ended(mark, size, scalar);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, false);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, true);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Collection {
    YAML::Mark mark;
    YAML::anchor_t anchor;
    bool is_map;
    bool key_is_next = true;
    std::size_t size = 1;
    std::map<std::string, int> line_of_key = {};
  };

  struct Anchored {
    std::size_t size;
    std::optional<std::string> scalar;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& text) {
    throw YAML::ParserException(mark, text);
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, bool is_map) {
    if (open_.size() >= max_yaml_depth) {
      refuse(mark, fmt::format("this is nested more than {} levels deep", max_yaml_depth));
    }
    open_.push_back({mark, anchor, is_map});
  }

  void close() {
    const auto done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != YAML::NullAnchor) anchored_[done.anchor] = {done.size, std::nullopt};
    ended(done.mark, done.size, std::nullopt);
  }

  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor,
            const std::optional<std::string>& value) {
    const auto size = 1 + (value ? value->size() : 0);
    if (anchor != YAML::NullAnchor) anchored_[anchor] = {size, value};
    ended(mark, size, value);
  }

  // A node has ended: a key or a value of the open mapping, or an item of the open sequence.
  void ended(const YAML::Mark& mark, std::size_t size, const std::optional<std::string>& scalar) {
    if (++nodes_ > max_yaml_nodes) {
      refuse(mark, fmt::format("the file has more than {} values", max_yaml_nodes));
    }
    if (open_.empty()) return;
    auto& parent = open_.back();
    parent.size += size;
    if (!parent.is_map) return;
    if (parent.key_is_next) check_key(parent, mark, scalar);
    parent.key_is_next = !parent.key_is_next;
  }

  void check_key(Collection& map, const YAML::Mark& mark, const std::optional<std::string>& key) {
    const Place place{file_, mark.line + 1, mark.column + 1};
    if (!key) {
      errors_.add(place, "a key must be text; write it in quotes if it is null or ~");
      return;
    }
    const auto [first, is_new] = map.line_of_key.try_emplace(*key, place.line);
    if (is_new) return;
    errors_.add(place,
                fmt::format("duplicate key '{}'; first defined on line {}", *key, first->second));
  }

  const std::string& file_;
  ConfigErrors& errors_;
  std::vector<Collection> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchored_;
  std::size_t expansion_ = 0;
  std::size_t nodes_ = 0;
};

// Says where a second document begins.
class SecondDocument final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    throw YAML::ParserException(mark, "a second YAML document begins here; only one is read");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

}  // namespace

bool check_yaml(const std::string& text, const std::string& file, ConfigErrors& errors) {
  if (text.size() > max_yaml_bytes) {
    errors.add({file}, fmt::format("the file has {} bytes; at most {} MB are read", text.size(),
                                   max_yaml_bytes / 1024 / 1024));
    return false;
  }
  if (token_places(text) > max_yaml_token_places) {
    errors.add({file}, fmt::format("the file has more than {} brackets, quotes and other marks of "
                                   "YAML, too many to be read",
                                   max_yaml_token_places));
    return false;
  }
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Checker checker(file, errors);
    if (parser.HandleNextDocument(checker)) {
      SecondDocument none;
      parser.HandleNextDocument(none);
    }
    return true;
  } catch (const YAML::Exception& error) {
    errors.add({file, error.mark.line + 1, error.mark.column + 1}, "invalid YAML: " + error.msg);
    return false;
  }
}

}  // namespace cal
