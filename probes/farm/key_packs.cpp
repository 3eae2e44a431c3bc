#include "probes/farm/key_packs.h"

#include "agent/base/text.h"
#include "probes/farm/versions.h"
#include "probes/inventory/product_key.h"

#include <fmt/format.h>

#include <charconv>

namespace cal::farm {

namespace {

// KeyPackType and ProductType; 7 and 8 are not documented and were seen in the field.
constexpr std::int64_t temporary = 4;
constexpr std::int64_t built_in = 6;
constexpr std::int64_t built_in_product = 3;

bool is_overused(std::int64_t type) { return type == 7 || type == 8; }

// Retail, volume, concurrent and open ones. 0 is "unknown" for Windows itself.
bool is_bought(std::int64_t type) { return (type >= 1 && type <= 3) || type == 5; }

// Packs without an end have dates in 2038, built-in ones 2035-12-31.
const SystemTime endless{std::chrono::sys_days{std::chrono::year(2035) / 1 / 1}};

constexpr std::size_t max_not_understood = 20;

// Windows has 32 bits, which some programs write with a sign and others without. What does not fit
// is not a number of Windows.
std::optional<std::int64_t> number(const std::string& text) {
  constexpr std::int64_t none = -1;
  constexpr std::int64_t unsigned_none = 4294967295;
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value > unsigned_none) return std::nullopt;
  return value == unsigned_none ? none : value;
}

bool is_unlimited(std::optional<std::int64_t> total) { return total == -1; }

LicenseKind kind_of(std::optional<std::int64_t> product) {
  return product == 1 ? LicenseKind::user : LicenseKind::device;
}

tl::expected<PackRow, PackFault> classify(const PackColumn& column) {
  const auto type = number(column("KeyPackType"));
  const auto product = number(column("ProductType"));
  const auto version = number(column("ProductVersionID"));
  const auto total = number(column("TotalLicenses"));
  const auto issued = number(column("IssuedLicenses"));
  const auto date = column("ExpirationDate");
  const auto type_text = column("KeyPackType");
  const bool known_type =
      type ? is_bought(*type) || is_overused(*type) || *type == temporary || *type == built_in
           : type_text.empty();
  const auto fault = [&](std::string what, bool unknown_id = false) {
    return tl::unexpected(PackFault{std::move(what), unknown_id, type == temporary || !known_type});
  };
  PackRow row{PackUse::counts,
              {column("KeyPackId"), kind_of(product), version.value_or(0), total.value_or(0),
               issued.value_or(0), inventory::parse_time_range(date)}};
  auto& [use, pack] = row;
  const bool understood = pack.ends || date.empty();
  if (pack.ends && pack.ends->earliest >= endless) pack.ends.reset();
  if (type == built_in || product == built_in_product) {
    use = PackUse::built_in;
    return row;
  }
  const bool has_issued = issued && *issued >= 0;
  if (type == temporary) {
    if (!has_issued) return fault("no number under IssuedLicenses");
    use = PackUse::temporary;
    return row;
  }
  if (!known_type) {
    return fault(fmt::format("KeyPackType {} is not known", inventory::shown(type_text)), true);
  }
  // Older exports may lack the type of the pack; the unlimited ones are recognized by their total.
  if (is_unlimited(total)) {
    if (type) return fault("unlimited, which a pack of its KeyPackType is not", true);
    use = PackUse::unlimited;
    return row;
  }
  if (!version) return fault("no number under ProductVersionID");
  if (!product) return fault("no number under ProductType");
  if (*product < 0 || *product > 1) return fault("ProductType is neither 0 nor 1", true);
  if (!is_known_version(*version)) {
    return fault(fmt::format("version {} is not known", *version), true);
  }
  if (!total || *total < 0) return fault("no number under TotalLicenses");
  if (!has_issued) return fault("no number under IssuedLicenses");
  if (type && is_overused(*type) && *total > 0) {
    return fault("overused, and yet it has licenses", true);
  }
  if ((type && is_overused(*type)) || (*total == 0 && *issued > 0)) {
    use = PackUse::overused;
    return row;
  }
  if (!understood) return fault("ExpirationDate is not understood");
  return row;
}

// Which row of a pack that is listed twice is right is not known, so that none of them counts.
void forget(const std::string& id, const PackColumn& column, KeyPacks& packs) {
  const auto kind = kind_of(number(column("ProductType")));
  const auto version = number(column("ProductVersionID"));
  for (auto* const each : {&packs.packs, &packs.overused}) {
    std::erase_if(*each, [&](const KeyPack& pack) {
      return pack.id == id && pack.kind == kind && pack.version == version;
    });
  }
}

void add_not_understood(const std::string& id, std::string_view what, KeyPacks& packs) {
  if (packs.not_understood.size() == max_not_understood) return;
  packs.not_understood.push_back(fmt::format("key pack {}: {}", id.empty() ? "?" : id, what));
}

}  // namespace

std::string_view name_of(LicenseKind kind) {
  return kind == LicenseKind::device ? "per device" : "per user";
}

tl::expected<std::optional<PackRow>, PackFault> KeyPackReader::read(const PackColumn& column) {
  if (const auto id = column("KeyPackId"); !id.empty()) {
    auto numbers = fmt::format("{}|{}|{}", column("TotalLicenses"), column("IssuedLicenses"),
                               column("ExpirationDate"));
    const auto [seen, added] = seen_.try_emplace(
        fmt::format("{}|{}|{}|{}|{}", folded(column("PSComputerName")), id, column("KeyPackType"),
                    column("ProductType"), column("ProductVersionID")),
        std::move(numbers));
    if (!added) {
      if (seen->second == numbers) return std::nullopt;
      return tl::unexpected(PackFault{
          "listed twice with different numbers; if it is on two servers, name them in a column "
          "PSComputerName",
          false, number(column("KeyPackType")) == temporary, true});
    }
  }
  auto row = classify(column);
  if (!row) return tl::unexpected(std::move(row.error()));
  return std::move(*row);
}

void add_key_pack(KeyPackReader& reader, const PackColumn& column, KeyPacks& packs) {
  auto read = reader.read(column);
  const auto id = inventory::shown(column("KeyPackId"));
  if (!read) {
    if (read.error().temporary) packs.temporary_issued.reset();
    if (read.error().contradicts) forget(id, column, packs);
    return add_not_understood(id, read.error().what, packs);
  }
  if (!*read) return;
  auto& [use, pack] = **read;
  pack.id = id;
  switch (use) {
    case PackUse::counts:
      packs.packs.push_back(std::move(pack));
      return;
    case PackUse::overused:
      packs.overused.push_back(std::move(pack));
      return;
    case PackUse::temporary:
      if (packs.temporary_issued) *packs.temporary_issued += pack.issued;
      return;
    case PackUse::unlimited:
      packs.temporary_issued.reset();
      return add_not_understood(id, "unlimited and without a KeyPackType", packs);
    case PackUse::built_in:
      return;
  }
}

}  // namespace cal::farm
