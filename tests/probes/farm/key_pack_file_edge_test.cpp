// Key packs from files: the samples in tests/data/inventory, rows of real servers, and errors.
#include "probes/farm/key_pack_file.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"
#include "tests/fakes/temporary_file.h"

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace cal::inventory;
using cal::fakes::TemporaryFile;
using cal::farm::read_key_packs;

namespace {

using Lines = std::vector<std::string>;

std::string number(const std::optional<std::int64_t>& count) {
  return count ? std::to_string(*count) : "-";
}

const cal::SystemTime now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24}};

tl::expected<LicenseCounts, FileFault> key_packs(const std::filesystem::path& file) {
  return read_key_packs(file, now);
}

// "EDITION KIND: INSTALLED, USERS/DEVICES/UNSPECIFIED", or the error without the file's name.
Lines read(const std::filesystem::path& file) {
  const auto found = key_packs(file);
  if (!found) return {found.error().message.substr(("read " + file.string() + ": ").size())};
  Lines lines;
  for (const auto& count : found->counts) {
    lines.push_back(fmt::format("{} {}: {}, {}/{}/{}", count.edition, name_of(count.kind),
                                count.installed, number(count.users), number(count.devices),
                                number(count.unspecified)));
  }
  return lines;
}

constexpr std::string_view columns =
    "KeyPackId,Description,KeyPackType,ProductType,ProductVersion,ProductVersionID,TotalLicenses,"
    "IssuedLicenses,AvailableLicenses,ExpirationDate";

std::filesystem::path sample(std::string_view name) {
  return cal::fakes::source_tree() / "tests/data/inventory" / name;
}

Lines read_text(std::string_view text) {
  const TemporaryFile file(text);
  return read(file.path());
}

}  // namespace

TEST_CASE("key packs are read the same in every form", "[farm]") {
  const auto* const name =
      GENERATE("key_packs_5.1_utf16le.json", "key_packs_5.1_utf8_bom.json",
               "key_packs_5.1_wrapped.json", "key_packs_7_utf8.json", "key_packs_7_utf16be.json",
               "key_packs_5.1_utf8.csv", "key_packs_7.csv");
  INFO(name);
  CHECK(read(sample(name)) == Lines{"RDS Windows Server 2008 device: 250, -/250/-",
                                    "RDS Windows Server 2019 user: 2010, 13/-/-",
                                    "RDS Windows Server 2025 user: 5, 5/-/-"});
  CHECK(key_packs(sample(name))->notes ==
        Lines{"key pack 2 (Windows 2000 Server): built-in, not counted",
              "key pack 13 (RDS Windows Server 2008, Windows Server 2008 für Geräte oder Windows "
              "Server 2008 R2, per device): temporary, not counted; 100 issued",
              "key pack 3 (RDS Windows Server 2008, Windows Server 2008 für Geräte oder Windows "
              "Server 2008 R2, per device): 250 licenses expire 2026-12-10 12:21:49 UTC"});
  CHECK(key_packs(sample(name))->temporary == 100);
}

TEST_CASE("expired key packs are shown and not counted", "[farm]") {
  const TemporaryFile file(
      "KeyPackId,ProductType,ProductVersionID,TotalLicenses,IssuedLicenses,ExpirationDate\n"
      "3,0,2,250,250,2023-02-09T12:15:49Z\n"
      "4,0,6,10,1,2026-11-25T00:00:00Z\n");
  CHECK(read(file.path()) == Lines{"RDS Windows Server 2019 device: 10, -/1/-"});
  CHECK(key_packs(file.path())->notes.at(0) ==
        "key pack 3 (RDS Windows Server 2008, , per device): 250 licenses are not counted: "
        "expired 2023-02-09 12:15:49 UTC");
}

TEST_CASE("the first end of an edition's packs is known, unless they never end", "[farm]") {
  const TemporaryFile file(
      "KeyPackId,ProductType,ProductVersionID,TotalLicenses,IssuedLicenses,ExpirationDate\n"
      "1,0,6,10,1,2027-03-01T00:00:00Z\n"
      "2,0,6,10,1,2026-12-24T00:00:00Z\n"
      "3,0,6,10,1,2038-01-01T09:36:36Z\n"
      "4,0,6,10,1,2023-01-01T00:00:00Z\n"
      "5,1,6,10,1,2038-01-19T03:14:07Z\n");
  const auto found = key_packs(file.path());
  REQUIRE(found->counts.size() == 2);
  CHECK(found->counts[0].first_end == now + std::chrono::days(30));
  CHECK(found->counts[0].ending == 10);
  CHECK_FALSE(found->counts[1].first_end);
  CHECK(found->counts[1].ending == 0);
}

