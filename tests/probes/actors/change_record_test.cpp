// What each kind of record says about a change, by real records (tests/data/actors).
#include "probes/actors/change_record.h"

#include "agent/base/text.h"
#include "probes/events/json_event.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace cal;
using namespace cal::actors;

namespace {

std::vector<winlog::Event> events_of(const std::string& name) {
  std::ifstream file(fakes::source_tree() / "tests/data/actors" / name);
  std::vector<winlog::Event> events;
  for (std::string line; std::getline(file, line);) {
    auto parsed = winlog::parse_json_line(line);
    REQUIRE(parsed.refused == 0);
    std::ranges::move(parsed.events, std::back_inserter(events));
  }
  return events;
}

std::vector<ChangeRecord> records_of(const std::string& name, std::uint32_t id) {
  std::vector<ChangeRecord> records;
  for (const auto& event : events_of(name)) {
    if (event.id == id) std::ranges::move(changes_in(event), std::back_inserter(records));
  }
  return records;
}

security::Sid domain_sid(std::uint32_t rid) {
  return security::Sid::parse_text("S-1-5-21-1111111111-2222222222-3333333333")->with_rid(rid);
}

winlog::Event security_event(std::uint32_t id, std::vector<winlog::EventDatum> data) {
  return {.provider = "Microsoft-Windows-Security-Auditing",
          .id = id,
          .record_id = 7,
          .computer = "dc1.ebs.example.com",
          .channel = "Security",
          .time = SystemTime(std::chrono::seconds(1'795'500'000)),
          .user = "",
          .data = std::move(data),
          .data_in_order = true};
}

}  // namespace

TEST_CASE("a change of a group names the group, the member and the actor", "[actors]") {
  const auto records = records_of("windows.jsonl", 4728);
  REQUIRE(records.size() == 1);
  const auto& record = records[0];
  CHECK(record.attribute == "member");
  CHECK(record.effect == Effect::added);
  CHECK(record.object.sid == domain_sid(512));
  CHECK(record.member.sid == domain_sid(1159));
  CHECK(record.member.dn == "CN=user2,OU=Test,OU=Company,DC=ebs,DC=example,DC=com");
  CHECK(record.actor == "EBS\\user1");
  CHECK(record.actor_sid == domain_sid(1158));
  CHECK(record.computer == "dc1.ebs.example.com");
  CHECK(records_of("windows.jsonl", 4756).size() == 3);
  const auto removed = records_of("windows.jsonl", 4733);
  REQUIRE(removed.size() == 2);
  CHECK(removed[0].effect == Effect::removed);
  CHECK(removed[0].member.dn.empty());  // "-": a machine's own group
}

TEST_CASE("a changed account names the attributes that changed", "[actors]") {
  const auto records = records_of("windows.jsonl", 4738);
  REQUIRE(records.size() >= 2);
  for (const auto& record : {records[0], records[1]}) {  // "sensitive" is set and cleared
    CHECK(record.attribute == "userAccountControl");
    CHECK(record.effect == Effect::changed);
    CHECK(record.object.sid == domain_sid(1234));
  }
  CHECK(records_of("windows.jsonl", 4742)[0].object.sid == domain_sid(1240));
  struct Row {
    std::string before, after;
    Effect effect;
  };
  for (const auto& [before, after, effect] :
       {Row{"0x210", "0x211", Effect::disabled}, Row{"0x11", "0x10", Effect::enabled}}) {
    const auto changes = changes_in(security_event(4738, {{"TargetSid", "S-1-5-21-1-2-3-4"},
                                                          {"PasswordLastSet", "-"},
                                                          {"AccountExpires", "%%1794"},
                                                          {"OldUacValue", before},
                                                          {"NewUacValue", after}}));
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].attribute == "accountExpires");
    CHECK(changes[1].effect == effect);
  }
  CHECK(
      changes_in(security_event(4738, {{"OldUacValue", "0x10"}, {"NewUacValue", "0x10"}})).empty());
}

TEST_CASE("an account that is switched off, on, locked or unlocked", "[actors]") {
  struct Row {
    std::uint32_t id;
    std::string attribute;
    Effect effect;
  };
  for (const auto& [id, attribute, effect] :
       {Row{4722, "userAccountControl", Effect::enabled},
        Row{4725, "userAccountControl", Effect::disabled}, Row{4740, "lockoutTime", Effect::locked},
        Row{4767, "lockoutTime", Effect::unlocked}}) {
    CAPTURE(id);
    // By position, as Fluent Bit and PowerShell keep them.
    const auto changes = changes_in(security_event(id, {{"", "licadmin"},
                                                        {"", "PC7"},
                                                        {"", "S-1-5-21-1-2-3-1102"},
                                                        {"", "S-1-5-18"},
                                                        {"", "DC1$"},
                                                        {"", "EBS"},
                                                        {"", "0x3e7"}}));
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].attribute == attribute);
    CHECK(changes[0].effect == effect);
    CHECK(changes[0].object.sid == security::Sid::parse_text("S-1-5-21-1-2-3-1102"));
    CHECK(changes[0].actor == "EBS\\DC1$");
    CHECK(changes[0].caller == (effect == Effect::locked ? "PC7" : ""));
  }
}

