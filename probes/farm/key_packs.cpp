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

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

bool is_unlimited(std::int64_t total) { return total == -1 || total == 4294967295; }

}  // namespace

std::string_view name_of(LicenseKind kind) {
  return kind == LicenseKind::device ? "per device" : "per user";
}

void add_key_pack(const PackColumn& column, KeyPacks& packs) {
  const auto id = inventory::shown(column("KeyPackId"));
  const auto refuse = [&](std::string_view what) {
    if (packs.not_understood.size() < 20) {
      packs.not_understood.push_back(fmt::format("key pack {}: {}", id.empty() ? "?" : id, what));
    }
  };
  const auto type = number(column("KeyPackType"));
  const auto product = number(column("ProductType"));
  const auto total = number(column("TotalLicenses"));
  const auto issued = number(column("IssuedLicenses"));
  // Older exports may lack the type of the pack; the unlimited ones are recognized by their total.
  if (type == built_in || product == built_in_product) return;
  if (type == temporary) {
    if (!issued || *issued < 0) {
      packs.temporary_issued.reset();
      return refuse("no number under IssuedLicenses");
    }
    if (packs.temporary_issued) *packs.temporary_issued += *issued;
    return;
  }
  if (total && is_unlimited(*total)) {
    if (!type) packs.temporary_issued.reset();  // it may be a temporary one
    return;
  }
  if (product.value_or(-1) < 0 || *product > 1) return refuse("ProductType is neither 0 nor 1");
  const auto version = number(column("ProductVersionID"));
  if (!version) return refuse("no number under ProductVersionID");
  if (!is_known_version(*version)) return refuse(fmt::format("version {} is not known", *version));
  if (!total) return refuse("no number under TotalLicenses");
  if (!issued || *issued < 0) return refuse("no number under IssuedLicenses");
  KeyPack pack{id, product == 0 ? LicenseKind::device : LicenseKind::user, *version, *total,
               *issued};
  if ((type && is_overused(*type)) || (*total == 0 && *issued > 0)) {
    packs.overused.push_back(std::move(pack));
    return;
  }
  const auto date = column("ExpirationDate");
  pack.ends = inventory::parse_time_range(date);
  if (!pack.ends && !date.empty()) return refuse("ExpirationDate is not understood");
  if (pack.ends && pack.ends->earliest >= endless) pack.ends.reset();
  packs.packs.push_back(std::move(pack));
}

}  // namespace cal::farm
