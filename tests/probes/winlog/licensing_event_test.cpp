#include "probes/winlog/licensing_event.h"

#include "probes/events/json_event.h"
#include "tests/catch.h"
#include "tests/probes/winlog/sample_events.h"

#include <array>
#include <set>
#include <tuple>

using namespace cal;
using namespace cal::winlog;
using namespace cal::winlog::samples;

TEST_CASE("provider and ID together give the meaning", "[winlog][decode]") {
  struct Row {
    std::string provider;
    std::uint32_t id;
    EventKind kind;
    std::optional<Cause> cause;
    Strength strength;
  };
  using enum EventKind;
  using enum Strength;
  const auto row = GENERATE(values<Row>({
      {ebs, 4, activation_success, std::nullopt, weak},
      {ebs, 12, directory_fault, Cause::directory_not_writable, Strength::strong},
      {ebs, 8, note, std::nullopt, Strength::weak},
      {infrastructure, 4, note, std::nullopt, Strength::weak},
      {infrastructure, 5, note, std::nullopt, Strength::weak},
      {infrastructure, 21, note, std::nullopt, Strength::weak},
      {infrastructure, 39, note, std::nullopt, Strength::weak},
      {rds, 4, note, std::nullopt, weak},
      {rds, 9, assignment_failure, Cause::other, strong},
      {rds, 12, assignment_failure, Cause::other, strong},
      {rds, 16, note, std::nullopt, weak},
      {rds, 17, activation_failure, Cause::other, strong},
      {rds, 18, activation_failure, Cause::other, strong},
      {rds, 19, hint, Cause::other, weak},
      {rds, 20, assignment_failure, Cause::licenses_exhausted, weak},
      {rds, 21, assignment_failure, Cause::licenses_exhausted, strong},
      {rds, 22, assignment_failure, Cause::licenses_exhausted, strong},
      {rds, 26, hint, Cause::licenses_exhausted, weak},
      {rds, 39, activation_failure, Cause::other, strong},
      {rds, 44, note, std::nullopt, weak},
      {rds, 46, hint, Cause::other, weak},
      {rds, 56, activation_failure, Cause::other, weak},
      {rds, 73, note, std::nullopt, weak},
      {rds, 74, note, std::nullopt, weak},
      {rds, 75, assignment_failure, Cause::directory_not_writable, weak},
      {rds, 76, hint, Cause::directory_not_writable, weak},
      {rds, 77, note, std::nullopt, weak},
      {rds, 80, note, std::nullopt, weak},
      {rds, 81, hint, Cause::licenses_exhausted, weak},
      {rds, 82, note, std::nullopt, weak},
      {rds, 85, note, std::nullopt, weak},  // not documented
      {rds, 4100, assignment_failure, Cause::other, weak},
      {rds, 4105, assignment_failure, Cause::directory_not_writable, weak},
      {rds, 4106, note, std::nullopt, weak},
      {rds, 4140, assignment_failure, Cause::other, weak},
      {rds, 4141, assignment_failure, Cause::other, strong},
      {rds, 4144, note, std::nullopt, weak},
      {rds, 8196, note, std::nullopt, weak},
      {rds, 7, note, std::nullopt, weak},
      {rds, 8, note, std::nullopt, weak},
      {rds, 13, note, std::nullopt, weak},
      {rds, 14, assignment_failure, Cause::other, weak},
      {rds, 15, note, std::nullopt, weak},
      {rds, 38, hint, Cause::other, weak},
      {rds, 64, note, std::nullopt, weak},
      {rds, 71, assignment_failure, Cause::other, weak},
      {rds, 4107, warning, Cause::directory_not_writable, weak},
      {rds, 4108, warning, Cause::directory_not_writable, weak},
      {rds, 4120, note, std::nullopt, weak},  // not documented
      {session_host, 1003, assignment_failure, Cause::other, weak},
      {session_host, 1004, assignment_failure, Cause::other, weak},
      {session_host, 1011, refusal, Cause::licenses_exhausted, weak},
      {session_host, 1028, refusal, Cause::other, weak},
      {session_host, 1043, assignment_failure, Cause::other, strong},
      {session_host, 1061, assignment_failure, Cause::directory_not_writable, weak},
      {session_host, 1068, warning, Cause::other, weak},
      {session_host, 1069, refusal, Cause::other, strong},
      {session_host, 1128, refusal, Cause::other, strong},
      {session_host, 1129, warning, Cause::other, weak},
      {session_host, 1130, warning, Cause::other, weak},
      {session_host, 1131, warning, Cause::other, weak},
      {session_host, 1132, warning, Cause::other, weak},
      {session_host, 1133, refusal, Cause::other, strong},
      {session_host, 1136, note, std::nullopt, weak},
      {session_host, 20497, hint, Cause::other, weak},
  }));
  INFO(row.provider << " " << row.id);
  const auto decoded = decode(event(row.provider, row.id, 1, ten_o_clock, {"0xcfff1208"}));
  REQUIRE(decoded);
  CHECK(decoded->kind == row.kind);
  CHECK(decoded->cause == row.cause);
  CHECK(decoded->strength == row.strength);
}

