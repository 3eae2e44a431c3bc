#include "probes/ldap/bind_account.h"

#include "tests/catch.h"

using cal::ldap::bind_account;
using cal::ldap::BindAccount;

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
          {"ebs.example.com", "cn=svc,ou=x,dc=ebs, dc=example,dc=com"}},
      Row{"cn=admin", "EBS.example.com.", {"ebs.example.com", "cn=admin"}},
      Row{"svc", "", {"ldaps://dc1 ldaps://dc2", "svc"}}, Row{"", "ex.com", {"ex.com", ""}});
  cal::ldap::Settings settings;
  settings.srv = row.srv;
  if (settings.srv.empty()) settings.uris = {"ldaps://DC1", "ldaps://dc2"};
  settings.bind.user = row.user;
  INFO(row.user);
  CHECK(bind_account(settings) == row.account);
}
