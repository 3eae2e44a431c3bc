// The membership probe in a forest of two domains, ebs.example.com and child.ebs.example.com, each
// with a server, and a Global Catalog.
#include "tests/catch.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/directory_entries.h"
#include "tests/fakes/dns_server.h"
#include "tests/fakes/temporary_file.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

using namespace cal;
using namespace cal::fakes;
using Which = ldap::OtherDomains::Which;

namespace {

const std::string child = "DC=child," + base;
const security::Sid child_sid = *security::Sid::parse_text("S-1-5-21-7-8-9");
const security::Sid partner_sid = *security::Sid::parse_text("S-1-5-21-40-50-60");
const std::string child_uni = "<SID=S-1-5-21-7-8-9-1500>;CN=Uni,CN=Users," + child;
const std::string child_dana = "<SID=S-1-5-21-7-8-9-1104>;CN=dana,CN=Users," + child;

LdapEntry domain_object(const std::string& dn, const security::Sid& sid) {
  return entry(dn, {{"objectSid", {sid.octets()}}, {"objectClass", {"domain"}}});
}

void add_partitions(LdapServer& server) {
  const std::string partitions = "CN=Partitions,CN=Configuration," + base;
  server.add({partitions, {{"uPNSuffixes", {"corp.example"}}}});
  const auto add = [&](const std::string& name, const std::string& dn, const std::string& dns) {
    server.add({"CN=" + name + "," + partitions,
                {{"objectClass", {"crossRef"}},
                 {"nCName", {dn}},
                 {"nETBIOSName", {name}},
                 {"dnsRoot", {dns}}}});
  };
  add("EBS", base, "ebs.example.com");
  add("CHILD", child, "child.ebs.example.com");
}

// As the Global Catalog holds it.
LdapEntry dana_in_catalog() {
  return entry("CN=dana,CN=Users," + child, {{"sAMAccountName", {"dana"}},
                                             {"userPrincipalName", {"dana@corp.example"}},
                                             {"objectClass", {"user"}},
                                             {"objectSid", {child_sid.with_rid(1104).octets()}},
                                             {"userAccountControl", {"512"}},
                                             {"primaryGroupID", {"513"}}});
}

// As its own domain holds it.
LdapEntry dana(std::vector<std::string> token = {child_sid.with_rid(513).octets(),
                                                 child_sid.with_rid(1500).octets()}) {
  return with(with(with(dana_in_catalog(), "accountExpires", {"0"}),
                   "msDS-User-Account-Control-Computed", {"0"}),
              "tokenGroupsGlobalAndUniversal", std::move(token));
}

LdapEntry trust(const std::string& name, const security::Sid& sid, const std::string& attributes) {
  return {"CN=" + name + ",CN=System," + base,
          {{"objectClass", {"trustedDomain"}},
           {"trustPartner", {name}},
           {"flatName", {"PARTNER"}},
           {"securityIdentifier", {sid.octets()}},
           {"trustAttributes", {attributes}}}};
}

LdapServer::Options served(const KeyPair& pair, const std::string& dn,
                           LdapServer::Misbehavior misbehavior = LdapServer::Misbehavior::none) {
  return {.base_dn = dn,
          .configuration_dn = "CN=Configuration," + base,
          .certificate = pair,
          .misbehavior = misbehavior};
}

class TwoDomains {
 public:
  struct Setup {
    LdapEntry dana_at_home = dana();
    LdapEntry dana_in_catalog = ::dana_in_catalog();
    std::vector<std::string> administrators_members = {dn_of("Helpers")};
    std::vector<std::string> helpers_members = {child_uni};
    std::string helpers_type = "-2147483644";
    std::optional<LdapEntry> trust = {};
    std::function<LdapResult(const LdapRequest&)> on_bind_in_child = {};
    LdapServer::Misbehavior catalog_misbehavior = LdapServer::Misbehavior::none;
  };

