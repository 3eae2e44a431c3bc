// License counts from files: the samples in tests/data/inventory, and the errors in other files.
#include "probes/inventory/key_packs.h"
#include "probes/inventory/license_counts.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"
#include "tests/fakes/temporary_file.h"

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace cal::inventory;
using cal::fakes::TemporaryFile;

namespace {

using Lines = std::vector<std::string>;
using Reader = tl::expected<LicenseCounts, FileFault> (*)(const std::filesystem::path&);

std::string number(const std::optional<std::int64_t>& count) {
  return count ? std::to_string(*count) : "-";
}

const cal::SystemTime now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24}};

tl::expected<LicenseCounts, FileFault> key_packs(const std::filesystem::path& file) {
  return read_key_packs(file, now);
}

// "EDITION KIND: INSTALLED, USERS/DEVICES/UNSPECIFIED", or the error without the file's name.
Lines read(Reader reader, const std::filesystem::path& file) {
  const auto found = reader(file);
  if (!found) return {found.error().message.substr(("read " + file.string() + ": ").size())};
  Lines lines;
  for (const auto& count : found->counts) {
    lines.push_back(fmt::format("{} {}: {}, {}/{}/{}", count.edition, name_of(count.kind),
                                count.installed, number(count.users), number(count.devices),
                                number(count.unspecified)));
  }
  return lines;
}

std::filesystem::path sample(std::string_view name) {
  return cal::fakes::source_tree() / "tests/data/inventory" / name;
}

Lines read_text(Reader reader, std::string_view text) {
  const TemporaryFile file(text);
  return read(reader, file.path());
}

}  // namespace

TEST_CASE("an inventory is read the same in every form", "[inventory]") {
  const auto* const name =
      GENERATE("inventory.json", "inventory_utf8.csv", "inventory_utf16le.csv");
  CHECK(read(read_license_inventory, sample(name)) ==
        Lines{"Windows EBS CAL Suite für Büros universal: 50, 30/12/-",
              "Windows EBS Premium CAL Suite user: 5, 7/0/-"});
}

TEST_CASE("key packs are read the same in every form", "[inventory]") {
  const auto* const name =
      GENERATE("key_packs_5.1_utf16le.json", "key_packs_5.1_utf8_bom.json",
               "key_packs_5.1_wrapped.json", "key_packs_7_utf8.json", "key_packs_7_utf16be.json",
               "key_packs_5.1_utf8.csv", "key_packs_7.csv");
  INFO(name);
  CHECK(read(key_packs, sample(name)) == Lines{"RDS Windows Server 2008 device: 250, -/250/-",
                                               "RDS Windows Server 2019 user: 2010, 13/-/-",
                                               "RDS version 8 user: 5, 5/-/-"});
  CHECK(key_packs(sample(name))->notes ==
        Lines{"key pack 2 (RDS version 0, Windows 2000 Server, per other): unlimited, not counted; "
              "0 issued",
              "key pack 13 (RDS Windows Server 2008, Windows Server 2008 für Geräte oder Windows "
              "Server 2008 R2, per device): unlimited, not counted; 100 issued",
              "key pack 3 (RDS Windows Server 2008, Windows Server 2008 für Geräte oder Windows "
              "Server 2008 R2, per device): its 250 licenses expire 2026-12-10T12:21:49Z"});
}

TEST_CASE("expired key packs are shown and not counted", "[inventory]") {
  const TemporaryFile file(
      "KeyPackId,ProductType,ProductVersionID,TotalLicenses,IssuedLicenses,ExpirationDate\n"
      "3,0,2,250,250,2023-02-09T12:15:49Z\n"
      "4,0,6,10,1,2026-11-25T00:00:00Z\n");
  CHECK(read(key_packs, file.path()) == Lines{"RDS Windows Server 2019 device: 10, -/1/-"});
  CHECK(
      key_packs(file.path())->notes.at(0) ==
      "key pack 3 (RDS Windows Server 2008, , per device): its 250 licenses are not counted, they "
      "expired 2023-02-09T12:15:49Z");
}

TEST_CASE("the first end of an edition's packs is known, unless they never end", "[inventory]") {
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
  CHECK_FALSE(found->counts[1].first_end);
}

TEST_CASE("the expiry of a key pack in a culture's date counts, or is refused as ambiguous",
          "[inventory]") {
  CHECK(read(key_packs, sample("win51_enUS.csv")).empty());
  CHECK_THAT(key_packs(sample("win51_enUS.csv"))->notes.at(0),
             Catch::Contains("its 100 licenses are not counted, they expired between 2023-01-07"));
  const auto expiring = [](std::string_view date) {
    return read_text(key_packs, fmt::format("KeyPackId,ProductType,ProductVersionID,TotalLicenses,"
                                            "IssuedLicenses,ExpirationDate\n4,0,6,10,1,{}\n",
                                            date));
  };
  const Lines counted{"RDS Windows Server 2019 device: 10, -/1/-"};
  CHECK(expiring("") == counted);
  CHECK(expiring("1/8/2035 12:00:00 AM") == counted);
  CHECK(expiring("31.12.2037 00:00:00") == counted);
  CHECK_THAT(expiring("1/12/2026 12:00:00 AM").front(), Catch::Contains("may be past or to come"));
  CHECK_THAT(expiring("soon").front(), Catch::Contains("no date that is understood"));
}

