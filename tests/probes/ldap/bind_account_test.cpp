#include "probes/ldap/bind_account.h"

#include "tests/catch.h"

#include <algorithm>

using cal::ldap::bind_accounts;
using cal::ldap::BindAccount;

namespace {

std::vector<BindAccount> accounts_of(const std::string& user, const std::string& srv = "") {
  cal::ldap::Settings settings;
  settings.srv = srv;
  if (srv.empty()) settings.uris = {"ldaps://DC1", "ldap://dc2:3268"};
  settings.bind.user = user;
  return bind_accounts(settings);
}

}  // namespace

TEST_CASE("an account is known by its own domain, else by the servers'", "[bind_account]") {
  struct Row {
    const char* user;
    const char* srv;
    BindAccount account;
  };
  const auto row = GENERATE(
      Row{"Svc@EBS.example.com.", "", {"ebs.example.com", "svc"}},
      Row{"svc@ebs.example.com", "other.example.com", {"ebs.example.com", "svc"}},
      Row{"EBS\\svc", "", {"ebs", "svc"}},
      Row{"CN=svc,OU=x,DC=ebs, DC=example,DC=com",
          "",
          {"ebs.example.com", "cn=svc,ou=x,dc=ebs,dc=example,dc=com"}},
      Row{" cn = Svc , ou=x,dc=ebs,dc = example,DC=com,",
          "",
          {"ebs.example.com", "cn=svc,ou=x,dc=ebs,dc=example,dc=com"}},
      Row{"CN=a\\, b,DC=ebs", "", {"ebs", "cn=a\\, b,dc=ebs"}},
      Row{"cn=admin", "EBS.example.com.", {"ebs.example.com", "cn=admin"}},
      Row{"svc", "", {"ldaps://dc1 ldap://dc2:3268", "svc"}}, Row{"", "ex.com", {"ex.com", ""}});
  INFO(row.user);
  CHECK(accounts_of(row.user, row.srv).front() == row.account);
}

TEST_CASE("an account is known at each server, however it is written", "[bind_account]") {
  const std::string user =
      GENERATE("svc@ebs.example.com", "EBS\\SVC", "svc", "CN=Svc, CN=Users,DC=ebs");
  const auto accounts = accounts_of(user);
  REQUIRE(accounts.size() == 3);
  CHECK(accounts[1] == BindAccount{"at dc1:636", "svc"});
  CHECK(accounts[2] == BindAccount{"at dc2:3268", "svc"});
  CHECK(accounts_of(user, "EBS.example.com").back() == BindAccount{"at ebs.example.com", "svc"});
}

TEST_CASE("an account without a name is not that of its servers", "[bind_account]") {
  CHECK(accounts_of("").size() == 1);
}