TEST_CASE("the server whose packs they are is known where the file names one", "[farm]") {
  const std::string row =
      "{\"KeyPackId\":4,\"KeyPackType\":2,\"ProductType\":1,\"ProductVersionID\":6,"
      "\"TotalLicenses\":10,\"IssuedLicenses\":1";
  const auto server = [&](const std::string& text) {
    return key_packs(TemporaryFile(text).path())->server;
  };
  CHECK(server("{\"computer\":\"LS1\",\"value\":[" + row + "}]}") == "LS1");
  CHECK(server("[" + row + ",\"PSComputerName\":\"LS2\"}]") == "LS2");
  CHECK(server("[" + row + ",\"PSComputerName\":\"LS2\"}," + row +
               ",\"PSComputerName\":\"LS3\"}]") == "");
  CHECK(server("[" + row + "}]") == "");
}

TEST_CASE("packs of an unknown version or kind are named, not counted", "[farm]") {
  const auto* const row = GENERATE("9,C50-13.00-S,5,1,Windows Server 2028,9,50,7,43,",
                                   "9,X50-10.01-S,5,2,Windows Server 2028,6,50,7,43,",
                                   "9,C50-10.01-S,9,1,Windows Server 2028,6,50,7,43,");
  const TemporaryFile file(fmt::format("{}\n{}\n{}\n", columns, row,
                                       "4,C50-6.02-S,2,1,Windows Server 2012,4,300,0,300,"));
  const auto found = key_packs(file.path());
  REQUIRE(found);
  REQUIRE(found->counts.size() == 1);
  CHECK(found->counts[0].installed == 300);
  REQUIRE(found->not_understood.size() == 1);
  CHECK_THAT(found->not_understood[0], Catch::StartsWith("key pack 9 (Windows Server 2028): ") &&
                                           Catch::EndsWith("not counted: 50 licenses, 7 issued"));
}

// The rows with their sources are in the domain documents; names and counts are theirs.
TEST_CASE("rows of real servers", "[farm]") {
  struct Row {
    const char* text;
    Lines counts;
    Lines notes;
    std::optional<std::int64_t> temporary;
  };
  const auto row = GENERATE(values<Row>({
      {"13,A02-6.00-S,4,0,Windows Server 2008 oder Windows Server 2008 R2,2,-1,100,-1,"
       "20380119031407.000000-000",
       {},
       {"key pack 13 (RDS Windows Server 2008, Windows Server 2008 oder Windows Server 2008 R2, "
        "per device): temporary, not counted; 100 issued"},
       100},
      {"2,A02-5.00-EX,6,3,Windows 2000 Server,0,-1,0,-1,20351231230000.000000-000",
       {},
       {"key pack 2 (Windows 2000 Server): built-in, not counted"},
       0},
      {"2,A02-5.00-EX,6,3,Windows 2000 Server,0,4294967295,0,4294967295,20351231230000.000000-000",
       {},
       {"key pack 2 (Windows 2000 Server): built-in, not counted"},
       0},
      {"4,C50-6.02-S,2,1,Windows Server 2012,4,20,11,9,20380101010000.000000-000",
       {"RDS Windows Server 2012 user: 20, 11/-/-"},
       {},
       0},
      {"3,C50-10.01-S,5,1,Windows Server 2019,6,2000,1,1999,01/01/2036 00:00:00",
       {"RDS Windows Server 2019 user: 2000, 1/-/-"},
       {},
       0},
      {"10,C50-6.02-S,7,1,Windows Server 2012,4,0,0,0,20380119031407.000000-000",
       {},
       {"key pack 10 (RDS Windows Server 2012, Windows Server 2012, per user): overused, 0 issued "
        "without a license"},
       0},
      {"10,C50-6.02-S,8,1,Windows Server 2012,4,0,5,0,20380119031407.000000-000",  // made from it
       {"RDS Windows Server 2012 user: 0, 5/-/-"},
       {"key pack 10 (RDS Windows Server 2012, Windows Server 2012, per user): overused, 5 issued "
        "without a license"},
       0},
  }));
  INFO(row.text);
  const TemporaryFile file(fmt::format("{}\n{}\n{}\n", columns, row.text, row.text));
  CHECK(read(file.path()) == row.counts);  // a pack that is listed twice counts once
  const auto found = key_packs(file.path());
  REQUIRE(found);
  CHECK(found->notes == row.notes);
  CHECK(found->temporary == row.temporary);
  for (const auto& count : found->counts) CHECK_FALSE(count.first_end);
}

TEST_CASE("the error in a key pack is reported with its line", "[farm]") {
  CHECK_THAT(read_text("Get-CimInstance : Access is denied.\n").front(),
             Catch::Contains("there is no column ProductVersionID"));
  CHECK_THAT(read(sample("key_packs_5.1_ansi.json")).front(),
             Catch::Contains("not UTF-8 (octet 0xfc)"));
  const auto error = [](std::string_view rows) {
    return read_text(fmt::format(
        "KeyPackId,ProductType,ProductVersionID,TotalLicenses,IssuedLicenses\n{}\n", rows));
  };
  CHECK(error("3,1,,5,1") == Lines{"line 2: no number under ProductVersionID"});
  CHECK(error("3,,6,5,1") == Lines{"line 2: no number under ProductType"});
  CHECK(error("3,1,6,5,") == Lines{"line 2: no number under IssuedLicenses"});
  CHECK(error("3,1,6,,5") == Lines{"line 2: no number under TotalLicenses"});
  CHECK_THAT(error("3,1,6,5,1\n3,1,6,5,2").front(),
             Catch::StartsWith("line 3: listed twice with different numbers"));
}

