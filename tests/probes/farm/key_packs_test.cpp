// Rows of key packs that people published: from Checkmk's plugin and a Nagios check. Names and
// counts are theirs.
#include "probes/farm/key_packs.h"

#include "probes/farm/versions.h"
#include "tests/catch.h"

#include <fmt/format.h>

#include <map>

using namespace cal;
using namespace cal::farm;

namespace {

// "KeyPackType,ProductType,ProductVersionID,Total,Issued,ExpirationDate"
KeyPacks packs_of(std::initializer_list<const char*> rows) {
  KeyPacks packs;
  KeyPackReader reader;
  int id = 3;
  for (const std::string row : rows) {
    std::map<std::string, std::string> columns{{"KeyPackId", std::to_string(id++)}};
    std::size_t from = 0;
    for (const auto* name : {"KeyPackType", "ProductType", "ProductVersionID", "TotalLicenses",
                             "IssuedLicenses", "ExpirationDate"}) {
      const auto end = std::min(row.find(',', from), row.size());
      columns[name] = row.substr(from, end - from);
      from = end + 1;
    }
    add_key_pack(
        reader, [&](const char* name) { return columns[name]; }, packs);
  }
  return packs;
}

}  // namespace

TEST_CASE("rows of real servers: what counts, and what does not", "[farm]") {
  const auto packs = packs_of({
      "4,0,2,-1,100,20380119031407.000000-000",        // temporary: 100 devices on 90 days
      "6,3,0,-1,-1,20351231230000.000000-000",         // built-in
      "2,0,2,250,250,20230209121549.000000-000",       // full, with an end
      "2,0,2,1050,731,20380101081108.000000-000",      // for ever
      "2,0,2,600,0,20380101083248.000000-000",         //
      "2,1,4,300,0,20380101000000.000000-000",         //
      "5,1,6,2000,1,20380101093636.000000-000",        //
      "6,3,0,4294967295,0,20351231230000.000000-000",  // unsigned
      "2,1,4,20,11,20380101010000.000000-000",         //
      "7,1,4,0,0,20380119031407.000000-000",           // KeyPackType 7
  });
  CHECK(packs.not_understood.empty());
  CHECK(packs.temporary_issued == 100);
  REQUIRE(packs.packs.size() == 6);
  CHECK(packs.packs[0].ends);
  CHECK_FALSE(packs.packs[1].ends);
  CHECK(packs.packs[5].issued == 11);
  CHECK(packs.overused.size() == 1);
}

TEST_CASE("dates in the text form of a culture", "[farm]") {
  const auto packs = packs_of({
      "4,0,2,-1,100,01/01/2036 00:00:00",
      "2,0,2,1050,731,01/08/2023 00:00:00",  // January or August
      "5,1,6,2000,1,01/01/2031 00:00:00",
      "5,1,6,2000,1,soon",
  });
  REQUIRE(packs.packs.size() == 2);
  CHECK(packs.packs[0].ends->earliest != packs.packs[0].ends->latest);
  CHECK(packs.packs[1].ends);
  CHECK(packs.not_understood ==
        std::vector<std::string>{"key pack 6: ExpirationDate is not understood"});
}

TEST_CASE("a row that is not understood is named, not counted", "[farm]") {
  struct Row {
    const char* text;
    std::string what;
  };
  for (const auto& [text, what] : std::vector<Row>{
           {"2,1,11,10,1,", "version 11 is not known"},
           {"2,1,,10,1,", "no number under ProductVersionID"},
           {"2,,6,10,1,", "no number under ProductType"},
           {"2,1,6,-5,1,", "no number under TotalLicenses"},
           {"2,2,6,10,1,", "ProductType is neither 0 nor 1"},
           {"2,1,6,,1,", "no number under TotalLicenses"},
           {"2,1,6,10,,", "no number under IssuedLicenses"},
           {"2,1,6,10,many,", "no number under IssuedLicenses"},
           {"4,0,2,-1,,", "no number under IssuedLicenses"},
           {"2,1,6,10,4294967295,", "no number under IssuedLicenses"},  // -1 without a sign
           {"4,0,2,-1,4294967295,", "no number under IssuedLicenses"},
           {"2,1,6,9223372036854775807,1,", "no number under TotalLicenses"},
           {"2,1,6,10,9223372036854775807,", "no number under IssuedLicenses"},
           {"0,1,6,10,1,", "KeyPackType 0 is not known"},
           {"9,1,6,10,1,", "KeyPackType 9 is not known"},
           {"-1,1,6,10,1,", "KeyPackType -1 is not known"},
           {"open,1,6,10,1,", "KeyPackType open is not known"},
           {"2,1,6,-1,1,", "unlimited, which a pack of its KeyPackType is not"},
           {"5,0,6,4294967295,1,", "unlimited, which a pack of its KeyPackType is not"},
           {",0,6,-1,1,", "unlimited and without a KeyPackType"},
           {"8,1,6,20,5,", "overused, and yet it has licenses"},
       }) {
    const auto packs = packs_of({text});
    INFO(text);
    CHECK(packs.packs.empty());
    CHECK(packs.not_understood == std::vector<std::string>{"key pack 3: " + what});
  }
}