  explicit TwoDomains(const Setup& setup)
      : home_(served(ca_.issue({{"dc1.ebs.example.com"}}), base)),
        catalog_(served(ca_.issue({{"dc1.ebs.example.com"}}), base, setup.catalog_misbehavior)) {
    auto options =
        served(ca_.issue({{"dc1.child.ebs.example.com", "child.ebs.example.com"}}), child);
    options.on_bind = setup.on_bind_in_child;
    child_ = std::make_unique<LdapServer>(std::move(options));
    add_partitions(home_);
    home_.add(domain_object(base, domain_sid));
    home_.add({"CN=System," + base, {{"objectClass", {"container"}}}});
    if (setup.trust) home_.add(*setup.trust);
    home_.add(administrators(setup.administrators_members));
    home_.add(with(group("Helpers", 1200, setup.helpers_type, {administrators_dn}), "member",
                   setup.helpers_members));
    home_.add(user("licadmin", 1104, {administrators_dn}));
    home_.start();
    add_partitions(*child_);
    child_->add(domain_object(child, child_sid));
    child_->add(setup.dana_at_home);
    child_->start();
    catalog_.add(domain_object(child, child_sid));
    catalog_.add(domain_object(base, domain_sid));
    catalog_.add(setup.dana_in_catalog);
    catalog_.start();
    dns_.emplace(std::map<std::string, DnsServer::Name>{
        {"dc1.ebs.example.com", {.addresses = {"127.0.0.1"}}},
        {"dc1.child.ebs.example.com", {.addresses = {"127.0.0.1"}}},
        {"_ldap._tcp.child.ebs.example.com",
         {.services = {{0, 100, child_->port(), "dc1.child.ebs.example.com"}}}}});
  }

  Outcome ask(std::vector<std::string> accounts, ldap::OtherDomains others) {
    using Settings = administrators_membership::Settings;
    using Membership = DirectoryProbe<Settings, administrators_membership::gather,
                                      administrators_membership::judge>;
    ldap::Settings settings;
    settings.uris = {home_.uri("dc1.ebs.example.com")};
    settings.start_tls = true;
    settings.ca_file = ca_file_.path();
    settings.name_servers = {dns_->address()};
    settings.bind.user = "m@ebs.example.com";
    settings.bind.password_file = password_.path();
    settings.other_domains = std::move(others);
    settings.global_catalog = catalog_.uri("dc1.ebs.example.com");
    Settings wanted;
    for (auto& account : accounts) wanted.requirements.push_back({account});
    return Membership(std::make_shared<ldap::Directory>(settings, guard_), wanted).run(soon());
  }

  Outcome ask(const std::string& account, Which which = Which::forest) {
    return ask(std::vector{account}, {which, {}});
  }

  const LdapServer& child_server() const { return *child_; }

 private:
  CertificateAuthority ca_{"Forest CA"};
  TemporaryFile ca_file_{ca_.certificate_pem()};
  TemporaryFile password_{"secret"};
  std::shared_ptr<ldap::BindGuard> guard_ = std::make_shared<ldap::BindGuard>();
  LdapServer home_;
  LdapServer catalog_;
  std::unique_ptr<LdapServer> child_;
  std::optional<DnsServer> dns_;
};

const auto forms = {"CHILD\\dana",
                    "child.ebs.example.com\\dana",
                    "dana@child.ebs.example.com",
                    "dana@corp.example",
                    "S-1-5-21-7-8-9-1104",
                    "CN=dana,CN=Users,DC=child,DC=ebs,DC=example,DC=com"};

}  // namespace

TEST_CASE("an account of another domain is evaluated with the groups of its own", "[forest]") {
  const std::string account = GENERATE(from_range(forms.begin(), forms.end()));
  CAPTURE(account);
  TwoDomains forest({});
  const auto outcome = forest.ask(account);
  INFO(outcome.summary);
  CHECK(outcome.reason->word == "member_nested");
  CHECK(outcome.evidence.at(0).text == "dana → Uni → Helpers → Administrators");
}

TEST_CASE("without other_domains no password is sent there, and what is needed is shown",
          "[forest]") {
  const std::string account = GENERATE(from_range(forms.begin(), forms.end()));
  CAPTURE(account);
  TwoDomains forest({});
  const auto outcome = forest.ask(account, Which::off);
  INFO(outcome.summary);
  CHECK(outcome.reason->word == "other_domain");
  CHECK(outcome.summary.find("`other_domains: forest`") != std::string::npos);
  CHECK(forest.child_server().connections() == 0);
}

