#include "probes/farm/key_packs.h"

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

// Packs without an end have dates in 2038, built-in ones 2035-12-31.
const SystemTime endless{std::chrono::sys_days{std::chrono::year(2035) / 1 / 1}};

constexpr std::size_t max_not_understood = 20;

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

bool is_unlimited(std::optional<std::int64_t> total) {
  return total && (*total == -1 || *total == 4294967295);
}

tl::expected<PackRow, PackFault> classify(const PackColumn& column) {
  const auto type = number(column("KeyPackType"));
  const auto product = number(column("ProductType"));
  const auto version = number(column("ProductVersionID"));
  const auto total = number(column("TotalLicenses"));
  const auto issued = number(column("IssuedLicenses"));
  const auto date = column("ExpirationDate");
  const auto fault = [&](std::string what, bool unknown_id = false) {
    return tl::unexpected(PackFault{std::move(what), unknown_id, type == temporary});
  };
  PackRow row{PackUse::counts,
              {column("KeyPackId"), product == 1 ? LicenseKind::user : LicenseKind::device,
               version.value_or(0), total.value_or(0), issued.value_or(0),
               inventory::parse_time_range(date)}};
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
  // Older exports may lack the type of the pack; the unlimited ones are recognized by their total.
  if (is_unlimited(total)) {
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
  if ((type && is_overused(*type)) || (*total == 0 && *issued > 0)) {
    use = PackUse::overused;
    return row;
  }
  if (!understood) return fault("ExpirationDate is not understood");
  return row;
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
        fmt::format("{}|{}|{}|{}|{}", column("PSComputerName"), id, column("KeyPackType"),
                    column("ProductType"), column("ProductVersionID")),
        std::move(numbers));
    if (!added) {
      if (seen->second == numbers) return std::nullopt;
      return tl::unexpected(PackFault{
          "listed twice with different numbers; if it is on two servers, name them in a column "
          "PSComputerName",
          false, number(column("KeyPackType")) == temporary});
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
    if (packs.not_understood.size() < max_not_understood) {
      packs.not_understood.push_back(
          fmt::format("key pack {}: {}", id.empty() ? "?" : id, read.error().what));
    }
    return;
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
      // Without a type, it may be a temporary one.
      if (column("KeyPackType").empty()) packs.temporary_issued.reset();
      return;
    case PackUse::built_in:
      return;
  }
}

}  // namespace cal::farm
