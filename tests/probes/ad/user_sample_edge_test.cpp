// The sample of users against a fake directory.
#include "probes/ad/user_sample.h"
#include "tests/catch.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"

#include <algorithm>
#include <set>

using namespace cal;
using namespace cal::ad;
using fakes::base;
using fakes::domain_sid;
using fakes::LdapEntry;
using fakes::LdapServer;

namespace {

void add_users(LdapServer& server, const std::string& container, int count, bool guarded = false) {
  for (int i = 0; i < count; ++i) {
    LdapEntry user{"CN=u" + std::to_string(i) + "," + container,
                   {{"objectClass", {"top", "person", "user"}},
                    {"objectCategory", {"person"}},
                    {"objectSid", {domain_sid.with_rid(1100).octets()}},
                    {"nTSecurityDescriptor", {"descriptor"}}}};
    if (guarded) user.attributes.push_back({"adminCount", {"1"}});
    server.add(user);
  }
}

UserSample sample_of(LdapServer& server, const std::string& below) {
  server.start();
  auto session = fakes::open_session(server);
  auto sample =
      sample_users(session, {base, "ebs.example.com", "EBS", domain_sid}, below, fakes::soon());
  REQUIRE(sample);
  return std::move(*sample);
}

std::set<std::string> containers(const std::vector<SampledUser>& users) {
  std::set<std::string> found;
  for (const auto& user : users) found.insert(parent_of(user.object.dn));
  return found;
}

}  // namespace

TEST_CASE("users are taken from every container, protected ones separately", "[user_sample]") {
  LdapServer server;
  server.add({base, {{"objectSid", {domain_sid.octets()}}}});
  add_users(server, "OU=A," + base, 3'000);  // the many must not crowd out the few
  add_users(server, "OU=B,OU=A," + base, 1);
  add_users(server, "OU=C," + base, 2, true);
  const auto sample = sample_of(server, "");
  CHECK(sample.base == base);
  CHECK(sample.ordinary.size() == max_sampled_users);
  CHECK(containers(sample.ordinary) == std::set<std::string>{"OU=A," + base, "OU=B,OU=A," + base});
  CHECK(sample.protected_ones.size() == 2);
  CHECK(containers(sample.protected_ones) == std::set<std::string>{"OU=C," + base});
  CHECK(sample.ordinary.front().object.descriptor == "descriptor");
  CHECK(sample.ordinary.front().object.object_class == "user");
  CHECK(sample.template_object.state == SecuredObject::State::not_visible);
}

TEST_CASE("users can be taken from below one container", "[user_sample]") {
  LdapServer server;
  server.add({"OU=A," + base, {{"objectClass", {"organizationalUnit"}}}});
  add_users(server, "OU=A," + base, 2);
  add_users(server, "OU=B,OU=A," + base, 30);
  add_users(server, "OU=C," + base, 2);
  const auto sample = sample_of(server, "OU=A");
  CHECK(sample.base == "OU=A," + base);
  CHECK(sample.ordinary.size() == max_sampled_users);
  CHECK(containers(sample.ordinary) == std::set<std::string>{"OU=A," + base, "OU=B,OU=A," + base});
}

TEST_CASE("only names are requested until the users are chosen", "[user_sample]") {
  LdapServer server;
  server.add({"OU=A," + base, {{"objectClass", {"organizationalUnit"}}}});
  add_users(server, "OU=A," + base, 50);
  CHECK(sample_of(server, "OU=A").ordinary.size() == max_sampled_users);
  for (const auto& search : server.searches()) {
    if (search.scope != 2) continue;
    CHECK(search.attributes == std::vector<std::string>{"objectSid"});
  }
}

TEST_CASE("a container that does not exist has no users", "[user_sample]") {
  LdapServer server;
  add_users(server, "OU=A," + base, 2);
  const auto sample = sample_of(server, "OU=Nowhere");
  CHECK(sample.base == "OU=Nowhere," + base);
  CHECK(sample.ordinary.empty());
}
