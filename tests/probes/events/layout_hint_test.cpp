#include "probes/events/layout_hint.h"

#include "tests/catch.h"

using namespace cal::winlog;

TEST_CASE("a line that cannot be read is named", "[winlog][json]") {
  const auto [line, start] = GENERATE(table<std::string, std::string>({
      {"ElfFile", "an event log file"},
      {"<Event xmlns='x'>", "XML"},
      {"<13>1 2026-11-25T09:00:00Z LS1 x", "XML or syslog"},
      {"<!DOCTYPE html>", "an HTML page"},
      {"\"Message\",\"Id\"", "CSV"},
      {"#TYPE System.Diagnostics", "CSV"},
      {"TimeCreated  : 11/25/2026", "text"},
      {"{", "the start of JSON"},
      {"[5]", "a JSON array"},
      {"{}", "an empty JSON object"},
      {R"({"resourceLogs":[]})", "OTLP JSON"},
      {R"({"body":"<Event/>"})", "OpenTelemetry's raw events"},
      {R"({"version":"1.1","short_message":"x"})", "GELF"},
      {R"({"a":1,"b":2,"c":3,"d":4,"e":5,"f":6})", "JSON with the members a, b, c, d, e, …, "},
      {"", "text"},
  }));
  CHECK(layout_hint(line).starts_with(start));
}

TEST_CASE("a hint is short, whatever the line is", "[winlog][json]") {
  std::string object = "{";
  for (int i = 0; i < 6; ++i) {
    object += "\"" + std::string(100'000, static_cast<char>('a' + i)) + "\":1,";
  }
  CHECK(layout_hint(object + "\"x\":1}").size() < 300);
}
