// Binary XML token by token, as MS-EVEN6 2.2.12 has it, and what is wrong with others.
#include "probes/evtx/binary_xml.h"

#include "probes/evtx/value.h"
#include "tests/catch.h"
#include "tests/fakes/binary_xml.h"

#include <fmt/format.h>

using namespace cal::evtx;
using cal::fakes::BinaryXml;

namespace {

// Writes down what it is called with.
class Transcript : public Visitor {
 public:
  void open(std::string_view name) override { text_ += fmt::format("<{}>", name); }
  void attribute(std::string_view name, const std::string& value) override {
    text_ += fmt::format("[{}={}]", name, value);
  }
  void text(const std::string& value) override { text_ += value; }
  void next_item() override { text_ += "|"; }
  void close() override { text_ += "</>"; }
  bool has_enough() const override { return false; }

  std::string text_;
};

std::string transcript(const BinaryXml& xml) {
  Transcript transcript;
  decode_binary_xml(xml.bytes(), 0, xml.size(), transcript);
  return transcript.text_;
}

std::vector<std::uint8_t> utf16(std::string_view text) { return BinaryXml().utf16(text).bytes(); }

const BinaryXml& one_value(BinaryXml& xml) {
  return xml.header().open("D").head_ends().substitution(0).ends().end_of_stream();
}

std::string value(std::uint8_t type, std::vector<std::uint8_t> bytes) {
  BinaryXml xml;
  xml.header().instance(&one_value).instance_values({{type, std::move(bytes)}});
  return transcript(xml);
}

}  // namespace

TEST_CASE("elements, attributes and inline values are read without a template", "[evtx]") {
  BinaryXml xml;
  xml.header().open("Event").head_ends();
  xml.open_with_attributes("Provider").attribute("Name").text("P").attribute("Guid").text("G");
  xml.empty_ends();
  xml.open("EventID").head_ends().text("5").ends();
  xml.ends().end_of_stream();
  CHECK(transcript(xml) == "<Event><Provider>[Name=P][Guid=G]</><EventID>5</></>");
}

TEST_CASE("text is put together from values, entities and characters", "[evtx]") {
  BinaryXml xml;
  xml.open("D").head_ends().text("a").u8(0x09).name("lt").u8(0x08).u16('b');
  xml.u8(0x07).u16(1).utf16("c").ends();
  CHECK(transcript(xml) == "<D>a<bc</>");
}

