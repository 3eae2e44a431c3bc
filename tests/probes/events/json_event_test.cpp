#include "probes/events/json_event.h"

#include "probes/events/event_time.h"
#include "tests/catch.h"
#include "tests/probes/winlog/sample_events.h"

#include <fmt/format.h>

using namespace cal::winlog;
using namespace cal::winlog::samples;

namespace {

// Event 5 as each shipper writes it, with the fields that the layout keeps.
struct Layout {
  const char* name;
  const char* line;
  const char* user;
  std::vector<EventDatum> data;
  bool in_order;
};

const std::vector<Layout> layouts{
    {"winlogbeat",
     R"({"@timestamp":"2026-11-24T10:00:00.000Z","event":{"code":"5","provider":"x"},"message":"License pack activation failed due to error code: 0xcfff1208.","winlog":{"provider_name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","event_id":"5","record_id":17,"computer_name":"srv1","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","user":{"identifier":"S-1-5-18","name":"admin","domain":"EBS"},"event_data":{"param1":"0xcfff1208","param2":"Already there"}}})",
     "EBS\\admin",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
    {"nxlog ce",
     R"({"EventTime":"2026-11-24 10:00:00","Hostname":"srv1","Keywords":-9223372036854775808,"EventType":"ERROR","SeverityValue":4,"Severity":"ERROR","EventID":5,"SourceName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","ProviderGuid":"{1-2}","Version":0,"Task":0,"OpcodeValue":0,"RecordNumber":17,"ProcessID":4,"ThreadID":8,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Domain":"EBS","AccountName":"admin","UserID":"S-1-5-18","AccountType":"User","Message":"License pack activation failed due to error code: 0xcfff1208.","ErrorCode":"0xcfff1208","EventReceivedTime":"2026-11-24 10:00:01","SourceModuleName":"in","SourceModuleType":"im_msvistalog"})",
     "EBS\\admin",
     {{"ErrorCode", "0xcfff1208"}},
     false},
    {"nxlog ee",
     R"({"EventTime":"2026-11-24T11:00:00.000000+01:00","Hostname":"srv1","Keywords":"9223372036854775808","EventID":"5","SourceName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","TaskValue":0,"RecordNumber":"17","ExecutionProcessID":4,"ExecutionThreadID":8,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","UserID":"S-1-5-18","Message":"License pack activation failed due to error code: 0xcfff1208.","Text":3489600008})",
     "S-1-5-18",
     {{"Text", "3489600008"}},
     false},
    {"alloy",
     R"({"source":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","computer":"srv1","event_id":5,"level":2,"keywords":"0x8000000000000000","timeCreated":"2026-11-24T10:00:00.000000000Z","eventRecordID":17,"execution":{"processId":4,"threadId":8},"security":{"userId":"S-1-5-18","userName":"SYSTEM"},"event_data":"<Data Name='Code'>0xcfff1208</Data><Data Name='Text'>Already &amp; there</Data>","message":"License pack activation failed due to error code: 0xcfff1208."})",
     "SYSTEM",
     {{"Code", "0xcfff1208"}, {"Text", "Already & there"}},
     true},
    {"fluent bit, strings",
     R"({"ProviderName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","ProviderGuid":"","Qualifiers":"","EventID":5,"Version":0,"Level":2,"TimeCreated":"2026-11-24 10:00:00 +0000","EventRecordID":17,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","UserID":"S-1-5-18","Message":"License pack activation failed due to error code: 0xcfff1208.","StringInserts":["0xcfff1208","Already there"]})",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"fluent bit, named",
     R"({"ProviderName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","EventID":5,"TimeCreated":"2026-11-24 10:00:00 +0000","EventRecordID":17,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","UserID":"S-1-5-18","Message":"License pack activation failed due to error code: 0xcfff1208.","EventData":{"Text":"Already there","Code":3489600008}})",
     "S-1-5-18",
     {{"Text", "Already there"}, {"Code", "3489600008"}},
     true},
    {"alloy, user data",
     R"({"source":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","computer":"srv1","event_id":5,"timeCreated":"2026-11-24T10:00:00.000000000Z","eventRecordID":17,"security":{"userId":"S-1-5-18"},"user_data":"<EventXML xmlns='Event_NS'><param1>0xcfff1208</param1><param2>Already there</param2></EventXML>","message":"License pack activation failed due to error code: 0xcfff1208."})",
     "S-1-5-18",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
    {"opentelemetry, named",
     R"({"body":{"channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","computer":"srv1","event_data":{"Code":"0xcfff1208","Text":"Already there"},"event_id":{"id":5,"qualifiers":0},"keywords":["x"],"level":"Error","message":"License pack activation failed due to error code: 0xcfff1208.","provider":{"guid":"{1}","name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing"},"record_id":17,"security":{"user_id":"S-1-5-18"},"system_time":"2026-11-24T10:00:00.000000000Z","task":"None"}})",
     "S-1-5-18",
     {{"Code", "0xcfff1208"}, {"Text", "Already there"}},
     false},
    {"opentelemetry, list",
     R"({"channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","computer":"srv1","event_data":{"data":[{"Text":"0xcfff1208"},{"":"Already there"}]},"event_id":{"id":5,"qualifiers":0},"message":"License pack activation failed due to error code: 0xcfff1208.","provider":{"name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing"},"record_id":17,"system_time":"2026-11-24T10:00:00.000000000Z"})",
     "",
     {{"Text", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"wazuh, alert",
     R"({"timestamp":"x","rule":{"id":"1"},"data":{"win":{"system":{"providerName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","eventID":"5","systemTime":"2026-11-24T10:00:00.000000000Z","eventRecordID":"17","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","computer":"srv1","severityValue":"ERROR","message":"License pack activation failed due to error code: 0xcfff1208."},"eventdata":{"param1":"0xcfff1208","param2":"Already there"}}}})",
     "",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
    {"wazuh, event",
     R"({"win":{"system":{"providerName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","eventID":"5","systemTime":"2026-11-24T10:00:00.000000000Z","eventRecordID":"17","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","computer":"srv1","message":"License pack activation failed due to error code: 0xcfff1208."},"eventdata":{"data":"0xcfff1208, Already there"}}})",
     "",
     {{"data", "0xcfff1208, Already there"}},
     false},
    {"evtx_dump, user data",
     R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","Guid":"1"}},"EventID":{"#attributes":{"Qualifiers":1},"#text":5},"Version":0,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-24T10:00:00.000000Z"}},"EventRecordID":17,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","Security":{"#attributes":{"UserID":"S-1-5-18"}}},"UserData":{"EventXML":{"#attributes":{"xmlns":"Event_NS"},"param1":"0xcfff1208","param2":"Already there"}},"RenderingInfo":{"Message":"License pack activation failed due to error code: 0xcfff1208."}}})",
     "S-1-5-18",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
    {"evtx_dump, list",
     R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","Guid":"1"}},"EventID":{"#attributes":{"Qualifiers":1},"#text":5},"Version":0,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-24T10:00:00.000000Z"}},"EventRecordID":17,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","Security":{"#attributes":{"UserID":"S-1-5-18"}}},"EventData":{"Data":{"#text":["0xcfff1208","Already there"]},"Binary":null},"RenderingInfo":{"Message":"License pack activation failed due to error code: 0xcfff1208."}}})",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"evtx_dump, named",
     R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","Guid":"1"}},"EventID":{"#attributes":{"Qualifiers":1},"#text":5},"Version":0,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-24T10:00:00.000000Z"}},"EventRecordID":17,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","Security":{"#attributes":{"UserID":"S-1-5-18"}}},"EventData":{"Text":"Already there","Code":"0xcfff1208"},"RenderingInfo":{"Message":"License pack activation failed due to error code: 0xcfff1208."}}})",
     "S-1-5-18",
     {{"Text", "Already there"}, {"Code", "0xcfff1208"}},
     true},
    {"sorted by name",
     R"({"Event":{"EventData":{"Code":"0xcfff1208","Text":"Already there"},"RenderingInfo":{"Message":"License pack activation failed due to error code: 0xcfff1208."},"System":{"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","EventID":"5","EventRecordID":"17","Provider":{"Guid":"1","Name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing"},"Security":{"UserID":"S-1-5-18"},"TimeCreated":{"SystemTime":"2026-11-24T10:00:00Z"}}}})",
     "S-1-5-18",
     {{"Code", "0xcfff1208"}, {"Text", "Already there"}},
     false},
    {"fluent bit, old",
     R"({"RecordNumber":17,"TimeGenerated":"2026-11-24 10:00:00 +0000","TimeWritten":"2026-11-24 10:00:00 +0000","EventID":5,"Qualifiers":0,"EventType":"Error","EventCategory":0,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","SourceName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","ComputerName":"srv1","Data":"","Sid":"S-1-5-18","Message":"License pack activation failed due to error code: 0xcfff1208.","StringInserts":["0xcfff1208","Already there"]})",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"winlogbeat 6",
     R"({"@timestamp":"2026-11-24T10:00:00.000Z","computer_name":"srv1","event_data":{"param1":"0xcfff1208","param2":"Already there"},"event_id":5,"log_name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","message":"License pack activation failed due to error code: 0xcfff1208.","record_number":"17","source_name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","type":"wineventlog","user":{"identifier":"S-1-5-18"}})",
     "S-1-5-18",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
    {"elasticsearch",
     R"({"_index":"winlogbeat","_source":{"@timestamp":"2026-11-24T10:00:00.000Z","message":"License pack activation failed due to error code: 0xcfff1208.","winlog":{"provider_name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","event_id":"5","record_id":17,"computer_name":"srv1","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","user":{"identifier":"S-1-5-18"},"event_data":{"param1":"0xcfff1208","param2":"Already there"}}}})",
     "S-1-5-18",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
    {"numbers with a fraction and a severity",
     R"({"@timestamp":"2026-11-24T10:00:00.000Z","message":"License pack activation failed due to error code: 0xcfff1208.","winlog":{"provider_name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","event_id":3221225477,"record_id":17.0,"computer_name":"srv1","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","user":{"identifier":"S-1-5-18"},"event_data":{"param1":"0xcfff1208","param2":"Already there"}}})",
     "S-1-5-18",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
    {"powershell 5.1",
     R"({"Id":5,"Version":0,"ProviderName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","LogName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","RecordId":17,"MachineName":"srv1","UserId":{"BinaryLength":12,"Value":"S-1-5-18"},"TimeCreated":"\/Date(1795514400000)\/","Properties":[{"Value":"0xcfff1208"},{"Value":"Already there"}],"Message":"License pack activation failed due to error code: 0xcfff1208."})",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"powershell, a time as an object",
     R"({"Id":5,"ProviderName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","LogName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","RecordId":17,"MachineName":"srv1","UserId":"S-1-5-18","TimeCreated":{"value":"\/Date(1795514400000)\/","DateTime":"x"},"Properties":["System.Diagnostics.Eventing.Reader.EventProperty"],"Message":"License pack activation failed due to error code: 0xcfff1208."})",
     "S-1-5-18",
     {},
     false},
    {"powershell 7, an array",
     R"([{"Id":5,"ProviderName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","LogName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","RecordId":17,"MachineName":"srv1","UserId":{"Value":"S-1-5-18"},"TimeCreated":"2026-11-24T11:00:00.0000000+01:00","Properties":[{"Value":"0xcfff1208"},{"Value":"Already there"}],"Message":"License pack activation failed due to error code: 0xcfff1208."}])",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"fluentd",
     R"({"ProviderName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","EventID":"5","TimeCreated":"2026/11/24 10:00:00.000000000","EventRecordID":"17","Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","UserID":"S-1-5-18","Description":"License pack activation failed due to error code: 0xcfff1208.","EventData":["0xcfff1208","Already there"]})",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"fluentd, old",
     R"({"channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","record_number":"17","time_generated":"2026-11-24 10:00:00 +0000","event_id":"5","source_name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","computer_name":"srv1","user":"S-1-5-18","description":"License pack activation failed due to error code: 0xcfff1208.","string_inserts":["0xcfff1208","Already there"]})",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"otlp",
     R"({"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[{"key":"channel","value":{"stringValue":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational"}},{"key":"computer","value":{"stringValue":"srv1"}},{"key":"event_data","value":{"kvlistValue":{"values":[{"key":"data","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"Text","value":{"stringValue":"0xcfff1208"}}]}},{"kvlistValue":{"values":[{"key":"","value":{"stringValue":"Already there"}}]}}]}}}]}}},{"key":"event_id","value":{"kvlistValue":{"values":[{"key":"id","value":{"intValue":"5"}},{"key":"qualifiers","value":{"intValue":"0"}}]}}},{"key":"keywords","value":{"arrayValue":{"values":[{"stringValue":"x"}]}}},{"key":"message","value":{"stringValue":"License pack activation failed due to error code: 0xcfff1208."}},{"key":"provider","value":{"kvlistValue":{"values":[{"key":"guid","value":{"stringValue":"{1}"}},{"key":"name","value":{"stringValue":"Microsoft-Windows-Windows Server Solutions Client Access Licensing"}}]}}},{"key":"record_id","value":{"intValue":"17"}},{"key":"system_time","value":{"stringValue":"2026-11-24T10:00:00.000Z"}}]}},"severityText":"ERROR"}]}]}]})",
     "",
     {{"Text", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"wazuh, user data",
     R"({"win":{"system":{"providerName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","eventID":"5","systemTime":"2026-11-24T10:00:00.000Z","eventRecordID":"17","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","computer":"srv1","message":"\"License pack activation failed due to error code: 0xcfff1208.\""},"eventXML":{"param1":"0xcfff1208","param2":"Already there"}}})",
     "",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
    {"own, with event_id",
     R"({"provider":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","event_id":5,"channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","record_id":17,"computer":"srv1","user":"S-1-5-18","time":"2026-11-24T10:00:00.000Z","message":"License pack activation failed due to error code: 0xcfff1208."})",
     "S-1-5-18",
     {},
     false},
    {"fluent bit, with a tag",
     R"(winevtlog.0: [1795514400.000000000, {"ProviderName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","EventID":5,"TimeCreated":"2026-11-24 10:00:00 +0000","EventRecordID":17,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","UserID":"S-1-5-18","Message":"License pack activation failed due to error code: 0xcfff1208.","StringInserts":["0xcfff1208","Already there"]}])",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"fluent bit, with a tag and metadata",
     R"(winevtlog.0: [[1795514400.000000000, {}], {"ProviderName":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","EventID":5,"TimeCreated":"2026-11-24 10:00:00 +0000","EventRecordID":17,"Channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","Computer":"srv1","UserID":"S-1-5-18","Message":"License pack activation failed due to error code: 0xcfff1208.","StringInserts":["0xcfff1208","Already there"]}])",
     "S-1-5-18",
     {{"", "0xcfff1208"}, {"", "Already there"}},
     true},
    {"a line of an array",
     R"({"@timestamp":"2026-11-24T10:00:00.000Z","message":"License pack activation failed due to error code: 0xcfff1208.","winlog":{"provider_name":"Microsoft-Windows-Windows Server Solutions Client Access Licensing","event_id":"5","record_id":17,"computer_name":"srv1","channel":"Microsoft-Windows-Windows Server Solutions Client Access Licensing/Operational","user":{"identifier":"S-1-5-18"},"event_data":{"param1":"0xcfff1208","param2":"Already there"}}},)",
     "S-1-5-18",
     {{"param1", "0xcfff1208"}, {"param2", "Already there"}},
     true},
};

}  // namespace

