// How many licenses are installed and assigned, by edition and kind: from an exported inventory, or
// from the key packs of a Remote Desktop license server.
#pragma once

#include "agent/base/clock.h"
#include "probes/inventory/fault.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::inventory {

// A closed set, so that it can be a label. universal: for a user or a device. other: unknown kinds.
enum class LicenseKind { user, device, universal, other };

std::string_view name_of(LicenseKind kind);

// From our own words and from those of consoles ("Per User CAL"); an empty text means universal,
// since that is what the product sells.
LicenseKind license_kind(std::string_view text);

struct PackEnd {
  SystemTime at;
  std::int64_t licenses;
};

struct LicenseCount {
  std::string edition;
  LicenseKind kind;
  std::int64_t installed;
  // Who holds them; empty if the source does not count that kind of holder.
  std::optional<std::int64_t> users = std::nullopt;
  std::optional<std::int64_t> devices = std::nullopt;
  std::optional<std::int64_t> unspecified = std::nullopt;
  // Of key packs: the number of the version. A license also serves servers of older versions.
  std::optional<std::int64_t> version = std::nullopt;
  // Of key packs: when the first one ends; empty if none does.
  std::optional<SystemTime> first_end = std::nullopt;
  // Of key packs: installed licenses whose pack ends within 30 days.
  std::int64_t ending = 0;
  // Of key packs: those that end.
  std::vector<PackEnd> pack_ends = {};

  std::int64_t assigned() const {
    return users.value_or(0) + devices.value_or(0) + unspecified.value_or(0);
  }
  // Negative when more are assigned than installed.
  std::int64_t available() const { return installed - assigned(); }
};

// Bounds the labels of metrics: more than any network has, few enough for any Prometheus.
inline constexpr std::size_t max_editions = 100;

struct LicenseCounts {
  std::vector<LicenseCount> counts;     // no edition and kind twice, max_editions at most
  std::vector<std::string> notes = {};  // for people: what was not counted, and what expires
  SystemTime data_at;
  // Of key packs: the license server that they are on; empty: the file does not name it.
  std::string server = {};
  // Of key packs: how many temporary licenses are issued; empty if it is not known.
  std::optional<std::int64_t> temporary = std::nullopt;
  // Of key packs: those that are not counted, since their version or kind is not known.
  std::vector<std::string> not_understood = {};
};

// Columns: edition, kind, installed, and assigned_users and assigned_devices or assigned.
tl::expected<LicenseCounts, FileFault> read_license_inventory(const std::filesystem::path& file);

}  // namespace cal::inventory
