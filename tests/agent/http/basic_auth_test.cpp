#include "agent/http/basic_auth.h"

#include "tests/catch.h"

using namespace cal;

namespace {

// Of the password "right", at the least cost that bcrypt has.
const std::string hash = "$2b$04$abcdefghijklmnopqrstuuFmEfrkTQnczNzw475xE2VhDrK1uwJiC";

}  // namespace

TEST_CASE("the right password of a user is right, everything else is not", "[basic_auth]") {
  BasicAuth auth({{"prometheus", hash}, {"Zoë", hash}});
  CHECK(auth.check({"prometheus", "right"}));
  CHECK(auth.check({"Zoë", "right"}));
  CHECK_FALSE(auth.check({"prometheus", "wrong"}));
  CHECK_FALSE(auth.check({"prometheus", ""}));
  CHECK_FALSE(auth.check({"prometheus", "right "}));
  CHECK_FALSE(auth.check({"Prometheus", "right"}));
  CHECK_FALSE(auth.check({"nobody", "right"}));
  CHECK_FALSE(auth.check({"", "right"}));
}

TEST_CASE("users may have hashes of different costs", "[basic_auth]") {
  BasicAuth auth({{"cheap", hash},
                  {"costly", "$2b$05$Ou1Cdog.yILZUCUkNYbUC.7JBK1YvXgn9Vo8KfQlHrjtxQOGxZGLy"}});
  CHECK(auth.check({"cheap", "right"}));
  CHECK(auth.check({"costly", "right"}));
  CHECK_FALSE(auth.check({"cheap", "wrong"}));
  CHECK_FALSE(auth.check({"costly", "wrong"}));
  CHECK_FALSE(auth.check({"nobody", "right"}));
}

TEST_CASE("an answer is remembered for exactly its credentials", "[basic_auth]") {
  BasicAuth auth({{"ab", hash}, {"a", hash}});
  CHECK_FALSE(auth.remembered({"ab", "right"}));
  CHECK(auth.check({"ab", "right"}));
  CHECK(auth.remembered({"ab", "right"}) == true);
  CHECK_FALSE(auth.remembered({"a", "bright"}));
  auth.check({"ab", "wrong"});
  CHECK(auth.remembered({"ab", "wrong"}) == false);
}

TEST_CASE("a flood of wrong passwords is not remembered without end", "[basic_auth]") {
  BasicAuth auth({{"prometheus", hash}});
  auth.check({"prometheus", "right"});
  for (int i = 0; i < 300; ++i) auth.check({"prometheus", std::to_string(i)});
  CHECK_FALSE(auth.remembered({"prometheus", "0"}));
  CHECK(auth.remembered({"prometheus", "299"}) == false);
  CHECK(auth.remembered({"prometheus", "right"}) == true);
}

TEST_CASE("bcrypt hashes are distinguished from other texts", "[basic_auth]") {
  CHECK(is_bcrypt_hash(hash));
  CHECK(is_bcrypt_hash("$2y" + hash.substr(3)));
  CHECK_FALSE(is_bcrypt_hash("secret"));
  CHECK_FALSE(is_bcrypt_hash(hash.substr(1)));
  CHECK_FALSE(is_bcrypt_hash("$2b$99" + hash.substr(6)));
  CHECK_FALSE(is_bcrypt_hash("$2b$03" + hash.substr(6)));
  CHECK_FALSE(is_bcrypt_hash(hash.substr(0, 59) + ":"));
  CHECK_FALSE(is_bcrypt_hash(""));
}

TEST_CASE("an Authorization header is read by RFC 7617", "[basic_auth]") {
  const auto parsed = parse_basic("Basic cHJvbWV0aGV1czpyaTpnaHQ=");
  REQUIRE(parsed);
  CHECK(parsed->user == "prometheus");
  CHECK(parsed->password == "ri:ght");
  CHECK(parse_basic("basic OnA=")->user.empty());
  for (const auto* wrong : {"", "Basic", "Basic ", "Bearer abc", "Basic !!!!",
                            "Basic bm9jb2xvbg==", "Basic YQBiOmM="}) {
    INFO(wrong);
    CHECK_FALSE(parse_basic(wrong));
  }
  CHECK_FALSE(parse_basic("Basic " + std::string(100'000, 'A')));
}
