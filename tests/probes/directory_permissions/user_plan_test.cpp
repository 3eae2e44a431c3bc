// What lets licenses be written on users again, and what is predicted.
#include "probes/directory_permissions/directory_permissions.h"
#include "probes/security/sddl.h"
#include "probes/shared/trustee_options.h"
#include "tests/catch.h"
#include "tests/fakes/domain.h"

using namespace cal;
using namespace cal::directory_permissions;
using ad::SampledUser;
using ad::SecuredObject;
using fakes::domain_sid;

namespace {

const std::string user_class = "bf967aba-0de6-11d0-a285-00aa003049e2";
const std::string set = "5805bc62-bdc9-4428-a5e2-856a0f4c185e";
const std::string entry_of_self = "(OA;CIIO;RPWP;" + set + ";" + user_class + ";PS)";

SecuredObject secured(const std::string& dn, const std::string& dacl) {
  SecuredObject object{SecuredObject::State::readable, dn};
  object.descriptor = *security::octets(*security::parse_sddl("O:DAG:DAD:" + dacl, domain_sid));
  object.guid = security::Guid::parse_text("01234567-89ab-cdef-0123-456789abcdef");
  return object;
}

// Users of `OU=Staff`; the OU is the last of the containers.
Facts facts_of(std::vector<SecuredObject> users, std::vector<SecuredObject> containers) {
  Facts facts{"ldaps://dc1.ebs.example.com", false, {"DC=ebs", "ebs", "EBS", domain_sid}, {}};
  facts.users.emplace();
  facts.users->base = containers.back().dn;
  facts.users->object_class = {security::Guid::parse_text(user_class), "D:(A;;GR;;;AU)"};
  facts.users->template_object = secured("CN=AdminSDHolder,CN=System,DC=ebs", "(A;;GA;;;DA)");
  for (auto& user : users) {
    facts.users->ordinary.push_back({std::move(user), domain_sid.with_rid(1100)});
  }
  facts.containers = std::move(containers);
  return facts;
}

Outcome judge_self(const Facts& facts) {
  Settings settings;
  settings.users = "OU=Staff";
  settings.owner.reset();
  settings.trustees = {user_self()};
  return judge(facts, settings);
}

const std::string staff = "OU=Staff,DC=ebs";
const std::string plain = "AI(A;;GA;;;DA)(A;CIID;GR;;;AU)";

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("SELF is delegated on the OU, before what the OU inherits", "[repair]") {
  const auto outcome = judge_self(
      facts_of({secured("CN=rita," + staff, plain), secured("CN=sam,OU=B," + staff, plain)},
               {secured("OU=B," + staff, plain), secured(staff, plain)}));
  REQUIRE(outcome.reason->word == "users_not_writable");
  REQUIRE(outcome.repair.size() == 1);
  const auto& step = outcome.repair[0];
  CHECK(has(step.text, "In the permissions of " + staff + ": add " + entry_of_self));
  CHECK(has(step.text, "(inherit-only, for descendant user objects)"));
  CHECK(has(step.setup,
            "$before = 'D:AI(A;;GA;;;" + domain_sid.with_rid(512).text() + ")(A;CIID;GR;;;AU)'"));
  CHECK(has(step.setup, "$removed = @()\n$added = @('" + entry_of_self + "')\n"));
  CHECK(has(step.beside.at(2), "from Windows Server 2019 on"));
  CHECK(step.undo.starts_with("Write-Descriptor $before\n"));
  CHECK(step.expected == "users_writable");
}

TEST_CASE("each trustee has the versions of Windows that need it, and its own tickets",
          "[repair]") {
  Settings settings;
  settings.users = "OU=Staff";
  settings.owner.reset();
  settings.trustees = {license_servers()};
  const auto outcome =
      judge(facts_of({secured("CN=rita," + staff, plain)}, {secured(staff, plain)}), settings);
  REQUIRE(outcome.repair.size() == 1);
  const auto& beside = outcome.repair[0].beside;
  CHECK(has(beside.at(0), "wider than what was there"));
  CHECK(has(beside.at(2), "up to Windows Server 2016"));
  CHECK(has(beside.at(2), "klist -li 0x3e7 purge"));
  for (const auto& note : beside) CHECK_FALSE(has(note, "SELF"));
}

TEST_CASE("users that inherit nothing are predicted to stay as they are", "[repair]") {
  const std::string closed = "P(A;;GA;;;DA)";
  struct Row {
    std::string user_dacl, middle_dacl;
    std::string_view expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {plain, plain, "users_writable"},
      {closed, plain, "users_not_writable"},
      {plain, closed, "users_not_writable"},
  }));
  const auto outcome =
      judge_self(facts_of({secured("CN=sam,OU=B," + staff, row.user_dacl)},
                          {secured("OU=B," + staff, row.middle_dacl), secured(staff, plain)}));
  REQUIRE(outcome.repair.size() == 1);
  CHECK(outcome.repair[0].expected == row.expected);
}

TEST_CASE("nothing is predicted if a container in between is hidden", "[repair]") {
  const auto outcome =
      judge_self(facts_of({secured("CN=sam,OU=B," + staff, plain)}, {secured(staff, plain)}));
  REQUIRE(outcome.repair.size() == 1);
  CHECK_FALSE(outcome.repair[0].command.empty());
  CHECK(outcome.repair[0].expected.empty());
}

TEST_CASE("the head of the domain and denials are advice without a command", "[repair]") {
  auto facts = facts_of({secured("CN=rita,DC=ebs", plain)}, {secured("DC=ebs", plain)});
  CHECK(has(judge_self(facts).repair.at(0).text, "head of the domain"));
  const auto denied = judge_self(
      facts_of({secured("CN=rita," + staff, "(OD;;WP;" + set + ";;PS)(OA;;RPWP;" + set + ";;PS)")},
               {secured(staff, plain)}));
  CHECK(has(denied.repair.at(0).text, "entry that denies"));
  for (const auto& step : denied.repair) CHECK(step.command.empty());
}

TEST_CASE("users on whom licenses can be written need no repair", "[repair]") {
  CHECK(judge_self(facts_of({secured("CN=rita," + staff, "(OA;;RPWP;" + set + ";;PS)")},
                            {secured(staff, plain)}))
            .repair.empty());
}
