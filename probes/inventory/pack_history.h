// The installation history of license packs, and the pack that is about to be installed. Product
// keys stay inside the readers: their results name a pack by the last five characters of its key,
// followed by a number if two packs share them.
//
// Columns of the history, in any case and order: product_key, installed_at, edition, kind,
// quantity.
#pragma once

#include "probes/inventory/fault.h"
#include "probes/inventory/product_key.h"
#include "probes/inventory/times.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cal::inventory {

// The key in `planned_key_file`.
struct PlannedKey {
  ProductKey key;
  SystemTime planned_at;  // when the file was written
};

// Empty if the file does not exist or is empty: then no pack is planned.
tl::expected<std::optional<PlannedKey>, FileFault> read_planned_key(
    const std::filesystem::path& file);

// One row of the history.
struct Installation {
  std::size_t line;
  std::optional<ExportedTime> at;
  std::string edition, kind;
  std::optional<std::int64_t> quantity;
};

struct Pack {
  std::string label;
  std::vector<Installation> installations;
};

struct PlannedPack {
  std::string label;
  SystemTime planned_at;
  std::optional<std::size_t> installed_as;  // its index in History::packs
};

struct History {
  std::vector<Pack> packs;
  std::size_t entries = 0;
  std::optional<PlannedPack> planned;
  SystemTime data_at;
};

tl::expected<History, FileFault> read_history(const std::filesystem::path& file,
                                              std::optional<PlannedKey> planned);

}  // namespace cal::inventory
