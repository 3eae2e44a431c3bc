// A directory as a probe uses it, connected to a fake server that has started.
#pragma once

#include "probes/ldap/directory.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

#include <memory>

namespace cal::fakes {

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

}  // namespace cal::fakes