TEST_CASE("other providers are not decoded", "[winlog][decode]") {
  CHECK_FALSE(decode(event("Microsoft-Windows-Security-Auditing", 5, 1, ten_o_clock)));
  CHECK_FALSE(decode(event(ebs + " ", 5, 1, ten_o_clock)));
  CHECK_FALSE(decode(event("", 5, 1, ten_o_clock)));
}

TEST_CASE("a provider's name is known in lower case, and by its older name", "[winlog][decode]") {
  CHECK(decode(event("microsoft-windows-terminalservices-licensing", 4105, 1, ten_o_clock)));
  CHECK(decode(event("TermServLicensing", 21, 1, ten_o_clock))->known);
  CHECK(may_name_provider("x TERMINALSERVICES-LICENSING x"));
  CHECK(may_name_provider("{4d99f017-0eb1-4b52-8419-14aebd13d770}"));
  CHECK_FALSE(may_name_provider("the service Remote Desktop Licensing started"));
}

TEST_CASE("only some logs would show a licensing event", "[winlog][decode]") {
  CHECK(is_licensing_log(""));
  CHECK(is_licensing_log("System"));
  CHECK(is_licensing_log("Application"));
  CHECK(is_licensing_log(rds + "/Admin"));
  CHECK_FALSE(is_licensing_log("Security"));
  CHECK_FALSE(is_licensing_log("DNS Server"));
}

TEST_CASE("a session host's events about other subjects are not decoded", "[winlog][decode]") {
  CHECK_FALSE(decode(event(session_host, 1149, 1, ten_o_clock)));
  CHECK_FALSE(decode(event(session_host, 4105, 1, ten_o_clock)));
  CHECK_FALSE(decode(event(rds, 1069, 1, ten_o_clock))->known);
}

TEST_CASE("a session host's event has the same meaning under each of its numbers",
          "[winlog][decode]") {
  constexpr std::uint32_t newer = 49152;  // added by Windows Server 2019 and newer
  const auto meaning = [](std::uint32_t id) {
    const auto* const known = known_event(Source::rds_session_host, id);
    REQUIRE(known);
    CHECK(known->id == id);
    return std::tuple(known->kind, known->meaning, known->cause, known->strength, known->step);
  };
  for (const std::uint32_t id : {1028u, 1043u, 1061u, 1128u, 1129u, 1130u, 1131u, 1132u, 1133u}) {
    CHECK(meaning(id) == meaning(id + newer));
  }
  const std::array<std::uint32_t, 9> hosts{1004, 1069, 1128, 1129, 1130, 1131, 1132, 1133, 1043};
  for (std::uint32_t i = 0; i < hosts.size(); ++i) {
    CHECK(meaning(hosts[i]) == meaning(50304 + i));
    CHECK(meaning(hosts[i]) == meaning(50304 - newer + i));
  }
  for (const std::uint32_t id : {50214u, 50215u, 50216u, 50286u, 50303u, 50313u}) {
    CHECK_FALSE(known_event(Source::rds_session_host, id));
  }
}

TEST_CASE("a message gives user and domain in each order", "[winlog][decode]") {
  auto failed = event(rds, 4105, 1, ten_o_clock);
  const auto named = [&] { return decode(failed)->named_user; };
  failed.message = "Domain \"EBS\", user \"alice\"; add it in domain \"EBS\".";
  CHECK(named() == "EBS\\alice");
  failed.message = "User \"alice\", domain \"EBS\"; add it in domain \"EBS\".";
  CHECK(named() == "EBS\\alice");
  SECTION("a group in quotation marks is not a user") {
    failed.message = "Benutzer «alice» in «CORP»: Gruppe \"Lizenzserver\" der Domäne \"CORP\".";
    CHECK(named().empty());
    failed.message = "User \"alice\", domain \"EBS\", group \"Terminal Server License Servers\".";
    CHECK(named().empty());
  }
  SECTION("data in order win") {
    failed.data = {{"param1", "bob"}, {"param2", "CORP"}};
    CHECK(named() == "CORP\\bob");
  }
}

