#include "probes/farm/key_pack_file.h"

#include "agent/base/text.h"
#include "probes/farm/key_packs.h"
#include "probes/farm/pack_sums.h"
#include "probes/inventory/product_key.h"
#include "probes/inventory/table_file.h"

#include <fmt/format.h>

namespace cal::farm {

namespace {

using inventory::LicenseCounts;
using inventory::TimeRange;

constexpr std::string_view version_names[]{"ProductVersionID"};
constexpr std::string_view total_names[]{"TotalLicenses"};

std::string moment_text(const TimeRange& range) {
  if (range.earliest == range.latest) return time_text(range.earliest);
  return fmt::format("between {} and {}", time_text(range.earliest), time_text(range.latest));
}

// Adds the rows of a file up. A row with an error makes the sums unknown, so that the whole file is
// refused; one with an unknown version or kind is none of the known ones and is left out.
class KeyPackCounts {
 public:
  KeyPackCounts(LicenseCounts& into, SystemTime now) : into_(into), now_(now) {}

  // The error; empty: none.
  std::string add(const inventory::Row& row) {
    const PackColumn column = [&](const char* name) { return std::string(row.find({name})); };
    const auto read = reader_.read(column);
    const auto id = inventory::shown(column("KeyPackId"));
    if (!read) {
      if (!read.error().unknown_id) return read.error().what;
      return leave_out(fmt::format("key pack {} ({}): {}", id.empty() ? "?" : id,
                                   inventory::shown(column("ProductVersion")), read.error().what),
                       column);
    }
    if (!*read) return "";
    const auto& [use, pack] = **read;
    name_ = fmt::format("key pack {} ({}, {}, {})", id, edition_of(pack),
                        inventory::shown(column("ProductVersion")), name_of(pack.kind));
    switch (use) {
      case PackUse::built_in:
        note(fmt::format("key pack {} ({}): built-in, not counted", id,
                         inventory::shown(column("ProductVersion"))));
        return "";
      case PackUse::unlimited:
        into_.temporary.reset();
        note(fmt::format("{}: unlimited, not counted; {} issued", name_,
                         inventory::shown(column("IssuedLicenses"))));
        return "";
      case PackUse::temporary:
        if (notes_end(pack)) return "";
        if (into_.temporary) *into_.temporary += pack.issued;
        note(fmt::format("{}: temporary, not counted; {} issued", name_, pack.issued));
        return "";
      case PackUse::overused:
        note(fmt::format("{}: overused, {} issued without a license", name_, pack.issued));
        if (pack.issued > 0) add_up(pack, now_, into_.counts);
        return "";
      case PackUse::counts:
        return add_counted(pack);
    }
    return "";
  }

 private:
  void note(std::string text) { into_.notes.push_back(std::move(text)); }

  std::string leave_out(std::string text, const PackColumn& column) {
    into_.not_understood.push_back(fmt::format("{}; not counted: {} licenses, {} issued", text,
                                               inventory::shown(column("TotalLicenses")),
                                               inventory::shown(column("IssuedLicenses"))));
    return "";
  }

  bool notes_end(const KeyPack& pack) {
    if (!has_ended(pack, now_)) return false;
    note(fmt::format("{}: {} not counted: expired {}", name_,
                     counted(pack.total, "license is", "licenses are"), moment_text(*pack.ends)));
    return true;
  }

  std::string add_counted(const KeyPack& pack) {
    if (notes_end(pack)) return "";
    if (pack.ends && pack.ends->earliest <= now_) {
      return "the date under ExpirationDate may be past or to come, whichever of day and month is "
             "first; Export-KeyPacks.ps1 writes dates that are not ambiguous";
    }
    if (pack.ends) {
      note(fmt::format("{}: {} {}", name_,
                       counted(pack.total, "license expires", "licenses expire"),
                       moment_text(*pack.ends)));
    }
    add_up(pack, now_, into_.counts);
    return "";
  }

  LicenseCounts& into_;
  SystemTime now_;
  KeyPackReader reader_;
  std::string name_;  // of the row
};

// Beside the list, or in its rows, if they are of one server.
std::string server_named_in(const inventory::Table& table) {
  auto name = table.envelope.find({"computer"});
  for (const auto& row : table.rows) {
    const auto of_row = row.find({"PSComputerName"});
    if (of_row.empty() || of_row == name) continue;
    if (!name.empty()) return {};
    name = of_row;
  }
  return inventory::shown(std::string(name));
}

}  // namespace

tl::expected<LicenseCounts, inventory::FileFault> read_key_packs(const std::filesystem::path& file,
                                                                 SystemTime now) {
  const auto content = inventory::read_table(file, version_names, total_names);
  if (!content) return tl::unexpected(content.error());
  LicenseCounts found{.counts = {},
                      .data_at = content->data_at,
                      .server = server_named_in(content->table),
                      .temporary = 0};
  KeyPackCounts counts(found, now);
  for (const auto& row : content->table.rows) {
    if (auto fault = counts.add(row); !fault.empty()) {
      return tl::unexpected(inventory::unreadable(file, {row.line(), std::move(fault)}));
    }
  }
  return found;
}

}  // namespace cal::farm