TEST_CASE("a written value names the object and the attribute", "[actors]") {
  const auto records = records_of("windows.jsonl", 5136);
  REQUIRE(records.size() == 8);
  for (const auto& record : records) {
    CHECK(record.object.guid == security::Guid::parse_text("00000000-0000-4000-8000-000000000003"));
    CHECK(record.actor == "EBS\\adm1");
  }
  CHECK(std::ranges::count(records, "nTSecurityDescriptor", &ChangeRecord::attribute) == 6);
  const auto member = [](std::string operation) {
    return changes_in(security_event(5136, {{"ObjectDN", "CN=Group"},
                                            {"AttributeLDAPDisplayName", "member"},
                                            {"AttributeValue", "CN=licadmin"},
                                            {"OperationType", std::move(operation)}}));
  };
  for (const auto* removed : {"%%14675", "14675", "Value Deleted", "%%14688"}) {
    REQUIRE(member(removed).size() == 1);
    CHECK(member(removed)[0].effect == Effect::removed);
    CHECK(member(removed)[0].member.dn == "CN=licadmin");
  }
  CHECK(member("%%14674")[0].effect == Effect::added);
  CHECK(member("Valeur supprimée").empty());  // the direction is not known
}

TEST_CASE("NXLog's time is that of its host, whose zone the collector shows", "[actors]") {
  const auto records = records_of("nxlog.jsonl", 5136);
  REQUIRE(records.size() == 2);
  CHECK(records[0].object.dn == "DC=ebs,DC=example,DC=com");
  CHECK(utc_text(records[0].at) == "2020-09-21T17:11:26Z");
  CHECK(records[0].actor == "EBS\\adm1");
  CHECK(records_of("nxlog.jsonl", 4729)[0].computer == "SRV1.ebs.example.com");
}

TEST_CASE("Samba's audit log has the same by other names", "[actors]") {
  std::vector<ChangeRecord> records;
  for (const auto& event : events_of("samba.jsonl")) {
    std::ranges::move(changes_in(event), std::back_inserter(records));
  }
  const auto of = [&](std::string_view attribute, Effect effect, std::string_view dn) {
    return std::ranges::count_if(records, [&](const ChangeRecord& each) {
      return each.attribute == attribute && each.effect == effect && each.object.dn.starts_with(dn);
    });
  };
  CHECK(of("member", Effect::added, "CN=Administrators") == 1);    // the refused one is none
  CHECK(of("member", Effect::removed, "CN=Administrators") == 2);  // groupChange and dsdbChange
  CHECK(of("userAccountControl", Effect::disabled, "CN=alice") == 1);
  CHECK(of("userAccountControl", Effect::enabled, "CN=alice") == 1);
  CHECK(of("lockoutTime", Effect::locked, "CN=frank") == 1);
  CHECK(of("lockoutTime", Effect::unlocked, "CN=frank") == 1);
  CHECK(of("accountExpires", Effect::changed, "CN=erin") == 1);
  CHECK(of("pwdLastSet", Effect::changed, "CN=gina") == 2);
  CHECK(of("nTSecurityDescriptor", Effect::changed, "CN=msWssgConfig") == 2);
  for (const auto& record : records) CHECK(record.actor_sid);
}

TEST_CASE("a record about something else is not a change", "[actors]") {
  // 4723 and 4724 may be attempts that were refused.
  for (const std::uint32_t id : {4624U, 4670U, 4723U, 4724U, 4726U, 5137U}) {
    CHECK(changes_in(security_event(id, {{"TargetSid", "S-1-5-32-544"}})).empty());
  }
  auto other = security_event(4729, {});
  other.provider = "Another";
  CHECK(changes_in(other).empty());
  CHECK_FALSE(is_of_security_log(other));
}

TEST_CASE("what a record says of names is safe to show", "[actors]") {
  const auto changes = changes_in(security_event(4725, {{"TargetSid", "x"},
                                                        {"SubjectUserName", "a\x1b[2J\xe2\x80\xae"},
                                                        {"SubjectDomainName", "E"}}));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].actor == "E\\a?[2J?");
  CHECK_FALSE(changes[0].object.sid);
}
