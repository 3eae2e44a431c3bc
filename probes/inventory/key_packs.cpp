#include "probes/inventory/key_packs.h"

#include "agent/base/text.h"
#include "probes/inventory/product_key.h"
#include "probes/inventory/table_file.h"
#include "probes/inventory/text_file.h"
#include "probes/inventory/times.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal::inventory {

namespace {

constexpr std::string_view version_names[]{"ProductVersionID"};
constexpr std::string_view total_names[]{"TotalLicenses"};

struct KnownVersion {
  std::string_view id;
  std::string_view name;
};

// 2 to 4 are documented; 5 to 7 are reported by servers in the field.
constexpr std::array<KnownVersion, 6> known_versions{{
    {"2", "RDS Windows Server 2008"},
    {"3", "RDS Windows Server 2008 R2"},
    {"4", "RDS Windows Server 2012"},
    {"5", "RDS Windows Server 2016"},
    {"6", "RDS Windows Server 2019"},
    {"7", "RDS Windows Server 2022"},
}};

// Dates in 2038 mean "never".
const SystemTime perpetual{std::chrono::sys_days{std::chrono::year(2038) / 1 / 1}};

std::string edition_of(std::string_view version_id) {
  const auto* const known = std::ranges::find(known_versions, version_id, &KnownVersion::id);
  return known == known_versions.end() ? fmt::format("RDS version {}", version_id)
                                       : std::string(known->name);
}

LicenseKind kind_of(std::string_view product_type) {
  if (product_type == "0") return LicenseKind::device;
  if (product_type == "1") return LicenseKind::user;
  return LicenseKind::other;
}

bool is_unlimited(std::string_view count) { return count == "-1" || count == "4294967295"; }

std::string moment_text(const TimeRange& range) {
  if (range.earliest == range.latest) return utc_text(range.earliest);
  return fmt::format("between {} and {}", utc_text(range.earliest), utc_text(range.latest));
}

class KeyPackReader {
 public:
  KeyPackReader(LicenseCounts& into, SystemTime now) : into_(into), now_(now) {}

  tl::expected<void, TextFault> add(const Row& row) {
    const auto fault = [&](std::string_view what) {
      return tl::unexpected(TextFault{row.line(), std::string(what)});
    };
    const auto version = row.find(version_names);
    if (!parse_count(version)) return fault("no number under ProductVersionID");
    const auto total = row.find(total_names);
    const auto issued = row.find({"IssuedLicenses"});
    LicenseCount pack{edition_of(version), kind_of(row.find({"ProductType"})),
                      parse_count(total).value_or(0)};
    pack.version = parse_count(version);
    const auto name =
        fmt::format("key pack {} ({}, {}, per {})", shown(row.find({"KeyPackId"})), pack.edition,
                    shown(row.find({"ProductVersion"})), name_of(pack.kind));
    if (is_unlimited(total) || is_unlimited(issued)) {
      into_.notes.push_back(
          fmt::format("{}: unlimited, not counted; {} issued", name, shown(issued)));
      return {};
    }
    if (!parse_count(total)) return fault("no number under TotalLicenses");
    if (!parse_count(issued)) return fault("no number under IssuedLicenses");
    const auto expiry = row.find({"ExpirationDate"});
    const auto expires = parse_time_range(expiry);
    if (!expires && !expiry.empty()) {
      return fault("no date that is understood under ExpirationDate; write 2026-11-24T18:40:00Z");
    }
    if (expires && expires->earliest < perpetual) {
      const bool over = expires->latest <= now_;
      if (!over && expires->earliest <= now_) {
        return fault(
            "the date under ExpirationDate may be past or to come, whichever of day and month is "
            "first; Export-KeyPacks.ps1 writes dates that are not ambiguous");
      }
      into_.notes.push_back(fmt::format("{}: its {} licenses {} {}", name, total,
                                        over ? "are not counted, they expired" : "expire",
                                        moment_text(*expires)));
      if (over) return {};
      pack.first_end = expires->earliest;
    }
    return add_up(pack, *parse_count(issued)) ? tl::expected<void, TextFault>()
                                              : fault("more than 100 versions and kinds");
  }

 private:
  bool add_up(const LicenseCount& pack, std::int64_t issued) {
    auto found = std::ranges::find_if(into_.counts, [&](const LicenseCount& other) {
      return other.edition == pack.edition && other.kind == pack.kind;
    });
    if (found == into_.counts.end()) {
      if (into_.counts.size() == max_editions) return false;
      into_.counts.push_back({pack.edition, pack.kind, 0});
      into_.counts.back().version = pack.version;
      found = std::prev(into_.counts.end());
    }
    found->installed += pack.installed;
    if (pack.first_end) {
      found->first_end = std::min(found->first_end.value_or(*pack.first_end), *pack.first_end);
    }
    auto& holders = pack.kind == LicenseKind::user     ? found->users
                    : pack.kind == LicenseKind::device ? found->devices
                                                       : found->unspecified;
    holders = holders.value_or(0) + issued;
    return true;
  }

  LicenseCounts& into_;
  SystemTime now_;
};

}  // namespace

tl::expected<LicenseCounts, FileFault> read_key_packs(const std::filesystem::path& file,
                                                      SystemTime now) {
  const auto content = read_table(file, version_names, total_names);
  if (!content) return tl::unexpected(content.error());
  LicenseCounts found{.counts = {}, .data_at = content->data_at};
  KeyPackReader reader(found, now);
  for (const auto& row : content->table.rows) {
    if (const auto added = reader.add(row); !added) {
      return tl::unexpected(unreadable(file, added.error()));
    }
  }
  return found;
}

}  // namespace cal::inventory