TEST_CASE("an account that no domain of the forest has is not found", "[forest]") {
  const std::string account =
      GENERATE("CHILD\\eve", "eve@child.ebs.example.com", "eve@corp.example", "eve@ebs.example.com",
               "S-1-5-21-7-8-9-9999", "CN=eve,CN=Users,DC=child,DC=ebs,DC=example,DC=com");
  const auto which = GENERATE(Which::off, Which::forest);
  CAPTURE(account, which == Which::off);
  TwoDomains forest({});
  CHECK(forest.ask(account, which).reason->word == "account_not_found");
}

TEST_CASE("an account that can be of a domain outside the forest is not missing", "[forest]") {
  const std::string account = GENERATE("OTHER\\eve", "eve@other.example", "S-1-5-21-1-1-1-9999",
                                       "CN=eve,CN=Users,DC=other,DC=example");
  const auto which = GENERATE(Which::off, Which::forest);
  TwoDomains forest({});
  CHECK(forest.ask(account, which).reason->word == "other_domain");
}

TEST_CASE("without a Global Catalog nothing is called missing, and that is shown", "[forest]") {
  const std::string account = GENERATE("eve@corp.example", "S-1-5-21-7-8-9-9999");
  TwoDomains forest({.catalog_misbehavior = LdapServer::Misbehavior::closes});
  const auto outcome = forest.ask(account, Which::off);
  INFO(outcome.summary);
  CHECK(outcome.reason->word == "other_domain");
  CHECK(outcome.summary.find("Global Catalog could not be asked") != std::string::npos);
}

TEST_CASE("an administrator of the child is not one of the root", "[forest]") {
  TwoDomains forest({.dana_at_home = dana({child_sid.with_rid(513).octets(),
                                           security::well_known::administrators.octets()})});
  const auto outcome = forest.ask("CHILD\\dana");
  INFO(outcome.summary);
  CHECK(outcome.reason->word == "not_member");
}

TEST_CASE("a distribution group between two domains grants nothing", "[forest]") {
  TwoDomains forest({.helpers_type = "4"});
  const auto outcome = forest.ask("CHILD\\dana");
  CHECK(outcome.reason->word == "not_member");
  CHECK(outcome.summary.find("Helpers is a distribution group") != std::string::npos);
}

TEST_CASE("a direct member is compared by its SID", "[forest]") {
  const bool by_sid_only = GENERATE(false, true);
  // Renamed in its own domain: the DN here is an old one.
  const auto value =
      by_sid_only ? "<SID=S-1-5-21-7-8-9-1104>;CN=old,CN=Users," + child : child_dana;
  TwoDomains forest({.administrators_members = {value}});
  const auto outcome = forest.ask("CHILD\\dana");
  CHECK(outcome.reason->word == "member_direct");
  CHECK(outcome.evidence.at(0).text == "dana → Administrators");
}

TEST_CASE("what the Global Catalog lacks is not fine", "[forest]") {
  TwoDomains forest({.administrators_members = {child_dana}});
  CHECK(forest.ask("CHILD\\dana", Which::off).reason->word == "logon_not_seen");
  TwoDomains disabled({.dana_in_catalog = with(without(dana_in_catalog(), "userAccountControl"),
                                               "userAccountControl", {"514"}),
                       .administrators_members = {child_dana}});
  CHECK(disabled.ask("CHILD\\dana", Which::off).reason->word == "account_disabled");
}

TEST_CASE("a token that is hidden is not an empty token", "[forest]") {
  TwoDomains forest({.dana_at_home = without(dana(), "tokenGroupsGlobalAndUniversal")});
  const auto outcome = forest.ask("CHILD\\dana");
  CHECK(outcome.reason->word == "other_domain");
  CHECK(outcome.summary.find("tokenGroupsGlobalAndUniversal") != std::string::npos);
}

