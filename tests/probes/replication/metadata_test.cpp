// Replication metadata: what a stamp says, what is tolerated, and what is refused.
#include "probes/replication/metadata.h"

#include "agent/base/text.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace cal;
using namespace cal::replication;

namespace {

std::vector<std::string> samples(const std::string& attribute) {
  std::ifstream file(fakes::source_tree() / "tests/data/replication/synthetic-repl-metadata.json");
  const auto all = nlohmann::json::parse(file);
  std::vector<std::string> found;
  for (const auto& object : all.at("objects")) {
    for (const auto& value : object.at("attributes").value(attribute, nlohmann::json::array())) {
      found.push_back(value.get<std::string>());
    }
  }
  REQUIRE(!found.empty());
  return found;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  auto at = text.find(what);
  REQUIRE(at != text.npos);
  for (; at != text.npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

const std::string dc2 =
    "CN=NTDS Settings,CN=DC2,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,"
    "DC=ebs,DC=example,DC=com";

std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string octets;
  for (std::size_t i = 0; i < size; ++i) octets += static_cast<char>(value >> (8 * i) & 0xff);
  return octets;
}

std::string raw(std::uint32_t count, const std::string& entries, std::uint32_t version = 1) {
  return little_endian(version, 4) + little_endian(0, 4) + little_endian(count, 4) +
         little_endian(0, 4) + entries;
}

std::string raw_entry(std::uint32_t attribute, std::uint32_t version, std::uint64_t seconds) {
  return little_endian(attribute, 4) + little_endian(version, 4) + little_endian(seconds, 8) +
         std::string(16, '\x11') + little_endian(7, 8) + little_endian(9, 8);
}

}  // namespace

TEST_CASE("a link that was removed, an old one, and one that was added again", "[replication]") {
  const auto xml = samples("msDS-ReplValueMetaData");
  REQUIRE(xml.size() == 3);

  const auto removed = parse_link_stamp(xml[0]);
  REQUIRE(removed);
  CHECK(removed->attribute == "member");
  CHECK(removed->value_dn == "CN=licadmin,OU=Staff,DC=ebs,DC=example,DC=com");
  CHECK(removed->removed);
  CHECK(removed->stamp.version == 2);
  CHECK(utc_text(removed->stamp.changed) == "2026-11-20T14:03:07Z");
  CHECK(removed->stamp.settings_dn == dc2);
  REQUIRE(removed->stamp.invocation);
  CHECK(removed->stamp.invocation->text() == "578e00d0-c6e1-4116-886c-7a06f681a0c4");

  const auto old = parse_link_stamp(xml[1]);
  REQUIRE(old);
  CHECK(!old->removed);
  CHECK(old->stamp.settings_dn.empty());

  const auto added_again = parse_link_stamp(xml[2]);
  REQUIRE(added_again);
  CHECK(!added_again->removed);
  CHECK(added_again->stamp.version == 3);
  CHECK(added_again->value_dn == "CN=O\\, Brien & Zo\u00eb,OU=Staff,DC=ebs,DC=example,DC=com");
}

TEST_CASE("an attribute's stamp", "[replication]") {
  const auto stamp = parse_attribute_stamp(samples("msDS-ReplAttributeMetaData").front());
  REQUIRE(stamp);
  CHECK(stamp->attribute == "nTSecurityDescriptor");
  CHECK(stamp->stamp.version == 4);
  CHECK(utc_text(stamp->stamp.changed) == "2026-11-20T14:05:59Z");
  CHECK(stamp->stamp.settings_dn == dc2);
}

TEST_CASE("what domain controllers and specifications write differently", "[replication]") {
  const auto xml = samples("msDS-ReplValueMetaData");
  const auto same = *parse_link_stamp(xml[2]);
  const auto variant = GENERATE_REF(values<std::string>({
      xml[2] + std::string(1, '\0'),
      xml[2] + "\r\n" + std::string(1, '\0'),
      replaced(xml[2], "DS_REPL_VALUE_META_DATA", "DS_REPL_VALUE_META_DATA_2"),
      replaced(xml[2], "&amp;", "&"),
      replaced(xml[2], "Z</ftime", "</ftime"),
      replaced(xml[2], "\n\t", ""),
      replaced(xml[2], "<cbData>0</cbData>", ""),
      replaced(xml[2], "<pbData></pbData>", "<pbData/>"),
  }));
  CAPTURE(variant);
  const auto stamp = parse_link_stamp(variant);
  REQUIRE(stamp);
  CHECK(stamp->value_dn == same.value_dn);
  CHECK(stamp->removed == same.removed);
  CHECK(stamp->stamp.changed == same.stamp.changed);
}

TEST_CASE("a fragment that lacks what is needed, or is none, has no stamp", "[replication]") {
  const auto good = samples("msDS-ReplValueMetaData").front();
  REQUIRE(parse_link_stamp(good));
  const auto bad = GENERATE_REF(values<std::string>({
      "",
      std::string(5, '\0'),
      "<DS_REPL_VALUE_META_DATA/>",
      good.substr(0, good.size() / 2),
      good + good,
      "<!DOCTYPE a [<!ENTITY b \"c\">]>" + good,
      replaced(good, "DS_REPL_VALUE_META_DATA", "DS_REPL_ATTR_META_DATA"),
      replaced(good, "pszAttributeName", "pszOther"),
      replaced(good, "pszObjectDn", "pszOther"),
      replaced(good, "ftimeDeleted", "ftimeOther"),
      replaced(good, "ftimeLastOriginatingChange", "ftimeOther"),
      replaced(good, "2026-11-20T14:03:07Z", "2026-11-20"),
      replaced(good, "2026-11-20T14:03:07Z", "20 November 2026"),
      replaced(good, "2026-11-20T14:03:07Z", "1601-01-01T00:00:00Z"),
      replaced(good, "<dwVersion>2", "<dwVersion>two"),
      replaced(good, "<dwVersion>2", "<dwVersion>99999999999"),
      replaced(good, "<dwVersion>2", "<dwVersion><a>2</a>"),
      replaced(good, "licadmin", std::string(max_text, 'a')),
      replaced(good, "licadmin", std::string(max_fragment, 'a')),
      replaced(good, "licadmin", "\x01"),
      replaced(good, "licadmin", "\xff"),
      replaced(good, "licadmin", "&lt;&nothing;"),
  }));
  CAPTURE(bad);
  const auto stamp = parse_link_stamp(bad);
  // An "&" that begins no reference is text, also in what looks like an entity.
  CHECK(stamp.has_value() == (bad.find("&nothing;") != bad.npos));
}

TEST_CASE("a stamp of a link is not one of an attribute", "[replication]") {
  CHECK(!parse_attribute_stamp(samples("msDS-ReplValueMetaData").front()));
  CHECK(!parse_link_stamp(samples("msDS-ReplAttributeMetaData").front()));
}

TEST_CASE("the binary form has numbers for names", "[replication]") {
  constexpr std::uint64_t seconds = 13'408'711'559;  // from 1601
  const auto stamps =
      parse_raw_stamps(raw(2, raw_entry(0, 1, seconds) + raw_entry(0x20119, 4, seconds)));
  REQUIRE(stamps);
  REQUIRE(stamps->size() == 2);
  CHECK(stamps->at(1).attribute == number_of_attribute("ntSecurityDescriptor"));
  CHECK(stamps->at(1).stamp.version == 4);
  CHECK(utc_text(stamps->at(1).stamp.changed) == "2025-11-27T10:05:59Z");
  REQUIRE(stamps->at(1).stamp.invocation);
  CHECK(stamps->at(1).stamp.invocation->text() == "11111111-1111-1111-1111-111111111111");
  CHECK(parse_raw_stamps(raw(0, ""))->empty());
}

TEST_CASE("octets that are not whole stamps are none", "[replication]") {
  const auto entry = raw_entry(3, 1, 0);
  const auto bad = GENERATE_REF(values<std::string>({
      "",
      "x",
      raw(0, "").substr(0, 5),
      raw(0, "").substr(0, 15),
      raw(1, ""),
      raw(2, entry),
      raw(1, entry + "x"),
      raw(1, entry, 2),
      raw(0xffffffff, entry),
      raw(0, entry),
  }));
  CHECK(!parse_raw_stamps(bad));
  CHECK(parse_raw_stamps(raw(1, raw_entry(3, 1, ~std::uint64_t{0}))));
}
