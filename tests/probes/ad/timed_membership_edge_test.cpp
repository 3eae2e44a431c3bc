// Whether a forest can end a membership by itself, against a fake directory.
#include "probes/ad/timed_membership.h"
#include "tests/catch.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"

using namespace cal;
using fakes::base;

TEST_CASE("only an enabled feature of a forest of level 2016 ends memberships", "[ad]") {
  const std::string configuration = "CN=Configuration," + base;
  const auto feature = [&](const std::string& name) {
    return "CN=" + name + ",CN=Optional Features,CN=Directory Service,CN=Windows NT,CN=Services," +
           configuration;
  };
  const auto pam = feature("Privileged Access Management Feature");
  struct Row {
    std::vector<fakes::LdapEntry::Attribute> attributes;
    std::optional<bool> expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {{{"msDS-Behavior-Version", {"7"}}, {"msDS-EnabledFeature", {pam}}}, true},
      {{{"msDS-Behavior-Version", {"10"}},
        {"msDS-EnabledFeature", {feature("Recycle Bin Feature"), pam}}},
       true},
      {{{"msDS-Behavior-Version", {"7"}}}, false},
      {{{"msDS-Behavior-Version", {"7"}},
        {"msDS-EnabledFeature", {feature("Recycle Bin Feature")}}},
       false},
      {{{"msDS-Behavior-Version", {"6"}}}, false},
      {{{"objectClass", {"container"}}}, std::nullopt},  // hidden
  }));
  fakes::LdapServer server;
  server.add({"CN=Partitions," + configuration, row.attributes});
  server.start();
  auto session = fakes::open_session(server);
  const auto found = ad::has_timed_membership(session, fakes::soon());
  REQUIRE(found);
  CHECK(*found == row.expected);
}
