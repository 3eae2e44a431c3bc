// Which record is about a change, and the answer if there is none.
#include "probes/actors/question.h"

#include "tests/catch.h"

#include <chrono>
#include <string>

using namespace cal;
using namespace cal::actors;
using namespace std::chrono_literals;

namespace {

const SystemTime noon{std::chrono::seconds(1'795'500'000)};  // 2026-11-24 06:00:00 UTC
const auto administrators = security::Sid::parse_text("S-1-5-32-544");
const auto licadmin = security::Sid::parse_text("S-1-5-21-1-2-3-1102");

Question departure() {
  return {"EBS\\licadmin left Administrators",
          "member",
          Effect::removed,
          {{"CN=Administrators,CN=Builtin,DC=ebs", std::nullopt, administrators}},
          {{"CN=licadmin,DC=ebs", std::nullopt, licadmin}},
          noon,
          "DC2"};
}

ChangeRecord removal() {
  ChangeRecord record{noon + 1s, "dc2.ebs.example.com", 4733, 812};
  record.attribute = "member";
  record.effect = Effect::removed;
  record.object.sid = administrators;
  record.member = {"CN=licadmin,DC=ebs", std::nullopt, licadmin};
  record.actor = "EBS\\adm1";
  record.actor_sid = security::Sid::parse_text("S-1-5-21-1-2-3-1111");
  return record;
}

LogCoverage covering(SystemTime first, SystemTime last) { return {.time = Coverage{first, last}}; }

std::string no_record(const Question& question, const LogCoverage& coverage) {
  return answer_text(question, {}, coverage);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a record is about a change of the same object, member, time and controller",
          "[actors]") {
  CHECK(is_about(removal(), departure()));
  struct Row {
    const char* what;
    void (*change)(ChangeRecord&);
  };
  const auto row = GENERATE(values<Row>({
      {"another attribute", [](ChangeRecord& r) { r.attribute = "managedBy"; }},
      {"another group", [](ChangeRecord& r) { r.object.sid = licadmin; }},
      {"no object", [](ChangeRecord& r) { r.object = {}; }},
      {"another member", [](ChangeRecord& r) { r.member.sid = administrators; }},
      {"no member", [](ChangeRecord& r) { r.member = {}; }},
      {"another time", [](ChangeRecord& r) { r.at = noon + 6s; }},
      {"another controller", [](ChangeRecord& r) { r.computer = "dc1.ebs.example.com"; }},
  }));
  auto record = removal();
  row.change(record);
  INFO(row.what);
  CHECK_FALSE(is_about(record, departure()));
}

TEST_CASE("an object is known by its GUID, else its SID, else its DN", "[actors]") {
  const auto one = security::Guid::parse_text("01234567-89ab-cdef-0123-456789abcdef");
  const auto other = security::Guid::parse_text("11111111-89ab-cdef-0123-456789abcdef");
  CHECK(is_same({"CN=old", one}, {"CN=new", one}));
  CHECK_FALSE(is_same({"CN=same", one}, {"CN=same", other}));
  CHECK(is_same({"CN=old", one, licadmin}, {"CN=new", std::nullopt, licadmin}));
  CHECK(is_same({"CN=Group,DC=ebs"}, {"cn=group,DC=EBS", one}));
  CHECK_FALSE(is_same({}, {}));
}

TEST_CASE("Administrators of another computer are not those of the domain", "[actors]") {
  auto question = departure();
  question.on.clear();  // the domain controller that wrote is gone
  auto record = removal();
  record.computer = "srv1.ebs.example.com";
  record.member.dn.clear();
  CHECK_FALSE(is_about(record, question));
  record.member.dn = "CN=licadmin,DC=ebs";
  CHECK(is_about(record, question));
}

TEST_CASE("the answer names the recorded actor once, with the event", "[actors]") {
  auto twice = removal();
  twice.event_id = 5136;
  CHECK(answer_text(departure(), {removal(), twice}, {}) ==
        "EBS\\licadmin left Administrators: recorded actor EBS\\adm1 (S-1-5-21-1-2-3-1111) (event "
        "4733 of dc2.ebs.example.com, 2026-11-24 06:00:01 UTC)");
  auto question = departure();
  question.at.reset();
  CHECK(has(answer_text(question, {removal()}, {}), "; the newest record of such a change"));
  auto machine = removal();
  machine.actor_sid = security::Sid::parse_text("S-1-5-18");
  machine.caller = "PC7";
  const auto text = answer_text(departure(), {machine}, {});
  CHECK(has(text,
            "recorded actor SYSTEM (S-1-5-18), which is the domain controller itself and "
            "not a person"));
  CHECK(has(text, "the last wrong password came from PC7"));
}

TEST_CASE("without a record the answer says what the log does not cover", "[actors]") {
  const auto question = departure();
  CHECK(has(no_record(question, covering(noon - 1h, noon + 1h)),
            "no record found: the security log of DC2 has records from before and after that "
            "time: such changes are not audited there, or the record was not exported"));
  CHECK(has(no_record(question, covering(noon + 1min, noon + 1h)),
            "does not reach back: it begins at 2026-11-24 06:01:00 UTC"));
  CHECK(has(no_record(question, covering(noon - 1h, noon - 1min)),
            "ends at 2026-11-24 05:59:00 UTC, before the change"));
  CHECK(has(no_record(question, {}), "the security log has no events of DC2"));
  CHECK(has(no_record(question, {.whole = false}), "is not read to its end yet"));
  CHECK(has(no_record(question, {.fault = "read log: No such file"}), "read log: No such file"));
  CHECK(has(no_record(question, {.unreadable = 3}), "; 3 of its records cannot be read"));
  auto permissions = question;
  permissions.attribute = "nTSecurityDescriptor";
  CHECK(has(no_record(permissions, covering(noon - 1h, noon + 1h)),
            "not audited there, the object has no audit entry for them, or the record was"));
  permissions.at.reset();
  CHECK(has(no_record(permissions, covering(noon - 1h, noon + 1h)),
            "the directory does not show when it was changed"));
}

TEST_CASE("whose log it is may not be known", "[actors]") {
  const std::string_view missing =
      "the security log has records from before and after that time: such changes are not audited "
      "there, or the log of the domain controller that wrote it is missing";
  auto question = departure();
  // As in Samba's records, which do not name their computer.
  CHECK(has(no_record(question, {.time = Coverage{noon - 1h, noon + 1h, false}}), missing));
  question.on.clear();
  CHECK(has(no_record(question, covering(noon - 1h, noon + 1h)), missing));
  CHECK(has(no_record(question, {}), "the security log has no events"));
}

TEST_CASE("a record of the reverse did not break it", "[actors]") {
  auto record = removal();
  CHECK(may_have_broken(record, departure()));
  record.effect = Effect::added;
  CHECK_FALSE(may_have_broken(record, departure()));
  record.effect = Effect::changed;
  CHECK(may_have_broken(record, departure()));
}
