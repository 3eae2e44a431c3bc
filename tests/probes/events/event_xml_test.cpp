#include "probes/events/event_xml.h"

#include "tests/catch.h"

#include <fmt/format.h>

#include <string>

using namespace cal::winlog;

namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("data come by name and in order", "[winlog][xml]") {
  CHECK(data_of_xml("<EventData><Data Name=\"Code\">0x5</Data><Data Name='Text'>a &lt;b&gt; "
                    "&amp;amp;</Data><Data/><Data></Data><DataX>no</DataX></EventData>") ==
        std::vector<EventDatum>{{"Code", "0x5"}, {"Text", "a <b> &amp;"}, {"", ""}, {"", ""}});
}

TEST_CASE("elements without a root are read", "[winlog][xml]") {
  CHECK(data_of_xml("<Data Name='A &amp; B'>1</Data>\r\n<Data>two\nlines &#x20AC;</Data>") ==
        std::vector<EventDatum>{{"A & B", "1"}, {"", "two\nlines €"}});
  CHECK(data_of_xml("<Data><![CDATA[<1>]]><b>2</b></Data>") ==
        std::vector<EventDatum>{{"", "<1>2"}});
  CHECK(data_of_xml("no elements").empty());
}

TEST_CASE("user data are the elements that hold no others", "[winlog][xml]") {
  CHECK(
      user_data_of_xml(
          "<EventXML xmlns='Event_NS'><param1>alice</param1><param2 Name='n'>a &amp; "
          "b</param2><param3/><list><item>1</item> <item>2</item></list></EventXML>") ==
      std::vector<EventDatum>{
          {"param1", "alice"}, {"param2", "a & b"}, {"param3", ""}, {"item", "1"}, {"item", "2"}});
  CHECK(user_data_of_xml("<EventXML/>").empty());
  CHECK(user_data_of_xml("<EventXML>text</EventXML>").empty());
  CHECK(user_data_of_xml("<E><a>1</a><b>2") == std::vector<EventDatum>{{"a", "1"}});
  CHECK(user_data_of_xml("<E>" + repeated("<x>1</x>", 1000) + "</E>").size() == max_data);
}

TEST_CASE("broken XML gives what can be read", "[winlog][xml]") {
  const auto* xml =
      GENERATE("", "<", "<Data", "<Data>", "<Data Name=", "<Data Name=>x</Data",
               "<Data Name=\"x>1</Data>", "</Data>", "<Data><Data>", "&nbsp;", "\xFF", "</root>");
  INFO(xml);
  CHECK(data_of_xml(xml).empty());
  CHECK(data_of_xml(fmt::format("<Data>1</Data>{}", xml)) == std::vector<EventDatum>{{"", "1"}});
}

TEST_CASE("a control character does not end the reading", "[winlog][xml]") {
  CHECK(data_of_xml("<Data>a\x01"
                    "b</Data><Data>2</Data>") == std::vector<EventDatum>{{"", "a?b"}, {"", "2"}});
}

TEST_CASE("no entity is defined, and so none expands", "[winlog][xml]") {
  const std::string bomb =
      "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><Data>&b;</Data>";
  CHECK(data_of_xml(bomb).empty());
  CHECK(data_of_xml("<Data>1</Data>" + bomb).size() == 1);
}

TEST_CASE("depth, texts and lists are bounded", "[winlog][xml]") {
  CHECK(data_of_xml(repeated("<Data>x</Data>", 1000)).size() == max_data);
  CHECK(data_of_xml(repeated("<a>", 100'000)).empty());
  const auto data = data_of_xml(fmt::format("<Data Name='{0}'>{0}</Data>", repeated("€", 10'000)));
  REQUIRE(data.size() == 1);
  CHECK(data[0].value == repeated("€", longest_text / 3));
  CHECK(data[0].name == data[0].value);
}

TEST_CASE("a text of an event is bounded and valid", "[winlog]") {
  CHECK(bounded_text(std::string(1'000'000, 'x')).size() == longest_text);
  CHECK(bounded_text("a\xff") == "a\uFFFD");
  CHECK(bounded_text(repeated("€", 10'000)) == repeated("€", longest_text / 3));
  CHECK(bounded_text(std::string(10'000, '\x80')).size() <= longest_text);
}