TEST_CASE("an event is the same event in every layout", "[winlog][json]") {
  for (const auto& layout : layouts) {
    INFO(layout.name);
    const auto read = parse_json_event(layout.line);
    REQUIRE(read);
    auto expected = event(ebs, 5, 17, ten_o_clock);
    expected.user = layout.user;
    expected.data = layout.data;
    expected.data_in_order = layout.in_order;
    expected.message = "License pack activation failed due to error code: 0xcfff1208.";
    CHECK(*read == expected);
  }
}

TEST_CASE("our own layout keeps an event unchanged", "[winlog][json]") {
  auto original = event(ebs, 5, UINT64_MAX, ten_o_clock + 100ns, {"0xcfff1208", "zwei ☃ \"<&\n"});
  original.data[0].name = "Code";
  original.message = "text";
  CHECK(parse_json_event(json_event(original)) == original);
  original.data_in_order = false;
  CHECK(parse_json_event(json_event(original)) == original);
}

TEST_CASE("the zone of NXLog's times is that of its collector's stamp", "[winlog][json]") {
  struct Row {
    const char* time;
    const char* received;
    const char* stamp;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"2026-11-24 10:00:00", "2026-11-24 10:00:03", "2026-11-24T14:00:03.9Z",
       "2026-11-24T14:00:00"},
      {"2026-11-24 10:00:00", "2026-11-24 10:00:03", "2026-11-24T04:15:04Z", "2026-11-24T04:15:00"},
      {"2026-11-24 10:00:00", "2026-11-24 10:00:03", "2026-11-24T10:00:04Z", "2026-11-24T10:00:00"},
      {"2026-11-24T10:00:00+01:00", "2026-11-24 10:00:03", "2026-11-24T09:00:03Z",
       "2026-11-24T09:00:00"},
      // Without a stamp, by a collector that is slow, or not in UTC, it is taken as UTC.
      {"2026-11-24 10:00:00", "2026-11-24 10:00:03", "", "2026-11-24T10:00:00"},
      {"2026-11-24 10:00:00", "2026-11-24 10:00:03", "2026-11-24T14:07:03Z", "2026-11-24T10:00:00"},
      {"2026-11-24 10:00:00", "2026-11-24 10:00:03", "2026-11-29T10:00:03Z", "2026-11-24T10:00:00"},
      {"2026-11-24 10:00:00", "2026-11-24 10:00:03", "2026-11-24 14:00:03", "2026-11-24T10:00:00"},
  }));
  const auto line = fmt::format(
      R"({{"EventTime":"{}","EventReceivedTime":"{}","@timestamp":"{}","SourceName":"p","EventID":5,"RecordNumber":17,"Hostname":"srv1"}})",
      row.time, row.received, row.stamp);
  const auto event = parse_json_event(line);
  REQUIRE(event);
  CHECK(event_time_text(event->time).substr(0, 19) == row.expected);
}

