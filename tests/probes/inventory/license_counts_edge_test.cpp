// License counts from files: the samples in tests/data/inventory, and the errors in other files.
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

std::string number(const std::optional<std::int64_t>& count) {
  return count ? std::to_string(*count) : "-";
}

// "EDITION KIND: INSTALLED, USERS/DEVICES/UNSPECIFIED", or the error without the file's name.
Lines read(const std::filesystem::path& file) {
  const auto found = read_license_inventory(file);
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

Lines read_text(std::string_view text) {
  const TemporaryFile file(text);
  return read(file.path());
}

}  // namespace

TEST_CASE("an inventory is read the same in every form", "[inventory]") {
  const auto* const name =
      GENERATE("inventory.json", "inventory_utf8.csv", "inventory_utf16le.csv");
  CHECK(read(sample(name)) == Lines{"Windows EBS CAL Suite für Büros universal: 50, 30/12/-",
                                    "Windows EBS Premium CAL Suite user: 5, 7/0/-"});
}

TEST_CASE("a table without a known column is not an empty table", "[inventory]") {
  const std::string_view what = "there is no column ";
  for (const auto* text :
       {"Get-CimInstance : Access is denied.\n", "<!DOCTYPE html>\n<html></html>\n", "a,b\n",
        "Access denied", "\r\n\r\nerror\r\n", "Name\n", "Name\r\n----\r\nSpooler\r\n"}) {
    INFO(text);
    CHECK_THAT(read_text(text).front(), Catch::Contains(what.data()));
  }
  CHECK_THAT(read(sample("error_line.csv")).front(), Catch::Contains("there is no column edition"));
  CHECK(read_text("edition,installed,assigned\n").empty());
  CHECK(read_text("[]").empty());
}

TEST_CASE("lines may end with a carriage return alone", "[inventory]") {
  CHECK(read(sample("cr_only.csv")) == Lines{"EBS CAL Suite user: 10, 4/0/-"});
}

TEST_CASE("a file in a Windows code page is refused with its line", "[inventory]") {
  CHECK(read(sample("inventory_ansi.csv")) ==
        Lines{"line 2: not UTF-8 (octet 0xfc), maybe a Windows code page (ANSI); export it with "
              "-Encoding UTF8"});
}

TEST_CASE("the error in a row is reported with its line", "[inventory]") {
  struct Row {
    std::string text, fault;
  };
  const auto row = GENERATE(values<Row>({
      {"edition,installed,assigned\n,5,1\n", "line 2: no edition"},
      {"edition,installed,assigned\nSuite,,1\n",
       "line 2: no number of installed licenses (installed)"},
      {"edition,installed,assigned\nSuite,5,\n",
       "line 2: no number of assigned licenses (assigned_users, assigned_devices or assigned)"},
      {"edition,installed,users,devices\nSuite,5,1,\n",
       "line 2: no number of assigned licenses (assigned_users, assigned_devices or assigned)"},
      {"edition,installed,users\nSuite,5,1\n",
       "line 2: no number of assigned licenses (assigned_users, assigned_devices or assigned)"},
      {"edition,kind,installed,users\nSuite,device,5,1\n",
       "line 2: no number of assigned licenses (assigned_users, assigned_devices or assigned)"},
      {"edition,installed,assigned\nSuite,5,1\nSUITE,5,1\n",
       "line 3: this edition and kind are already in an earlier row; add them up"},
      {"edition,installed,assigned\nSuite,many,1\n", "line 2: no whole number under installed"},
      {"edition,installed,users\nSuite,5,-1\n", "line 2: no whole number under assigned_users"},
      {"edition,installed,assigned\nSuite,5,9999999999\n",
       "line 2: no whole number under assigned"},
      {"edition,installed,assigned\nSuite,5,1\nSuite,5,1\n",
       "line 3: this edition and kind are already in an earlier row; add them up"},
  }));
  INFO(row.text);
  CHECK(read_text(row.text) == Lines{row.fault});
}

TEST_CASE("the number of labels is bounded", "[inventory]") {
  std::string inventory = "edition,installed,assigned\n";
  for (std::size_t i = 0; i < max_editions; ++i) {
    inventory += fmt::format("Suite {},1,1\n", i);
  }
  CHECK(read_text(inventory).size() == max_editions);
  CHECK(read_text(inventory + "one more,1,1\n") == Lines{"line 102: more than 100 editions"});
}

TEST_CASE("kinds of licenses are recognized by the words that consoles use", "[inventory]") {
  CHECK(license_kind("") == LicenseKind::universal);
  CHECK(license_kind("Universal CAL") == LicenseKind::universal);
  CHECK(license_kind("TS or RDS Per User CAL") == LicenseKind::user);
  CHECK(license_kind("per DEVICE") == LicenseKind::device);
  CHECK(license_kind("User or device") == LicenseKind::universal);
  CHECK(license_kind("Benutzer") == LicenseKind::other);
}

TEST_CASE("who cannot hold a license need not be counted, and a sum of all will do",
          "[inventory]") {
  CHECK(read_text("edition,kind,installed,users,devices\nSuite,user,5,1,\n") ==
        Lines{"Suite user: 5, 1/-/-"});
  CHECK(read_text("edition,installed,users,devices,assigned\nSuite,5,1,,4\n") ==
        Lines{"Suite universal: 5, -/-/4"});
}
