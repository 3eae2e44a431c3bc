#include "probes/winlog/event_xml.h"

#include <catch2/catch.hpp>

using namespace cal::winlog;

TEST_CASE("data are read with their names and in order", "[winlog][xml]") {
  CHECK(data_of_xml("<EventData><Data Name=\"Code\">0x5</Data><Data Name='Text'>a &lt;b&gt; "
                    "&amp;amp;</Data><Data/><Data></Data><DataX>no</DataX></EventData>") ==
        std::vector<EventDatum>{{"Code", "0x5"}, {"Text", "a <b> &amp;"}, {"", ""}, {"", ""}});
}

TEST_CASE("elements and attributes are found by name", "[winlog][xml]") {
  const std::string_view xml =
      "<System><Provider Name=\"A &amp; B\" Guid=\"{x}\"/><EventID Qualifiers=\"1\">5</EventID>"
      "<Channel>C</Channel><Security UserID='S-1-5-18'/></System>";
  CHECK(attribute_text(xml, "Provider", "Name") == "A & B");
  CHECK(attribute_text(xml, "Provider", "Guid") == "{x}");
  CHECK(attribute_text(xml, "Security", "UserID") == "S-1-5-18");
  CHECK(element_text(xml, "EventID") == "5");
  CHECK(element_text(xml, "Channel") == "C");
  CHECK(element_text(xml, "Computer").empty());
  CHECK(attribute_text(xml, "Channel", "Name").empty());
}

TEST_CASE("the readable parts of broken XML are read", "[winlog][xml]") {
  const auto* xml = GENERATE("", "<", "<Data", "<Data>", "<Data Name=", "<Data Name=>x</Data",
                             "<Data Name=\"x>1</Data>", "</Data>", "<Data><Data>");
  INFO(xml);
  for (const auto& datum : data_of_xml(xml)) CHECK(datum.name.empty());
}

TEST_CASE("texts and lists are bounded, and valid", "[winlog][xml]") {
  std::string xml;
  for (int i = 0; i < 1000; ++i) xml += "<Data>x</Data>";
  CHECK(data_of_xml(xml).size() == max_data);
  CHECK(bounded_text(std::string(1'000'000, 'x')).size() == longest_text);
  CHECK(bounded_text("a\xff") == "a\uFFFD");
  std::string umlauts;
  while (umlauts.size() < longest_text + 1) umlauts += "\u20ac";
  const auto cut = bounded_text(umlauts);
  CHECK(cut.size() <= longest_text);
  CHECK(umlauts.starts_with(cut));
}