TEST_CASE("Winlogbeat's sorted names do not give an order", "[winlog][json]") {
  const auto read = parse_json_event(
      R"({"@timestamp":"2026-11-24T10:00:00Z","winlog":{"provider_name":"P","event_id":11,"record_id":"1","event_data":{"Code":"0xcfff1212","Account":"5"}}})");
  REQUIRE(read);
  CHECK_FALSE(read->data_in_order);
  CHECK(read->record_id == 1);
}

TEST_CASE("Alloy leaves out an event ID of 0", "[winlog][json]") {
  const auto read = parse_json_event(
      R"({"source":"P","timeCreated":"2026-11-24T10:00:00Z","eventRecordID":1,"channel":"c"})");
  REQUIRE(read);
  CHECK(read->id == 0);
}

TEST_CASE("an event ID that cannot be read is not left out", "[winlog][json]") {
  CHECK_FALSE(parse_json_event(
      R"({"source":"P","event_id":{"id":18},"timeCreated":"2026-11-24T10:00:00Z","eventRecordID":1})"));
}

TEST_CASE("a line may have several events, and some that are none", "[winlog][json]") {
  const std::string one = layouts[0].line;
  const auto found = parse_json_line("[" + one + ",5,{}," + one + "]");
  CHECK(found.events.size() == 2);
  CHECK(found.refused == 2);
  for (const auto* nothing : {"[", "]", "[]", "", " ", ","}) {
    CHECK(parse_json_line(nothing).events.empty());
    CHECK(parse_json_line(nothing).refused == 0);
  }
}