TEST_CASE("the code of a failure decides the cause", "[winlog][decode]") {
  struct Row {
    std::uint32_t id;
    std::vector<std::string> data;
    Cause cause;
    Strength strength;
    EventKind kind;
  };
  using enum EventKind;
  const auto row = GENERATE(values<Row>({
      {5,
       {"0xcfff1208", "x"},
       Cause::pack_already_installed,
       Strength::certain,
       activation_failure},
      {5, {"-805367288"}, Cause::pack_already_installed, Strength::certain, activation_failure},
      {5, {"0x80070005"}, Cause::account_not_administrator, Strength::weak, activation_failure},
      {5, {"2147954407"}, Cause::internet_unreachable, Strength::weak, activation_failure},
      {5, {"0x80072098"}, Cause::directory_not_writable, Strength::weak, activation_failure},
      {5, {"0xdeadbeef"}, Cause::other, Strength::weak, activation_failure},
      {5, {}, Cause::other, Strength::weak, activation_failure},
      {5, {"no code"}, Cause::other, Strength::weak, activation_failure},
      {9,
       {"1", "user", "bob", "0xcfff1212", "x"},
       Cause::already_licensed,
       Strength::certain,
       assignment_failure},
      {11,
       {"5", "user", "bob", "0xcfff1200", "x"},
       Cause::licenses_exhausted,
       Strength::certain,
       assignment_failure},
      {11, {"5", "user", "bob", "0x8007001f"}, Cause::other, Strength::weak, assignment_failure},
  }));
  auto failed = event(ebs, row.id, 1, ten_o_clock);
  for (const auto& value : row.data) failed.data.push_back({"", value});
  const auto decoded = decode(failed);
  REQUIRE(decoded);
  CHECK(decoded->cause == row.cause);
  CHECK(decoded->strength == row.strength);
  CHECK(decoded->kind == row.kind);
}

TEST_CASE("the code is found even if the order of the data is lost", "[winlog][decode]") {
  auto failed = event(ebs, 11, 1, ten_o_clock, {"3", "user", "0xcfff1200", "bob"});
  failed.data_in_order = false;
  CHECK(decode(failed)->code == 0xcfff1200);

  SECTION("in the message, by a documented code") {
    failed.data.clear();
    failed.message = "License 5 was not assigned to user object 7 due to 3489600018.";
    CHECK(decode(failed)->code == 0xcfff1212);
  }
  SECTION("in the message, by its form") {
    failed.data.clear();
    failed.message = "Die Lizenz 5 wurde nicht zugewiesen (Fehlercode: 0x80070005).";
    CHECK(decode(failed)->code == 0x80070005);
    failed.message = "error code: -2147024891.";
    CHECK(decode(failed)->code == 0x80070005);
  }
  SECTION("last, in any of the data") {
    failed.data = {{"a", "text"}, {"b", "31"}};
    CHECK(decode(failed)->code == 31u);
  }
}

TEST_CASE("a code has all eight digits, and one form in a sentence", "[winlog][decode]") {
  const auto decoded = decode(event(ebs, 5, 1, ten_o_clock, {"0xdeadbeef"}));
  CHECK(decoded->meaning ==
        "the CAL pack was not activated: 0xdeadbeef, an undocumented "
        "code");
}