TEST_CASE("a table without a known column is not an empty table", "[inventory]") {
  const std::string_view what = "there is no column ";
  for (const auto* text :
       {"Get-CimInstance : Access is denied.\n", "<!DOCTYPE html>\n<html></html>\n", "a,b\n",
        "Access denied", "\r\n\r\nerror\r\n", "Name\n", "Name\r\n----\r\nSpooler\r\n"}) {
    INFO(text);
    CHECK_THAT(read_text(read_license_inventory, text).front(), Catch::Contains(what.data()));
    CHECK_THAT(read_text(key_packs, text).front(), Catch::Contains(what.data()));
  }
  CHECK_THAT(read(read_license_inventory, sample("error_line.csv")).front(),
             Catch::Contains("there is no column edition"));
  CHECK(read_text(read_license_inventory, "edition,installed,assigned\n").empty());
  CHECK(read_text(read_license_inventory, "[]").empty());
}

TEST_CASE("lines may end with a carriage return alone", "[inventory]") {
  CHECK(read(read_license_inventory, sample("cr_only.csv")) ==
        Lines{"EBS CAL Suite user: 10, 4/0/-"});
}

TEST_CASE("a single key pack may be a single object", "[inventory]") {
  CHECK(read(key_packs, sample("key_pack_single.json")) ==
        Lines{"RDS Windows Server 2019 user: 2000, 1/-/-"});
}

TEST_CASE("a file in a Windows code page is refused with its line", "[inventory]") {
  CHECK(read(read_license_inventory, sample("inventory_ansi.csv")) ==
        Lines{"line 2: not UTF-8 (octet 0xfc), maybe a Windows code page (ANSI); export it with "
              "-Encoding UTF8"});
  CHECK_THAT(read(key_packs, sample("key_packs_5.1_ansi.json")).front(),
             Catch::Contains("not UTF-8 (octet 0xfc)"));
}

TEST_CASE("unlimited is -1, however it is written", "[inventory]") {
  for (const auto* count : {"-1", "4294967295", "\"-1\""}) {
    const TemporaryFile file(fmt::format(
        R"([{{"ProductVersionID":6,"ProductType":1,"TotalLicenses":{},"IssuedLicenses":3}}])",
        count));
    const auto packs = key_packs(file.path());
    REQUIRE(packs);
    CHECK(packs->counts.empty());
    CHECK(packs->notes.size() == 1);
  }
}

TEST_CASE("known faults of other key pack checks do not occur", "[inventory]") {
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
      {"windowsserverdocs 6027: a new version is dropped until a check learns it",
       R"([{"ProductVersion":"Windows Server 2031","ProductVersionID":11,"ProductType":1,
            "TotalLicenses":5,"IssuedLicenses":5}])",
       {"RDS version 11 user: 5, 5/-/-"},
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
  CHECK(read(key_packs, file.path()) == row.counts);
  CHECK(key_packs(file.path())->notes.size() == row.notes);
}

TEST_CASE("the error in a row is reported with its line", "[inventory]") {
  struct Row {
    Reader reader;
    std::string text, fault;
  };
  const auto row = GENERATE(values<Row>({
      {read_license_inventory, "edition,installed,assigned\n,5,1\n", "line 2: no edition"},
      {read_license_inventory, "edition,installed,assigned\nSuite,,1\n",
       "line 2: no number of installed licenses (installed)"},
      {read_license_inventory, "edition,installed,assigned\nSuite,5,\n",
       "line 2: no number of assigned licenses (assigned_users, assigned_devices or assigned)"},
      {read_license_inventory, "edition,installed,assigned\nSuite,many,1\n",
       "line 2: no whole number under installed"},
      {read_license_inventory, "edition,installed,users\nSuite,5,-1\n",
       "line 2: no whole number under assigned_users"},
      {read_license_inventory, "edition,installed,assigned\nSuite,5,9999999999\n",
       "line 2: no whole number under assigned"},
      {read_license_inventory, "edition,installed,assigned\nSuite,5,1\nSuite,5,1\n",
       "line 3: this edition and kind are already in an earlier row; add them up"},
      {key_packs, "ProductVersionID,TotalLicenses,IssuedLicenses\n,5,1\n",
       "line 2: no number under ProductVersionID"},
      {key_packs, "ProductVersionID,TotalLicenses\n6,5\n",
       "line 2: no number under IssuedLicenses"},
      {key_packs, "ProductVersionID,TotalLicenses,IssuedLicenses\n6,,5\n",
       "line 2: no number under TotalLicenses"},
  }));
  INFO(row.text);
  CHECK(read_text(row.reader, row.text) == Lines{row.fault});
}

TEST_CASE("the number of labels is bounded", "[inventory]") {
  std::string inventory = "edition,installed,assigned\n";
  std::string packs = "ProductVersionID,TotalLicenses,IssuedLicenses\n";
  for (std::size_t i = 0; i < max_editions; ++i) {
    inventory += fmt::format("Suite {},1,1\n", i);
    packs += fmt::format("{},1,1\n", i);
  }
  CHECK(read_text(read_license_inventory, inventory).size() == max_editions);
  CHECK(read_text(key_packs, packs).size() == max_editions);
  CHECK(read_text(read_license_inventory, inventory + "one more,1,1\n") ==
        Lines{"line 102: more than 100 editions"});
  CHECK(read_text(key_packs, packs + "1000,1,1\n") ==
        Lines{"line 102: more than 100 versions and kinds"});
}

TEST_CASE("kinds of licenses are recognized by the words that consoles use", "[inventory]") {
  CHECK(license_kind("") == LicenseKind::universal);
  CHECK(license_kind("Universal CAL") == LicenseKind::universal);
  CHECK(license_kind("TS or RDS Per User CAL") == LicenseKind::user);
  CHECK(license_kind("per DEVICE") == LicenseKind::device);
  CHECK(license_kind("User or device") == LicenseKind::universal);
  CHECK(license_kind("Benutzer") == LicenseKind::other);
}
