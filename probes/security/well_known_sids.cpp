#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <array>

namespace cal::security {

namespace {

struct FixedSid {
  std::string_view alias;  // empty: SDDL has none
  Sid sid;
  std::string_view name;
};

constexpr Sid builtin(std::uint32_t rid) { return Sid::of(5, {32, rid}); }

constexpr auto fixed_sids = std::to_array<FixedSid>({
    {"WD", Sid::of(1, {0}), "Everyone"},
    {"CO", Sid::of(3, {0}), "CREATOR OWNER"},
    {"CG", Sid::of(3, {1}), "CREATOR GROUP"},
    {"OW", Sid::of(3, {4}), "OWNER RIGHTS"},
    {"NU", Sid::of(5, {2}), "NT AUTHORITY\\NETWORK"},
    {"IU", Sid::of(5, {4}), "NT AUTHORITY\\INTERACTIVE"},
    {"SU", Sid::of(5, {6}), "NT AUTHORITY\\SERVICE"},
    {"AN", Sid::of(5, {7}), "NT AUTHORITY\\ANONYMOUS LOGON"},
    {"ED", Sid::of(5, {9}), "NT AUTHORITY\\ENTERPRISE DOMAIN CONTROLLERS"},
    {"PS", Sid::of(5, {10}), "NT AUTHORITY\\SELF"},
    {"AU", Sid::of(5, {11}), "NT AUTHORITY\\Authenticated Users"},
    {"RC", Sid::of(5, {12}), "NT AUTHORITY\\RESTRICTED"},
    {"SY", Sid::of(5, {18}), "NT AUTHORITY\\SYSTEM"},
    {"LS", Sid::of(5, {19}), "NT AUTHORITY\\LOCAL SERVICE"},
    {"NS", Sid::of(5, {20}), "NT AUTHORITY\\NETWORK SERVICE"},
    {"WR", Sid::of(5, {33}), "NT AUTHORITY\\WRITE RESTRICTED"},
    {"UD", Sid::of(5, {84, 0, 0, 0, 0, 0}), "NT AUTHORITY\\USER MODE DRIVERS"},
    {"BA", builtin(544), "BUILTIN\\Administrators"},
    {"BU", builtin(545), "BUILTIN\\Users"},
    {"BG", builtin(546), "BUILTIN\\Guests"},
    {"PU", builtin(547), "BUILTIN\\Power Users"},
    {"AO", builtin(548), "BUILTIN\\Account Operators"},
    {"SO", builtin(549), "BUILTIN\\Server Operators"},
    {"PO", builtin(550), "BUILTIN\\Print Operators"},
    {"BO", builtin(551), "BUILTIN\\Backup Operators"},
    {"RE", builtin(552), "BUILTIN\\Replicator"},
    {"RU", builtin(554), "BUILTIN\\Pre-Windows 2000 Compatible Access"},
    {"RD", builtin(555), "BUILTIN\\Remote Desktop Users"},
    {"NO", builtin(556), "BUILTIN\\Network Configuration Operators"},
    {"MU", builtin(558), "BUILTIN\\Performance Monitor Users"},
    {"LU", builtin(559), "BUILTIN\\Performance Log Users"},
    {"", builtin(557), "BUILTIN\\Incoming Forest Trust Builders"},
    {"", builtin(560), "BUILTIN\\Windows Authorization Access Group"},
    {"", builtin(561), "BUILTIN\\Terminal Server License Servers"},
    {"IS", builtin(568), "BUILTIN\\IIS_IUSRS"},
    {"CY", builtin(569), "BUILTIN\\Cryptographic Operators"},
    {"ER", builtin(573), "BUILTIN\\Event Log Readers"},
    {"CD", builtin(574), "BUILTIN\\Certificate Service DCOM Access"},
    {"RA", builtin(575), "BUILTIN\\RDS Remote Access Servers"},
    {"ES", builtin(576), "BUILTIN\\RDS Endpoint Servers"},
    {"MS", builtin(577), "BUILTIN\\RDS Management Servers"},
    {"HA", builtin(578), "BUILTIN\\Hyper-V Administrators"},
    {"AA", builtin(579), "BUILTIN\\Access Control Assistance Operators"},
    {"RM", builtin(580), "BUILTIN\\Remote Management Users"},
    {"HO", builtin(584), "BUILTIN\\User Mode Hardware Operators"},
    {"SH", builtin(585), "BUILTIN\\OpenSSH Users"},
    {"AC", Sid::of(15, {2, 1}), "ALL APPLICATION PACKAGES"},
    {"LW", Sid::of(16, {4096}), "Low integrity"},
    {"ME", Sid::of(16, {8192}), "Medium integrity"},
    {"MP", Sid::of(16, {8448}), "Medium plus integrity"},
    {"HI", Sid::of(16, {12288}), "High integrity"},
    {"SI", Sid::of(16, {16384}), "System integrity"},
    {"AS", Sid::of(18, {1}), "Authentication authority asserted identity"},
    {"SS", Sid::of(18, {2}), "Service asserted identity"},
});

struct DomainAccount {
  std::string_view alias;  // empty: SDDL has none
  std::uint32_t rid;
  std::string_view name;
};

constexpr auto domain_accounts = std::to_array<DomainAccount>({
    {"RO", 498, "Enterprise Read-only Domain Controllers"},
    {"LA", 500, "Administrator"},
    {"LG", 501, "Guest"},
    {"", 502, "krbtgt"},
    {"DA", 512, "Domain Admins"},
    {"DU", 513, "Domain Users"},
    {"DG", 514, "Domain Guests"},
    {"DC", 515, "Domain Computers"},
    {"DD", 516, "Domain Controllers"},
    {"CA", 517, "Cert Publishers"},
    {"SA", 518, "Schema Admins"},
    {"EA", 519, "Enterprise Admins"},
    {"PA", 520, "Group Policy Creator Owners"},
    {"", 521, "Read-only Domain Controllers"},
    {"CN", 522, "Cloneable Domain Controllers"},
    {"AP", 525, "Protected Users"},
    {"KA", 526, "Key Admins"},
    {"EK", 527, "Enterprise Key Admins"},
    {"RS", 553, "RAS and IAS Servers"},
});

}  // namespace

AliasLookup sid_of_alias(std::string_view alias, const std::optional<Sid>& domain) {
  if (alias.empty()) return {{}, AliasProblem::unknown_alias};
  for (const auto& row : fixed_sids) {
    if (row.alias == alias) return {row.sid};
  }
  for (const auto& row : domain_accounts) {
    if (row.alias != alias) continue;
    if (!domain) return {{}, AliasProblem::needs_domain};
    return {domain->with_rid(row.rid)};
  }
  return {{}, AliasProblem::unknown_alias};
}

std::string_view alias_of(const Sid& sid, const std::optional<Sid>& domain) {
  for (const auto& row : fixed_sids) {
    if (row.sid == sid) return row.alias;
  }
  if (!domain || !sid.rid() || sid.domain() != *domain) return {};
  for (const auto& row : domain_accounts) {
    if (row.rid == sid.rid()) return row.alias;
  }
  return {};
}

std::string name_of(const Sid& sid) {
  for (const auto& row : fixed_sids) {
    if (row.sid == sid) return std::string(row.name);
  }
  if (sid.is_domain_account()) {
    for (const auto& row : domain_accounts) {
      if (row.rid == sid.rid()) return fmt::format("{} ({})", row.name, sid.text());
    }
  }
  return sid.text();
}

std::string name_with_sid(const Sid& sid) {
  const auto name = name_of(sid);
  const auto text = sid.text();
  return name.find(text) == std::string::npos ? fmt::format("{} ({})", name, text) : name;
}

}  // namespace cal::security
