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

TEST_CASE("a file that cannot be only a password is refused with what it is", "[ldap]") {
  struct Row {
    std::string written;
    const char* words;
  };
  const auto row = GENERATE(values<Row>({
      {"\xef\xbb\xbfsecret", "byte order mark"},
      {std::string("\xff\xfes\0e\0", 6), "UTF-16"},
      {std::string("\xfe\xff\0s\0e", 6), "UTF-16"},
      {std::string("s\0e\0", 4), "UTF-16"},
      {"secret\nsecond", "more than one line"},
      {"secret\r\nsecond\r\n", "more than one line"},
      {"secret\n\n", "more than one line"},
      {"\n", "is empty"},
  }));
  const fakes::ScratchFolder folder;
  folder.write("password", row.written);
  const auto password = Password::read(folder / "password");
  REQUIRE_FALSE(password);
  CHECK(password.error().find(row.words) != std::string::npos);
  CHECK(password.error().find("secret") == std::string::npos);
}

TEST_CASE("a password that looks odd is used, and what is odd can be said", "[ldap]") {
  struct Row {
    std::string written;
    std::string_view words;
  };
  const auto row = GENERATE(values<Row>({
      {"secret", ""},
      {"sec ret\n", ""},
      {"s\u00e9cret\n", ""},
      {"secret \n", "ends with a space"},
      {"secret\t", "ends with a space"},
      {" secret", "begins with a space"},
      {"s\xe9"
       "cret",
       "is not UTF-8"},
  }));
  CAPTURE(row.words);
  const fakes::ScratchFolder folder;
  folder.write("password", row.written);
  const auto password = Password::read(folder / "password");
  REQUIRE(password);
  CHECK(password->odd().empty() == row.words.empty());
  CHECK(password->odd().find(row.words) != std::string::npos);
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
