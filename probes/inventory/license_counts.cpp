#include "probes/inventory/license_counts.h"

#include "agent/base/text.h"
#include "probes/inventory/product_key.h"
#include "probes/inventory/table_file.h"
#include "probes/inventory/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace cal::inventory {

namespace {

constexpr std::string_view edition_names[]{"edition", "cal_suite", "license", "product", "name"};
constexpr std::string_view installed_names[]{"installed", "installed_licenses", "total",
                                             "total_licenses", "quantity"};

// Collects the error in one row, so that reading a number takes one line.
class CountReader {
 public:
  explicit CountReader(const Row& row) : row_(row) {}

  std::optional<std::int64_t> read(std::string_view name, ColumnNames names) {
    const auto text = row_.find(names);
    if (text.empty()) return std::nullopt;
    const auto count = parse_count(text);
    if (!count || *count > max_count) fault_ = fmt::format("no whole number under {}", name);
    return count;
  }

  std::optional<std::int64_t> read(std::string_view name,
                                   std::initializer_list<std::string_view> names) {
    return read(name, ColumnNames(names.begin(), names.size()));
  }

  const std::string& fault() const { return fault_; }

 private:
  static constexpr std::int64_t max_count = 1'000'000'000;

  const Row& row_;
  std::string fault_;
};

// Whether everybody who may hold such a license is counted: what is missing is not 0.
bool knows_holders(const LicenseCount& count) {
  switch (count.kind) {
    case LicenseKind::user:
      return count.users.has_value();
    case LicenseKind::device:
      return count.devices.has_value();
    case LicenseKind::universal:
      return count.users && count.devices;
    case LicenseKind::other:
      break;
  }
  return count.users || count.devices;
}

tl::expected<LicenseCount, TextFault> count_of(const Row& row) {
  CountReader reader(row);
  const auto edition = row.find(edition_names);
  const auto kind = row.find({"kind", "license_kind", "license_type", "type"});
  const auto installed = reader.read("installed", installed_names);
  LicenseCount count{shown(edition), license_kind(kind), installed.value_or(0)};
  count.users = reader.read("assigned_users", {"assigned_users", "users_assigned", "users"});
  count.devices =
      reader.read("assigned_devices", {"assigned_devices", "devices_assigned", "devices"});
  if (!knows_holders(count)) {
    count.users.reset();
    count.devices.reset();
    count.unspecified = reader.read(
        "assigned", {"assigned", "assigned_licenses", "issued", "issued_licenses", "in_use"});
  }
  auto fault = reader.fault();
  if (fault.empty() && edition.empty()) fault = "no edition";
  if (fault.empty() && !installed) fault = "no number of installed licenses (installed)";
  if (fault.empty() && !knows_holders(count) && !count.unspecified) {
    fault = "no number of assigned licenses (assigned_users, assigned_devices or assigned)";
  }
  if (!fault.empty()) return tl::unexpected(TextFault{row.line(), std::move(fault)});
  return count;
}

}  // namespace

std::string_view name_of(LicenseKind kind) {
  switch (kind) {
    case LicenseKind::user:
      return "user";
    case LicenseKind::device:
      return "device";
    case LicenseKind::universal:
      return "universal";
    case LicenseKind::other:
      return "other";
  }
  return "other";
}

LicenseKind license_kind(std::string_view text) {
  if (text.empty()) return LicenseKind::universal;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto says = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
  if (says("universal") || (says("user") && says("device"))) return LicenseKind::universal;
  if (says("user")) return LicenseKind::user;
  if (says("device")) return LicenseKind::device;
  return LicenseKind::other;
}

tl::expected<LicenseCounts, FileFault> read_license_inventory(const std::filesystem::path& file) {
  const auto content = read_table(file, edition_names, installed_names);
  if (!content) return tl::unexpected(content.error());
  LicenseCounts found{.counts = {}, .data_at = content->data_at};
  for (const auto& row : content->table.rows) {
    auto count = count_of(row);
    if (!count) return tl::unexpected(unreadable(file, count.error()));
    const bool twice = std::ranges::any_of(found.counts, [&](const LicenseCount& other) {
      return folded(other.edition) == folded(count->edition) && other.kind == count->kind;
    });
    if (twice) {
      return tl::unexpected(unreadable(
          file, {row.line(), "this edition and kind are already in an earlier row; add them up"}));
    }
    if (found.counts.size() == max_editions) {
      return tl::unexpected(unreadable(file, {row.line(), "more than 100 editions"}));
    }
    found.counts.push_back(std::move(*count));
  }
  return found;
}

}  // namespace cal::inventory
