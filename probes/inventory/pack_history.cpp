#include "probes/inventory/pack_history.h"

#include "agent/base/text.h"
#include "probes/inventory/table_file.h"
#include "probes/inventory/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace cal::inventory {

namespace {

constexpr std::string_view key_names[]{"product_key", "product_keys", "key"};

constexpr std::size_t max_entries = 10'000;

constexpr std::string_view key_form =
    "a product key has at least 15 letters and digits, in groups with hyphens";

constexpr std::string_view masked_key =
    "the product key is masked: all but its last five characters are the same; write it in full";

// Keys in the order in which they were first seen, and the label of each.
class KeyNames {
 public:
  std::size_t index_of(ProductKey key) {
    const auto found = std::ranges::find(keys_, key);
    const auto index = static_cast<std::size_t>(found - keys_.begin());
    if (found == keys_.end()) keys_.push_back(std::move(key));
    return index;
  }

  bool any_is_cut_from(const ProductKey& key) const {
    return std::ranges::any_of(keys_, [&](const auto& each) { return each.is_cut_from(key); });
  }

  std::vector<std::string> labels() const {
    std::map<std::string, int> seen;
    std::vector<std::string> labels;
    for (const auto& key : keys_) {
      auto label = key.last_five();
      const int count = ++seen[label];
      labels.push_back(count == 1 ? std::move(label) : fmt::format("{}-{}", label, count));
    }
    return labels;
  }

 private:
  std::vector<ProductKey> keys_;
};

// Figures in groups of up to four, and what is between them in dates: never a product key, nor a
// part of one that is longer than that.
bool looks_like_a_date(std::string_view text) {
  constexpr std::size_t max_size = 30;
  constexpr std::string_view figures = "0123456789";
  std::size_t in_a_row = 0;
  for (const char c : text) {
    in_a_row = figures.find(c) == figures.npos ? 0 : in_a_row + 1;
    if (in_a_row > 4 || (figures.find(c) == figures.npos && c != '-' && c != '/' && c != '.' &&
                         c != ':' && c != ' ')) {
      return false;
    }
  }
  return text.size() <= max_size;
}

tl::expected<Installation, TextFault> installation_of(const Row& row) {
  const auto fault = [&](std::string_view what) {
    return tl::unexpected(TextFault{row.line(), std::string(what)});
  };
  Installation installation{row.line(), std::nullopt,
                            shown(row.find({"edition", "cal_suite", "license", "product"})),
                            shown(row.find({"kind", "license_kind", "type"})), std::nullopt};
  const auto time = row.find(
      {"installed_at", "installed", "installed_on", "installation_date", "date_installed", "date"});
  if (!time.empty()) {
    installation.at = parse_time(time);
    if (!installation.at) {
      return fault(fmt::format(
          "column installed_at: {} is not a date; enter that pack's installation date, in the form "
          "2026-11-24 or 2026-11-24T18:40:00Z",
          looks_like_a_date(time) ? fmt::format("\"{}\"", time) : "its text"));
    }
  }
  const auto quantity = row.find({"quantity", "count", "licenses", "total"});
  if (!quantity.empty()) {
    installation.quantity = parse_count(quantity);
    if (!installation.quantity) return fault("no whole number under quantity");
  }
  return installation;
}

}  // namespace

tl::expected<std::optional<PlannedKey>, FileFault> read_planned_key(
    const std::filesystem::path& file) {
  const auto content = read_text_file(file);
  if (!content) {
    if (content.error().kind == FileFaultKind::missing) return std::nullopt;
    return tl::unexpected(content.error());
  }
  const auto text = trimmed(view_of(content->text));
  if (text.empty()) return std::nullopt;
  auto key = ProductKey::parse(text);
  if (!key) {
    return tl::unexpected(unreadable(
        file, {0, fmt::format("it does not contain exactly one product key; {}", key_form)}));
  }
  if (key->is_masked()) {
    return tl::unexpected(unreadable(file, {0, std::string(masked_key)}));
  }
  return PlannedKey{std::move(*key), content->written_at};
}

tl::expected<History, FileFault> read_history(const std::filesystem::path& file,
                                              std::optional<PlannedKey> planned) {
  const auto content = read_table(file, key_names);
  if (!content) return tl::unexpected(content.error());
  if (content->table.rows.size() > max_entries) {
    return tl::unexpected(unreadable(file, {0, "more than 10,000 entries"}));
  }
  History history;
  history.data_at = content->data_at;
  KeyNames keys;
  const auto& rows = content->table.rows;
  for (const auto& row : rows) {
    const auto fault = [&](const TextFault& what) {
      auto found = unreadable(file, what);
      found.may_be_cut_off = content->ends_inside_a_line && &row == &rows.back();
      return tl::unexpected(std::move(found));
    };
    auto key = ProductKey::parse(row.find(key_names));
    if (!key) {
      return fault({row.line(), fmt::format("no product key under product_key; {}", key_form)});
    }
    if (key->is_masked()) return fault({row.line(), std::string(masked_key)});
    auto installation = installation_of(row);
    if (!installation) return fault(installation.error());
    const auto index = keys.index_of(std::move(*key));
    if (index == history.packs.size()) history.packs.emplace_back();
    history.packs[index].installations.push_back(std::move(*installation));
    ++history.entries;
  }
  if (planned && keys.any_is_cut_from(planned->key)) {
    return tl::unexpected(unreadable(
        file, {0,
               "the key of the planned pack and one of its keys are the same as far as the "
               "shorter one goes: write both in full"}));
  }
  std::optional<std::size_t> planned_index;
  if (planned) planned_index = keys.index_of(std::move(planned->key));
  const auto labels = keys.labels();
  for (std::size_t i = 0; i < history.packs.size(); ++i) history.packs[i].label = labels[i];
  if (planned) {
    history.planned = PlannedPack{labels[*planned_index], planned->planned_at, std::nullopt};
    if (*planned_index < history.packs.size()) history.planned->installed_as = planned_index;
  }
  return history;
}

}  // namespace cal::inventory
