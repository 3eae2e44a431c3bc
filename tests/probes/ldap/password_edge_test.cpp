#include "probes/ldap/password.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"

#include <sys/stat.h>

#include <string>

namespace cal::ldap {

TEST_CASE("a password is read without its line ending", "[ldap]") {
  const fakes::ScratchFolder folder;
  for (const std::string_view written : {"secret", "secret\n", "secret\r\n"}) {
    folder.write("password", written);
    auto password = Password::read(folder / "password");
    REQUIRE(password);
    CHECK(std::string_view(password->data(), password->size()) == "secret");
  }
}

TEST_CASE("a password file that is a pipe without a writer does not block the run", "[ldap]") {
  const fakes::ScratchFolder folder;
  const auto pipe = folder / "password";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const auto password = Password::read(pipe);
  REQUIRE_FALSE(password);
  CHECK(password.error() ==
        "the password file " + pipe.string() + " cannot be opened: it is not a regular file");
}

}  // namespace cal::ldap
