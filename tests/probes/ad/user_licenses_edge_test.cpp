// Per-user licenses counted in a directory, page by page.
#include "probes/ad/user_licenses.h"
#include "tests/catch.h"
#include "tests/fakes/directory_access.h"

#include <algorithm>

using namespace std::chrono_literals;
using cal::Deadline;
using cal::SystemTime;
using cal::ad::UserLicenses;
using cal::fakes::base;
using cal::fakes::LdapEntry;
using cal::fakes::LdapRequest;
using cal::fakes::LdapServer;
using cal::ldap::FaultKind;

namespace {

const SystemTime now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24} + 12h};

using Attributes = decltype(LdapEntry::attributes);

void add_user(LdapServer& server, int number, Attributes attributes) {
  attributes.push_back({"objectClass", {"user"}});
  server.add({"CN=u" + std::to_string(number) + "," + base, std::move(attributes)});
}

UserLicenses count(LdapServer& server) {
  server.start();
  auto session = cal::fakes::open_session(server);
  const auto licenses = cal::ad::count_user_licenses(session, now, cal::fakes::soon());
  REQUIRE(licenses);
  return *licenses;
}

}  // namespace

TEST_CASE("a license is in force until its expiry, in any of the four slots", "[licenses]") {
  LdapServer server;
  add_user(server, 0, {});
  add_user(server, 1, {{"msTSExpireDate", {"20261124120001.0Z"}}});
  add_user(server, 2, {{"msTSExpireDate", {"20261124120000.0Z"}}});
  add_user(server, 3,
           {{"msTSExpireDate", {"20200101000000.0Z"}}, {"msTSExpireDate4", {"20270101000000.0Z"}}});
  add_user(server, 4,
           {{"msTSExpireDate2", {"20270101000000Z"}}, {"msTSExpireDate3", {"20270101000000Z"}}});
  const auto licenses = count(server);
  CHECK(licenses.users == 3);
  CHECK(licenses.expired_users == 1);
  REQUIRE(licenses.groups.size() == 1);
  CHECK(licenses.groups[0].in_force == 4);
  CHECK(licenses.groups[0].expired == 2);
  // By week: those that end within a second, and on 2027-01-01.
  CHECK(licenses.ending[0] == 1);
  CHECK(licenses.ending[5] == 3);
  CHECK(licenses.undated == 0);
}

TEST_CASE("a license whose end is not understood is in no week", "[licenses]") {
  LdapServer server;
  add_user(server, 0, {{"msTSExpireDate", {"soon"}}});
  add_user(server, 1, {{"msTSExpireDate", {"99990101000000.0Z"}}});
  const auto licenses = count(server);
  CHECK(std::ranges::count(licenses.ending, 0) == std::ssize(licenses.ending));
  CHECK(licenses.undated == 1);
}

TEST_CASE("holders are listed with each of their licenses", "[licenses]") {
  LdapServer server;
  add_user(server, 0, {});
  add_user(server, 1,
           {{"sAMAccountName", {"an\x1bn"}},
            {"msTSExpireDate", {"20270101000000.0Z"}},
            {"msTSManagingLS", {"LS1"}},
            {"msTSExpireDate3", {"20200101000000.0Z"}}});
  server.start();
  auto session = cal::fakes::open_session(server);
  const auto found = cal::ad::list_user_licenses(session, cal::fakes::soon());
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  CHECK(found->at(0).user == "an n");
  CHECK(found->at(0).server == "LS1");
  CHECK(found->at(1).expires == "20200101000000.0Z");
}

TEST_CASE("licenses are grouped by version and server, in a bounded number of groups",
          "[licenses]") {
  LdapServer server;
  for (int i = 0; i < 60; ++i) {
    add_user(server, i,
             {{"msTSExpireDate2", {"20270101000000.0Z"}},
              {"msTSLicenseVersion2", {std::to_string(i)}},
              {"msTSManagingLS2", {"LS\x01" + std::string(300, 'x')}}});
  }
  const auto licenses = count(server);
  CHECK(licenses.users == 60);
  REQUIRE(licenses.groups.size() == 51);
  CHECK(licenses.groups.back().version == "others");
  CHECK(licenses.groups.back().in_force == 10);
  CHECK(licenses.groups.front().server == "LS " + std::string(57, 'x'));
}

TEST_CASE("users are counted across pages", "[licenses]") {
  const auto [users, pages] = GENERATE(table<int, int>({{0, 1}, {1000, 1}, {1001, 2}, {2000, 2}}));
  LdapServer server;
  for (int i = 0; i < users; ++i) add_user(server, i, {{"msTSExpireDate", {"20270101000000.0Z"}}});
  CHECK(count(server).users == users);
  CHECK(std::ranges::count(server.searches(), base, &LdapRequest::base) == pages);
}

TEST_CASE("a directory that stops in the middle of the users is a fault, not a count",
          "[licenses]") {
  LdapServer::Options options;
  options.size_limit = 1500;
  LdapServer server(options);
  for (int i = 0; i < 2000; ++i) add_user(server, i, {{"msTSExpireDate", {"20270101000000.0Z"}}});
  server.start();
  auto session = cal::fakes::open_session(server);
  const auto licenses = cal::ad::count_user_licenses(session, now, cal::fakes::soon());
  REQUIRE_FALSE(licenses);
  CHECK(licenses.error().kind == FaultKind::server_error);
}