TEST_CASE("a line that is not an event is refused", "[winlog][json]") {
  const auto* line = GENERATE(
      R"({"body":5})", R"({"body":{"system_time":1,"record_id":{}}})", R"({"win":{"system":5}})",
      R"({"Event":{"System":[]}})", R"({"Event":{"System":{"Provider":5,"EventID":[1]}}})",
      R"({"body":{"stringValue":"<Event/>"}})", R"({"resourceLogs":[{"scopeLogs":[]}]})", "", "{",
      "{}", "[]", "null", "5", "\"x\"", "{\"winlog\":5}", "{\"winlog\":{}}", "\xff\xfe",
      R"({"provider":"P","id":5,"record_id":1})",                               // no time
      R"({"provider":"P","id":5,"time":"2026-11-24T10:00:00Z"})",               // no record id
      R"({"provider":"P","record_id":1,"time":"2026-11-24T10:00:00Z"})",        // no id
      R"({"provider":"","id":5,"record_id":1,"time":"2026-11-24T10:00:00Z"})",  // no provider
      R"({"provider":"P","id":-5,"record_id":1,"time":"2026-11-24T10:00:00Z"})",
      R"({"provider":"P","id":5.5,"record_id":1,"time":"2026-11-24T10:00:00Z"})",
      R"({"provider":"P","id":[5],"record_id":1,"time":"2026-11-24T10:00:00Z"})",
      R"({"provider":"P","id":5,"record_id":18446744073709551616,"time":"2026-11-24T10:00:00Z"})",
      R"({"provider":"P","id":5,"record_id":1,"time":"2026-11-24T10:00:00Z"} x)");
  INFO(line);
  CHECK_FALSE(parse_json_event(line));
}