TEST_CASE("the values of a template's instance have the types of Windows", "[evtx]") {
  CHECK(value(0x01, utf16("x")) == "<D>x</>");
  CHECK(value(0x06, {5, 0}) == "<D>5</>");
  CHECK(value(0x03, {0xff}) == "<D>-1</>");
  CHECK(value(0x0d, {1, 0, 0, 0}) == "<D>true</>");
  CHECK(value(0x14, {5, 0, 7, 0x80}) == "<D>0x80070005</>");
  CHECK(value(0x0e, {0xab, 0xcd}) == "<D>ABCD</>");
  CHECK(value(0x11, BinaryXml().u64(134'083'044'001'234'567).bytes()) ==
        "<D>2025-11-22T17:00:00.1234567Z</>");
  CHECK(value(0x12,
              BinaryXml().u16(2026).u16(11).u16(3).u16(25).u16(9).u16(1).u16(2).u16(3).bytes()) ==
        "<D>2026-11-25T09:01:02.003Z</>");
  CHECK(value(0x13, {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}) == "<D>S-1-5-18</>");
  CHECK(value(0x0f, {0x78, 0x56, 0x34, 0x12, 2, 1, 4, 3, 5, 6, 7, 8, 9, 10, 11, 12}) ==
        "<D>{12345678-0102-0304-0506-0708090a0b0c}</>");
  CHECK(value(0x00, {}) == "<D></>");
}

TEST_CASE("text outside of an element is damage", "[evtx]") {
  BinaryXml before;
  before.header().text("x");
  BinaryXml behind;
  behind.open("D").head_ends().ends().text("x");
  BinaryXml character;
  character.u8(0x08).u16('x');
  BinaryXml array;
  array.instance([](BinaryXml& xml) -> const BinaryXml& { return xml.substitution(0); })
      .instance_values({{0x86, {1, 0, 2, 0}}});
  for (const auto* xml : {&before, &behind, &character, &array}) {
    CHECK_THROWS_AS(transcript(*xml), Damaged);
  }
}

TEST_CASE("an array makes its element occur once for each item", "[evtx]") {
  BinaryXml items;
  items.utf16("a").u16(0).u16(0).utf16("c").u16(0);
  CHECK(value(0x81, items.bytes()) == "<D>a||c</>");
  CHECK(value(0x86, {1, 0, 2, 0}) == "<D>1|2</>");
}

TEST_CASE("an optional value that is absent takes its attribute along", "[evtx]") {
  BinaryXml xml;
  xml.instance([](BinaryXml& body) -> const BinaryXml& {
    return body.open_with_attributes("S").attribute("UserID").substitution(0, true).empty_ends();
  });
  const auto head = xml;
  CHECK(transcript(xml.instance_values({{0x00, {}}})) == "<S></>");
  auto with_value = head;
  CHECK(transcript(with_value.instance_values({{0x01, utf16("u")}})) == "<S>[UserID=u]</>");
}

TEST_CASE("a value may be binary XML itself, also without dependency identifiers", "[evtx]") {
  // The nested fragment lies in the record, so that names count from the chunk's start.
  for (const bool has_identifier : {true, false}) {
    BinaryXml xml;
    xml.instance(&one_value);
    const auto nested_at = xml.size() + 4 + 4;
    BinaryXml nested;
    while (nested.size() < nested_at) nested.u8(0);
    nested.u8(0x01);
    if (has_identifier) nested.u16(0xffff);
    nested.u32(0).name("N").head_ends().text("v").ends();
    const std::vector<std::uint8_t> bytes(
        nested.bytes().begin() + static_cast<std::ptrdiff_t>(nested_at), nested.bytes().end());
    CHECK(transcript(xml.instance_values({{0x21, bytes}})) == "<D><N>v</></>");
  }
}

TEST_CASE("XML that ends early, refers outside or has an unknown token is damaged", "[evtx]") {
  BinaryXml whole;
  whole.header().instance(&one_value).instance_values({{0x01, utf16("x")}});
  for (std::size_t size = 5; size < whole.size(); ++size) {
    Transcript transcript;
    const Bytes bytes(whole.bytes().data(), size);
    CHECK_THROWS_AS(decode_binary_xml(bytes, 0, size, transcript), Damaged);
  }
  CHECK_THROWS_AS(transcript(BinaryXml().u8(0x3f)), Damaged);
  CHECK_THROWS_AS(transcript(BinaryXml().u8(0x01).u16(0).u32(0).u32(0xffffffff)), Damaged);
  CHECK_THROWS_AS(transcript(BinaryXml().u8(0x0c).u8(1).u32(0).u32(0xfffffff0)), Damaged);
  CHECK_THROWS_AS(transcript(BinaryXml().open("D").head_ends().substitution(0).ends()), Damaged);
}

TEST_CASE("nesting and expansion are bounded", "[evtx]") {
  BinaryXml deep;
  for (int i = 0; i < 1'000; ++i) deep.open("D").head_ends();
  CHECK_THROWS_WITH(transcript(deep), "the record is nested too deep");

  BinaryXml wide;
  wide.open("D").head_ends();
  for (std::size_t i = 0; i <= max_steps; ++i) wide.u8(0x05).u8(0x01).u16(0);
  CHECK_THROWS_WITH(transcript(wide), "the record expands to too much");

  // A template that has an instance of itself.
  BinaryXml endless;
  endless.u8(0x0c).u8(1).u32(7).u32(10).u32(0).u64(0).u64(0).u32(14);
  endless.u8(0x0c).u8(1).u32(7).u32(10).u32(0);
  endless.u32(0);
  CHECK_THROWS_WITH(transcript(endless), "the record is nested too deep");
}

TEST_CASE("long texts and arrays are cut", "[evtx]") {
  CHECK(text_of_value(0x01, utf16(std::string(10'000, 'x'))).size() == max_value_text);
  CHECK(texts_of_value(0x84, std::vector<std::uint8_t>(1'000)).size() == max_array_items);
}
