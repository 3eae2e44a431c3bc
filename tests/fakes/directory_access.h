// A directory as a probe uses it, connected to a fake server.
#pragma once

#include "probes/ldap/directory.h"
#include "probes/ldap/session.h"
#include "tests/catch.h"
#include "tests/fakes/domain.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

#include <memory>
#include <utility>

namespace cal::fakes {

inline Deadline soon() { return Deadline::in(Milliseconds{60'000}); }

class DirectoryAccess {
 public:
  explicit DirectoryAccess(const LdapServer& server) {
    ldap::Settings settings;
    settings.uris = {server.uri()};
    settings.bind.user = "m@ebs.example.com";
    settings.bind.password_file = password_.path();
    directory_ = std::make_shared<ldap::Directory>(settings);
  }

  const std::shared_ptr<ldap::Directory>& directory() const { return directory_; }

 private:
  TemporaryFile password_{"secret"};
  std::shared_ptr<ldap::Directory> directory_;
};

// What every probe of a directory reads first: the domain, its short name, and the primary group of
// its users.
inline void add_domain(LdapServer& server) {
  server.add({base,
              {{"distinguishedName", {base}},
               {"objectSid", {domain_sid.octets()}},
               {"objectClass", {"domain"}}}});
  const std::string partitions = "CN=Partitions,CN=Configuration," + base;
  server.add({partitions, {{"objectClass", {"container"}}}});
  server.add({"CN=EBS," + partitions,
              {{"objectClass", {"crossRef"}},
               {"nCName", {base}},
               {"nETBIOSName", {"EBS"}},
               {"dnsRoot", {"ebs.example.com"}}}});
  const std::string domain_users = "CN=Domain Users,CN=Users," + base;
  server.add({domain_users,
              {{"distinguishedName", {domain_users}},
               {"sAMAccountName", {"Domain Users"}},
               {"objectClass", {"group"}},
               {"groupType", {"-2147483646"}},
               {"objectSid", {domain_sid.with_rid(513).octets()}}}});
}

// A session on a server that has started.
inline ldap::Session open_session(const LdapServer& server) {
  auto session = DirectoryAccess(server).directory()->open(soon());
  REQUIRE(session);
  return std::move(*session);
}

// One run of a DirectoryProbe on a server that has started.
template <class Probe, class Settings>
auto run_probe(const LdapServer& server, Settings settings) {
  const DirectoryAccess access(server);
  return Probe(access.directory(), std::move(settings)).run(soon());
}

}  // namespace cal::fakes