TEST_CASE("a bind that the other domain refuses is neither repeated nor held here", "[forest]") {
  TwoDomains forest({.on_bind_in_child = [](const LdapRequest&) {
    return LdapResult{49, "80090308: comment: AcceptSecurityContext error, data 52e, v4563"};
  }});
  for (int run = 0; run < 3; ++run) {
    const auto outcome = forest.ask({"EBS\\licadmin", "CHILD\\dana"}, {Which::forest, {}});
    CHECK(outcome.reason->word == "other_domain");
    CHECK(outcome.evidence.at(0).text == "licadmin → Administrators");
    CHECK(outcome.evidence.at(1).text.find("49/52e") != std::string::npos);
  }
  CHECK(forest.child_server().binds().size() == 1);
}

TEST_CASE("a trust decides what an account of another forest brings along", "[forest]") {
  struct Row {
    std::optional<LdapEntry> trust;
    std::string_view reason;
    std::string words;
  };
  const auto row = GENERATE(values<Row>({
      {std::nullopt, "other_domain", "trust with its domain is not visible"},
      {trust("partner.example", partner_sid, "8"), "logon_not_seen", ""},
      {trust("partner.example", partner_sid, "24"), "other_domain", "selective authentication"},
      {without(trust("partner.example", partner_sid, "8"), "trustAttributes"), "other_domain",
       "trust with its domain is not visible"},
  }));
  CAPTURE(row.words);
  TwoDomains forest({.administrators_members = {"CN=S-1-5-21-40-50-60-1105,CN=ForeignSecurity"
                                                "Principals," +
                                                base},
                     .trust = row.trust});
  const auto outcome = forest.ask("S-1-5-21-40-50-60-1105", Which::off);
  INFO(outcome.evidence.at(0).text);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.evidence.at(0).text.find(row.words) != std::string::npos);
}

TEST_CASE("selective authentication and filtered SIDs within a forest are doubts", "[forest]") {
  TwoDomains selective({.trust = trust("child.ebs.example.com", child_sid, "48")});
  CHECK(selective.ask("CHILD\\dana").reason->word == "other_domain");
  TwoDomains plain({.trust = trust("child.ebs.example.com", child_sid, "32")});
  CHECK(plain.ask("CHILD\\dana").reason->word == "member_nested");
  // Of a third domain: removed where SIDs are filtered.
  const auto third = security::Sid::parse_text("S-1-5-21-30-30-30-1600")->octets();
  const std::string value = "<SID=S-1-5-21-30-30-30-1600>;CN=Third,DC=third,DC=example";
  TwoDomains quarantined({.dana_at_home = dana({third}),
                          .helpers_members = {value},
                          .trust = trust("child.ebs.example.com", child_sid, "36")});
  const auto outcome = quarantined.ask("CHILD\\dana");
  CHECK(outcome.reason->word == "membership_not_seen");
  CHECK(outcome.evidence.at(0).text.find("SID filtering") != std::string::npos);
  TwoDomains open({.dana_at_home = dana({third}), .helpers_members = {value}});
  CHECK(open.ask("CHILD\\dana").reason->word == "member_nested");
}

TEST_CASE("named domains are asked, and only those", "[forest]") {
  TwoDomains forest({});
  CHECK(forest.ask({"CHILD\\dana"}, {Which::named, {"child.ebs.example.com"}}).reason->word ==
        "member_nested");
  TwoDomains other({});
  CHECK(other.ask({"CHILD\\dana"}, {Which::named, {"partner.example"}}).reason->word ==
        "other_domain");
  CHECK(other.child_server().connections() == 0);
}

TEST_CASE("a group of another domain is not an account", "[forest]") {
  const std::string universal = "-2147483640";
  TwoDomains at_home({.dana_at_home = with(dana(), "groupType", {universal})});
  CHECK(at_home.ask("CHILD\\dana").reason->word == "name_not_usable");
  CHECK(at_home.ask("S-1-5-21-7-8-9-1104").reason->word == "name_not_usable");
  TwoDomains in_catalog({.dana_in_catalog = with(dana_in_catalog(), "groupType", {universal})});
  CHECK(in_catalog.ask("CHILD\\dana", Which::off).reason->word == "name_not_usable");
}
