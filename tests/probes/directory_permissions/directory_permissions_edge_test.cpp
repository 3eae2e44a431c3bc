// The permission probe against a fake directory, for what Samba does not do.
#include "probes/directory_permissions/directory_permissions.h"
#include "probes/security/sddl.h"
#include "probes/shared/directory_probe.h"
#include "tests/catch.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"

#include <algorithm>

using namespace cal;
using fakes::base;
using fakes::domain_sid;
using fakes::LdapEntry;
using fakes::LdapServer;

namespace {

const std::string container = "CN=System," + base;
const std::string object_dn = "CN=msWssgConfig," + container;

std::string descriptor(const std::string& sddl) {
  return security::octets(*security::parse_sddl(sddl, domain_sid)).value();
}

void fill(LdapServer& server) {
  fakes::add_domain(server);
  server.add({container, {{"objectClass", {"container"}}}});
}

LdapEntry object(const std::string& octets) {
  return {object_dn, {{"objectClass", {"top", "container"}}, {"nTSecurityDescriptor", {octets}}}};
}

Outcome ask(LdapServer& server) {
  server.start();
  using Settings = directory_permissions::Settings;
  using Permissions =
      DirectoryProbe<Settings, directory_permissions::gather, directory_permissions::judge>;
  return fakes::run_probe<Permissions>(server, Settings{});
}

}  // namespace

TEST_CASE("the descriptor is requested without the SACL", "[permissions]") {
  LdapServer server;
  fill(server);
  server.add(object(descriptor("O:SYG:SYD:(A;;GA;;;SY)")));
  CHECK(ask(server).reason->word == "owner_and_rights_ok");
  bool asked = false;
  for (const auto& search : server.searches()) {
    if (search.base != object_dn) continue;
    asked = true;
    CHECK(search.sd_flags == 7);
  }
  CHECK(asked);
}

TEST_CASE("Windows answers for a hidden object as if it did not exist", "[permissions]") {
  SECTION("its siblings are visible: it is missing") {
    LdapServer server;
    fill(server);
    server.add({"CN=Policies," + container, {{"objectClass", {"container"}}}});
    CHECK(ask(server).reason->word == "object_missing");
  }
  SECTION("no sibling is visible: missing or hidden") {
    LdapServer server;
    fill(server);
    CHECK(ask(server).reason->word == "object_not_visible");
  }
}

TEST_CASE("a damaged descriptor is unknown, and the summary says where", "[permissions]") {
  LdapServer server;
  fill(server);
  auto octets = descriptor("O:SYG:SYD:(A;;GA;;;SY)");
  const auto damage = GENERATE(0, 1, 2, 3);
  if (damage == 0) octets.resize(octets.size() / 2);
  if (damage == 1) octets = std::string(64, '\xFF');
  if (damage == 2) octets[4] = '\x7F';  // the owner's offset
  if (damage == 3) octets[0] = '\x02';  // the revision
  server.add(object(octets));
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == "descriptor_not_readable");
  CHECK(outcome.summary.find("damaged at byte") != std::string::npos);
}

TEST_CASE("a read-only domain controller is recognized by its capabilities", "[permissions]") {
  LdapServer server(
      {.on_search =
           [](const fakes::LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
        if (!request.base.empty()) return std::nullopt;
        return LdapServer::SearchAnswer{
            .entries = {{"",
                         {{"defaultNamingContext", {base}},
                          {"configurationNamingContext", {"CN=Configuration," + base}},
                          {"supportedCapabilities", {"1.2.840.113556.1.4.1920"}}}}}};
      }});
  fill(server);
  server.add(object(descriptor("O:SYG:SYD:(A;;GA;;;SY)")));
  CHECK(ask(server).reason->word == "asked_read_only_dc");
}

TEST_CASE("the last write of the permissions is shown for the object and what is above it",
          "[permissions]") {
  const auto stamped = [](const std::string& day) {
    return "<DS_REPL_ATTR_META_DATA><pszAttributeName>nTSecurityDescriptor</pszAttributeName>"
           "<dwVersion>4</dwVersion><ftimeLastOriginatingChange>" +
           day +
           "T14:05:59Z</ftimeLastOriginatingChange><pszLastOriginatingDsaDN>CN=NTDS Settings,"
           "CN=DC2,CN=Servers</pszLastOriginatingDsaDN></DS_REPL_ATTR_META_DATA>";
  };
  const bool is_protected = GENERATE(false, true);
  const auto open = descriptor("O:SYG:SYD:(A;;GA;;;SY)");
  LdapServer server;
  fakes::add_domain(server);
  server.add({container,
              {{"objectClass", {"container"}},
               {"nTSecurityDescriptor", {open}},
               {"msDS-ReplAttributeMetaData", {stamped("2026-11-24")}}}});
  auto broken =
      object(descriptor(is_protected ? "O:SYG:SYD:P(D;;GW;;;SY)" : "O:SYG:SYD:(D;;GW;;;SY)"));
  broken.attributes.push_back({"objectGUID", {std::string(16, '\x11')}});
  broken.attributes.push_back({"msDS-ReplAttributeMetaData", {stamped("2026-11-20")}});
  server.add(std::move(broken));
  const auto outcome = ask(server);
  REQUIRE(outcome.reason->word == "write_denied");
  const auto searches = server.searches();
  const auto reads_of = [&](const std::string& dn) {
    return std::ranges::count(searches, dn, &fakes::LdapRequest::base);
  };
  CHECK(reads_of(object_dn) == 2);  // for the answer, and for its history
  CHECK(reads_of(container) == (is_protected ? 0 : 1));
  std::vector<std::string> texts;
  for (const auto& each : outcome.evidence) {
    if (each.item == "permissions last changed") texts.push_back(each.text);
  }
  const std::string own = object_dn + ": 2026-11-20 14:05:59 UTC, written on DC2, version 4";
  if (is_protected) {
    CHECK(texts == std::vector{own});
    REQUIRE(outcome.who_queries.size() == 1);
    CHECK(outcome.who_queries[0].text ==
          "The attribute nTSecurityDescriptor of " + object_dn +
              ", changed on 2026-11-20 14:05:59 UTC, written on DC2: the plan repairs its "
              "permissions. These commands only read.");
    CHECK(outcome.who_queries[0].command.find("Id = 5136;") != std::string::npos);
  } else {
    CHECK(texts == std::vector{container + ": 2026-11-24 14:05:59 UTC, written on DC2, version 4",
                               own, "the directory does not show it for " + base});
    // Not the newest of them: the container does not pass on what denies.
    CHECK(outcome.who_queries.at(0).text.starts_with("The attribute nTSecurityDescriptor of " +
                                                     object_dn));
  }
}

TEST_CASE("a sound object costs no question about its history", "[permissions]") {
  LdapServer server;
  fill(server);
  server.add(object(descriptor("O:SYG:SYD:(A;;GA;;;SY)")));
  REQUIRE(ask(server).reason->verdict == Verdict::clear);
  for (const auto& search : server.searches()) {
    for (const auto& attribute : search.attributes) CHECK(attribute.find("epl") == attribute.npos);
  }
}

TEST_CASE("a referral is not mistaken for an object", "[permissions]") {
  LdapServer server(
      {.on_search =
           [](const fakes::LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
        if (request.base != object_dn) return std::nullopt;
        return LdapServer::SearchAnswer{.result = {10, "", {"ldap://other.example.com/"}}};
      }});
  fill(server);
  CHECK(ask(server).reason->word == "server_error");
}