TEST_CASE("a pack is known by its server and its ID", "[farm]") {
  struct Row {
    const char* server;
    const char* id;
    const char* kind;
    const char* issued;
  };
  const auto total = [](std::initializer_list<Row> rows) {
    KeyPacks packs;
    KeyPackReader reader;
    for (const auto& [server, id, kind, issued] : rows) {
      std::map<std::string, std::string> columns{
          {"PSComputerName", server}, {"KeyPackId", id},         {"KeyPackType", "2"},
          {"ProductType", kind},      {"ProductVersionID", "6"}, {"TotalLicenses", "10"},
          {"IssuedLicenses", issued}};
      add_key_pack(
          reader, [&](const char* name) { return columns[name]; }, packs);
    }
    return std::pair(packs.packs.size(), packs.not_understood.size());
  };
  using Counts = std::pair<std::size_t, std::size_t>;
  CHECK(total({{"", "3", "1", "4"}, {"", "3", "1", "4"}}) == Counts{1, 0});
  CHECK(total({{"LS1", "3", "1", "4"}, {"LS2", "3", "1", "4"}}) == Counts{2, 0});
  CHECK(total({{"", "3", "1", "4"}, {"", "4", "1", "4"}}) == Counts{2, 0});
  CHECK(total({{"", "3", "1", "4"}, {"", "3", "0", "4"}}) == Counts{2, 0});  // another kind
  CHECK(total({{"", "", "1", "4"}, {"", "", "1", "4"}}) == Counts{2, 0});    // not known by an ID
  CHECK(total({{"LS1", "3", "1", "4"}, {"ls1", "3", "1", "4"}}) == Counts{1, 0});
  // Which one is right is not known, whatever their order; a pack of another kind still counts.
  CHECK(total({{"LS1", "3", "1", "4"}, {"LS1", "3", "1", "5"}}) == Counts{0, 1});
  CHECK(total({{"LS1", "3", "1", "5"}, {"LS1", "3", "1", "4"}}) == Counts{0, 1});
  CHECK(total({{"", "3", "1", "4"}, {"", "3", "0", "4"}, {"", "3", "1", "5"}}) == Counts{1, 1});
}

TEST_CASE("temporary licenses have a number only if every row has one", "[farm]") {
  CHECK(packs_of({}).temporary_issued == 0);
  CHECK(packs_of({"4,0,2,-1,100,", "4,0,7,-1,3,"}).temporary_issued == 103);
  for (const auto* bad :
       {"4,0,2,-1,,", "4,0,2,-1,many,", "4,0,2,-1,-1,", ",0,2,-1,5,", "9,0,2,-1,5,"}) {
    INFO(bad);
    CHECK_FALSE(packs_of({"4,0,2,-1,100,", bad, "4,0,7,-1,3,"}).temporary_issued);
  }
}

TEST_CASE("users without a pack are overused, also in a pack of 0", "[farm]") {
  const auto packs = packs_of({"8,1,6,0,12,", "2,1,6,0,3,"});
  CHECK(packs.packs.empty());
  CHECK(packs.overused.size() == 2);
}

TEST_CASE("versions of Windows Server by their builds", "[farm]") {
  CHECK(version_of_build(9600) == 4);
  CHECK(version_of_build(14393) == 5);
  CHECK(version_of_build(17763) == 6);
  CHECK(version_of_build(20348) == 7);
  CHECK(version_of_build(26100) == 8);
  CHECK_FALSE(version_of_build(25398));
  CHECK(version_name(8) == "Windows Server 2025");
  CHECK(version_name(9) == "version 9");
}