TEST_CASE("an incomplete event is refused", "[winlog][json]") {
  const std::string line = layouts[0].line;
  for (std::size_t length = 0; length < line.size(); ++length) {
    CHECK_FALSE(parse_json_event(line.substr(0, length)));
  }
}

TEST_CASE("depth, width and length are bounded", "[winlog][json]") {
  const std::string start =
      R"({"provider":"P","id":5,"record_id":1,"time":"2026-11-24T10:00:00Z",)";
  const std::string deep = start + "\"x\":" + std::string(400'000, '[');
  CHECK_FALSE(parse_json_event(deep));
  CHECK(parse_json_event(start + "\"x\":" + std::string(100'000, '[') + std::string(100'000, ']') +
                         "}"));
  std::string many = start + "\"data\":[{}";
  for (int i = 0; i < 10'000; ++i) many += R"(,{"name":"n","value":"v"})";
  const auto wide = parse_json_event(many + "]}");
  REQUIRE(wide);
  CHECK(wide->data.size() == max_data);
  const auto loud = parse_json_event(start + "\"message\":\"" + std::string(100'000, 'x') + "\"}");
  REQUIRE(loud);
  CHECK(loud->message.size() == longest_text);
}

TEST_CASE("invalid UTF-8 is replaced, and the event is read", "[winlog][json]") {
  const auto read = parse_json_event(
      "{\"provider\":\"P\",\"id\":5,\"record_id\":1,\"time\":\"2026-11-24T10:00:00Z\","
      "\"message\":\"f\xfcr\"}");
  REQUIRE(read);
  CHECK(read->message == "f\uFFFDr");
}
