#include "probes/farm/outlook.h"

#include "tests/catch.h"

#include <fmt/format.h>

using namespace cal;
using namespace cal::farm;
using namespace std::chrono_literals;
using inventory::LicenseCount;

namespace {

// A Thursday; its week began on 2026-11-23.
const SystemTime now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 26} + 8h};
const SystemTime monday{std::chrono::sys_days{std::chrono::year(2026) / 11 / 23}};

KeyPack pack(LicenseKind kind, std::int64_t version, std::int64_t total, std::int64_t issued,
             std::optional<SystemTime> ends = std::nullopt) {
  KeyPack made{"3", kind, version, total, issued};
  if (ends) made.ends = inventory::TimeRange{*ends, *ends};
  return made;
}

LicenseServer server(std::vector<KeyPack> packs, std::vector<IssuedLicenses> issued = {}) {
  LicenseServer made{"LS1", now - 1h};
  made.key_packs = KeyPacks{std::move(packs)};
  made.issued = std::move(issued);
  return made;
}

LicenseOutlook outlook(const std::vector<LicenseServer>& servers) {
  return outlook_of(servers, now, 2h);
}

// "KIND EDITION LICENSES by DATE"
std::vector<std::string> purchases(const LicenseOutlook& outlook) {
  std::vector<std::string> texts;
  for (const auto& each : outlook.purchases) {
    texts.push_back(fmt::format(
        "{} {} {}", each.licenses, each.edition,
        each.by ? fmt::format("in {} days",
                              std::chrono::floor<std::chrono::days>(*each.by - now).count())
                : "now"));
  }
  return texts;
}

using Texts = std::vector<std::string>;
constexpr auto user = LicenseKind::user;
constexpr auto device = LicenseKind::device;

}  // namespace

TEST_CASE("a week begins on Monday", "[outlook]") {
  CHECK(week_of(now) == monday);
  CHECK(week_of(monday) == monday);
  CHECK(week_of(monday - 1s) == monday - std::chrono::weeks(1));
}

TEST_CASE("issued licenses are counted in the week in which they end", "[outlook]") {
  constexpr std::int64_t temporary = 1;
  constexpr std::int64_t active = 2;
  constexpr std::int64_t revoked = 4;
  const auto week = [](int number) { return monday + std::chrono::weeks(number); };
  const auto found =
      outlook({server({pack(user, 7, 100, 50)}, {{user, 7, active, week(0), 3},
                                                 {user, 7, active, week(1), 5},
                                                 {device, 7, temporary, week(4), 7},
                                                 {user, 7, active, week(13), 11},
                                                 {user, 7, active, week(14), 100},
                                                 {user, 7, active, week(-1), 100},
                                                 {user, 7, revoked, week(1), 100},
                                                 {user, 7, active, std::nullopt, 100}})});
  REQUIRE(found.ending.size() == outlook_weeks);
  CHECK(found.ending[0] == 3);
  CHECK(found.ending[1] == 5);
  CHECK(found.ending[4] == 7);
  CHECK(found.ending[13] == 11);
  // An upper bound: a week that begins before the horizon counts as a whole.
  CHECK(ending_within(found, now, std::chrono::days(7)) == 8);
  CHECK(ending_within(found, now, std::chrono::days(30)) == 15);
  CHECK(ending_within(found, now, std::chrono::days(90)) == 26);
}

TEST_CASE("what ends is not known if a server did not say what it issued", "[outlook]") {
  auto silent = server({pack(user, 7, 10, 5)});
  silent.issued.reset();
  const auto found = outlook({server({pack(user, 7, 100, 50)}), silent});
  CHECK(found.ending.empty());
  REQUIRE(found.stock.size() == 1);
  CHECK(found.stock[0].installed == 110);
  CHECK(found.not_counted == Texts{"LS1: its issued licenses were not read"});
}

TEST_CASE("servers whose exports are old or incomplete are not counted", "[outlook]") {
  auto old = server({pack(user, 7, 10, 5)});
  old.data_at = now - 3h;
  auto without = server({});
  without.key_packs.reset();
  const auto found = outlook({old, without});
  CHECK(found.stock.empty());
  CHECK_FALSE(found.temporary);
  CHECK(found.not_counted.size() == 2);
}

TEST_CASE("a pack that may have ended is not counted, and nothing is bought for it", "[outlook]") {
  auto ambiguous = pack(user, 7, 20, 12);
  ambiguous.ends = inventory::TimeRange{now - 24h, now + 24h};
  const auto found = outlook({server({ambiguous, pack(device, 7, 5, 1)})});
  CHECK(found.stock.size() == 1);
  CHECK(purchases(found).empty());
  CHECK(found.not_counted == Texts{"LS1: key pack 3: its ExpirationDate may be past or to come"});
}

TEST_CASE("what to buy by which date", "[outlook]") {
  struct Row {
    const char* what;
    std::vector<KeyPack> packs;
    Texts purchases;
  };
  const auto in_two_weeks = now + 24h * 14;
  const auto row = GENERATE_COPY(values<Row>({
      {"enough", {pack(user, 7, 100, 60)}, {}},
      {"over-issued", {pack(user, 7, 50, 62)}, {"12 RDS Windows Server 2022 now"}},
      {"a newer version serves", {pack(user, 6, 50, 62), pack(user, 7, 50, 10)}, {}},
      {"an older one does not",
       {pack(user, 7, 50, 62), pack(user, 6, 50, 10)},
       {"12 RDS Windows Server 2022 now"}},
      {"nor does the other kind",
       {pack(user, 7, 50, 62), pack(device, 8, 50, 10)},
       {"12 RDS Windows Server 2022 now"}},
      {"a pack ends that is not needed",
       {pack(user, 7, 50, 10), pack(user, 7, 50, 10, in_two_weeks)},
       {}},
      {"a pack ends",
       {pack(user, 7, 50, 40), pack(user, 7, 50, 20, in_two_weeks)},
       {"10 RDS Windows Server 2022 in 14 days"}},
      {"what is bought now still counts when a pack ends",
       {pack(user, 7, 50, 70), pack(user, 7, 10, 0, in_two_weeks)},
       {"10 RDS Windows Server 2022 now", "10 RDS Windows Server 2022 in 14 days"}},
      {"a pack has ended", {pack(user, 7, 50, 40), pack(user, 7, 50, 20, now - 24h)}, {}},
      {"a pack ends after these weeks", {pack(user, 7, 50, 40, now + 24h * 200)}, {}},
  }));
  INFO(row.what);
  CHECK(purchases(outlook({server(row.packs)})) == row.purchases);
}

TEST_CASE("devices on temporary licenses need one each, by the first end", "[outlook]") {
  auto ls = server({pack(device, 7, 50, 48)}, {{device, 7, 1, monday + std::chrono::weeks(3), 5}});
  ls.key_packs->temporary_issued = 5;
  CHECK(purchases(outlook({ls})) == Texts{"3 the version of the session hosts in 17 days"});
  ls.key_packs->temporary_issued = 2;
  CHECK(purchases(outlook({ls})).empty());
}