TEST_CASE("event 4105 gives user, domain and the Windows error code in every layout",
          "[winlog][decode]") {
  // Data with and without names, in order and not; the text is that of KB 2030310, cut.
  const std::string text =
      R"(The Remote Desktop license server cannot update the license attributes for user \"alice\" in the Active Directory Domain \"EBS\". Ensure that the computer account for the license server is a member of Terminal Server License Servers group in Active Directory domain \"EBS\".\r\nWin32 error code: 0x80070005)";
  const auto* const provider = "Microsoft-Windows-TerminalServices-Licensing";
  const auto line = GENERATE_COPY(values<std::string>({
      // Winlogbeat, with its own names, then with the event's names (sorted: their order is lost).
      R"({"@timestamp":"2026-11-24T10:00:00Z","message":")" + text +
          R"(","winlog":{"provider_name":")" + provider +
          R"(","event_id":"4105","record_id":1,"computer_name":"LS1","channel":"System","event_data":{"param1":"alice","param2":"EBS","param3":"0x80070005"}}})",
      R"({"@timestamp":"2026-11-24T10:00:00Z","message":")" + text +
          R"(","winlog":{"provider_name":")" + provider +
          R"(","event_id":"4105","record_id":1,"computer_name":"LS1","channel":"System","event_data":{"Code":"0x80070005","Domain":"EBS","User":"alice"}}})",
      // NXLog, data among its own fields.
      R"({"EventTime":"2026-11-24 10:00:00","Hostname":"LS1","EventID":4105,"SourceName":")" +
          std::string(provider) + R"(","RecordNumber":1,"Channel":"System","Message":")" + text +
          R"(","param1":"alice"})",
      // Grafana Alloy: the event's XML.
      R"({"source":")" + std::string(provider) +
          R"(","channel":"System","computer":"LS1","event_id":4105,"timeCreated":"2026-11-24T10:00:00Z","eventRecordID":1,"event_data":"<Data>alice</Data><Data>EBS</Data><Data>0x80070005</Data>","message":")" +
          text + R"("})",
      // UserData: by Winlogbeat (sorted by name, with the name of their element), NXLog and Alloy.
      R"({"@timestamp":"2026-11-24T10:00:00Z","message":"\u30c9 \"EBS\" \"alice\"","winlog":{"provider_name":")" +
          std::string(provider) +
          R"(","event_id":"4105","record_id":1,"computer_name":"LS1","channel":"System","event_data":{},"user_data":{"param1":"alice","param10":"","param2":"EBS","param3":"0x80070005","param4":"","param5":"","param6":"","param7":"","param8":"","param9":"","xml_name":"EventXML"}}})",
      R"({"EventTime":"2026-11-24 10:00:00","Hostname":"LS1","EventID":4105,"SourceName":")" +
          std::string(provider) +
          R"(","RecordNumber":1,"Channel":"System","Message":"\"EBS\" \"alice\"","param1":"alice","param2":"EBS","param3":"0x80070005"})",
      R"({"source":")" + std::string(provider) +
          R"(","channel":"System","computer":"LS1","event_id":4105,"timeCreated":"2026-11-24T10:00:00Z","eventRecordID":1,"user_data":"<EventXML xmlns='Event_NS'><param1>alice</param1><param2>EBS</param2><param3>0x80070005</param3></EventXML>","message":"\"EBS\" \"alice\""})",
      // Fluent Bit: a list, or by name.
      R"({"ProviderName":")" + std::string(provider) +
          R"(","EventID":4105,"TimeCreated":"2026-11-24 10:00:00 +0000","EventRecordID":1,"Channel":"System","Computer":"LS1","Message":")" +
          text + R"(","StringInserts":["alice","EBS","0x80070005"]})",
      R"({"ProviderName":")" + std::string(provider) +
          R"(","EventID":4105,"TimeCreated":"2026-11-24 10:00:00 +0000","EventRecordID":1,"Channel":"System","Computer":"LS1","Message":"","EventData":{"User":"alice","Domain":"EBS","Code":"-2147024891"}})",
  }));
  INFO(line);
  const auto read = parse_json_event(line);
  REQUIRE(read);
  CHECK(read->computer == "LS1");
  const auto decoded = decode(*read);
  REQUIRE(decoded);
  CHECK(decoded->named_user == "EBS\\alice");
  CHECK(decoded->code == 0x80070005);
  CHECK(decoded->cause == Cause::directory_not_writable);
  CHECK(decoded->meaning ==
        "the license server cannot write a user's license into the directory (0x80070005, access "
        "was denied)");
}

TEST_CASE("data missing from event 4105 is not invented", "[winlog][decode]") {
  auto failed = event(rds, 4105, 1, ten_o_clock);
  const auto named = [&] { return decode(failed)->named_user; };
  CHECK(named().empty());
  CHECK_FALSE(decode(failed)->code);
  failed.data_in_order = false;
  failed.data = {{"b", "31"}, {"a", "alice"}};
  CHECK(named().empty());
  CHECK_FALSE(decode(failed)->code);  // 31 may be anything
  failed.message = "kein Benutzer \"";
  CHECK(named().empty());
  failed.message = "\"alice\", und sonst nichts";
  CHECK(named() == "alice");
  failed.message.clear();
  failed.data = {{"", "0xalice"}, {"", "0x5"}};
  CHECK(decode(failed)->code == 5u);
}

TEST_CASE("every failure of Remote Desktop licensing has a first step", "[winlog][decode]") {
  for (const auto& known : known_events()) {
    INFO(known.id);
    const bool fails = known.kind == EventKind::activation_failure ||
                       known.kind == EventKind::assignment_failure ||
                       known.kind == EventKind::refusal || known.kind == EventKind::warning ||
                       known.kind == EventKind::hint;
    const bool has_steps =
        known.source == Source::rds_licensing || known.source == Source::rds_session_host;
    CHECK(known.step.empty() != (fails && has_steps));
    CHECK((known.step.empty() || known.step.ends_with(".")));
  }
}

TEST_CASE("no event is in the table twice", "[winlog][decode]") {
  std::set<std::pair<Source, std::uint32_t>> seen;
  for (const auto& known : known_events()) {
    INFO(known.id);
    CHECK(seen.emplace(known.source, known.id).second);
    CHECK_FALSE(known.meaning.ends_with("."));
  }
}