TEST_CASE("the expiry of a key pack in a culture's date counts, or is refused as ambiguous",
          "[farm]") {
  CHECK(read(sample("win51_enUS.csv")).empty());
  CHECK_THAT(key_packs(sample("win51_enUS.csv"))->notes.at(0),
             Catch::Contains("100 licenses are not counted: expired between 2023-01-07"));
  const auto expiring = [](std::string_view date) {
    return read_text(
        fmt::format("KeyPackId,ProductType,ProductVersionID,TotalLicenses,"
                    "IssuedLicenses,ExpirationDate\n4,0,6,10,1,{}\n",
                    date));
  };
  const Lines counted{"RDS Windows Server 2019 device: 10, -/1/-"};
  CHECK(expiring("") == counted);
  CHECK(expiring("1/8/2035 12:00:00 AM") == counted);
  CHECK(expiring("31.12.2037 00:00:00") == counted);
  CHECK_THAT(expiring("1/12/2026 12:00:00 AM").front(), Catch::Contains("may be past or to come"));
  CHECK_THAT(expiring("soon").front(), Catch::EndsWith("ExpirationDate is not understood"));
}

TEST_CASE("a single key pack may be a single object", "[farm]") {
  CHECK(read(sample("key_pack_single.json")) == Lines{"RDS Windows Server 2019 user: 2000, 1/-/-"});
}

TEST_CASE("unlimited is -1, however it is written", "[farm]") {
  for (const auto* count : {"-1", "4294967295", "\"-1\""}) {
    const TemporaryFile file(fmt::format(
        R"([{{"ProductVersionID":6,"ProductType":1,"TotalLicenses":{},"IssuedLicenses":3}}])",
        count));
    const auto packs = key_packs(file.path());
    REQUIRE(packs);
    CHECK(packs->counts.empty());
    CHECK(packs->notes.size() == 1);
    CHECK_FALSE(packs->temporary);  // its type is not known
  }
}

TEST_CASE("known faults of other key pack checks do not occur", "[farm]") {
  struct Row {
    const char* complaint;
    const char* packs;
    Lines counts;
    std::size_t notes;
  };
  const auto row = GENERATE(values<Row>({
      {"Checkmk PR 280: AvailableLicenses stops at 0, which hides that too many were issued",
       R"([{"ProductVersionID":6,"ProductType":1,"TotalLicenses":10,"IssuedLicenses":14,
            "AvailableLicenses":0}])",
       {"RDS Windows Server 2019 user: 10, 14/-/-"},
       0},
      {"Checkmk rds_licenses: -1 of temporary and built-in packs must not be added up",
       R"([{"ProductVersionID":2,"ProductType":0,"TotalLicenses":-1,"IssuedLicenses":100,
            "AvailableLicenses":-1},
           {"ProductVersionID":2,"ProductType":0,"TotalLicenses":250,"IssuedLicenses":3}])",
       {"RDS Windows Server 2008 device: 250, -/3/-"},
       1},
      {"Checkmk rds_licenses: ProductVersion is translated",
       R"([{"ProductVersion":"Windows Server 2008 oder Windows Server 2008 R2",
            "ProductVersionID":2,"ProductType":0,"TotalLicenses":5,"IssuedLicenses":1},
           {"ProductVersion":"Windows Server 2008 or Windows Server 2008 R2",
            "ProductVersionID":2,"ProductType":0,"TotalLicenses":7,"IssuedLicenses":2}])",
       {"RDS Windows Server 2008 device: 12, -/3/-"},
       0},
      {"windowsserverdocs 6027: a new version is dropped silently until a check learns it",
       R"([{"ProductVersion":"Windows Server 2031","ProductVersionID":11,"ProductType":1,
            "TotalLicenses":5,"IssuedLicenses":5}])",
       {},
       0},
      {"events 21, 1004: enough licenses in total, but none of the type or version that is needed",
       R"([{"ProductVersionID":6,"ProductType":1,"TotalLicenses":50,"IssuedLicenses":1},
           {"ProductVersionID":6,"ProductType":0,"TotalLicenses":5,"IssuedLicenses":5},
           {"ProductVersionID":7,"ProductType":1,"TotalLicenses":5,"IssuedLicenses":5}])",
       {"RDS Windows Server 2019 user: 50, 1/-/-", "RDS Windows Server 2019 device: 5, -/5/-",
        "RDS Windows Server 2022 user: 5, 5/-/-"},
       0},
  }));
  INFO(row.complaint);
  const TemporaryFile file(row.packs);
  CHECK(read(file.path()) == row.counts);
  CHECK(key_packs(file.path())->notes.size() == row.notes);
}
