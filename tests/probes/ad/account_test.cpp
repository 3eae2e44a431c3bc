#include "probes/ad/account.h"

#include "tests/catch.h"

using namespace cal::ad;

TEST_CASE("an account may be written in five forms", "[account]") {
  struct Row {
    const char* text;
    NameForm form;
    const char* domain;
    const char* name;
  };
  const auto row = GENERATE(values<Row>({
      {"EBS\\licadmin", NameForm::domain_and_name, "EBS", "licadmin"},
      {"licadmin@ebs.example.com", NameForm::upn, "ebs.example.com", "licadmin"},
      {"a@b@ebs.example.com", NameForm::upn, "ebs.example.com", "a@b"},
      {"licadmin", NameForm::bare_name, "", "licadmin"},
      {"S-1-5-21-1-2-3-1104", NameForm::sid, "", "S-1-5-21-1-2-3-1104"},
      {"CN=Lic Admin,OU=IT,DC=ebs,DC=example,DC=com", NameForm::distinguished_name, "",
       "CN=Lic Admin,OU=IT,DC=ebs,DC=example,DC=com"},
      {"CN=O\\, Brien,DC=ebs", NameForm::distinguished_name, "", "CN=O\\, Brien,DC=ebs"},
      {"uid=x,ou=y,dc=ebs,dc=com", NameForm::distinguished_name, "", "uid=x,ou=y,dc=ebs,dc=com"},
      {"", NameForm::bare_name, "", ""},
  }));
  INFO(row.text);
  const auto name = parse_principal(row.text);
  CHECK(name.form == row.form);
  CHECK(name.domain == row.domain);
  CHECK(name.name == row.name);
  CHECK(name.text == row.text);
}

TEST_CASE("the first obstacle to a logon is reported", "[account]") {
  constexpr std::uint64_t never = 0x7FFFFFFFFFFFFFFF;
  constexpr std::uint64_t year_2012 = 130'000'000'000'000'000;
  constexpr std::uint64_t year_2060 = 145'000'000'000'000'000;
  const auto now = cal::SystemTime{std::chrono::seconds{1'795'545'600}};  // 2026
  struct Row {
    std::optional<std::uint32_t> control, computed;
    std::optional<std::uint64_t> expires;
    LogonObstacle obstacle;
  };
  const auto row = GENERATE_REF(values<Row>({
      {512U, 0U, never, LogonObstacle::none},
      {512U, 0U, 0U, LogonObstacle::none},
      {512U, 0U, year_2060, LogonObstacle::none},
      {512U, std::nullopt, never, LogonObstacle::not_shown},
      {512U, 0U, std::nullopt, LogonObstacle::not_shown},
      {514U, std::nullopt, std::nullopt, LogonObstacle::disabled},
      {std::nullopt, std::nullopt, year_2012, LogonObstacle::expired},
      {514U, 0U, never, LogonObstacle::disabled},
      {514U, 0x10U, year_2012, LogonObstacle::disabled},  // the first reason is reported
      {512U, 0U, year_2012, LogonObstacle::expired},
      {512U, 0x10U, never, LogonObstacle::locked},
      {528U, 0U, never, LogonObstacle::none},  // LOCKOUT in userAccountControl itself is stale
      {512U, 0x800000U, never, LogonObstacle::password_expired},
      {std::nullopt, 0U, never, LogonObstacle::not_shown},
  }));
  Account account;
  account.control = row.control;
  account.computed_control = row.computed;
  account.expires = row.expires;
  CHECK(logon_obstacle(account, now) == row.obstacle);
}

TEST_CASE("a password to be changed is seen without the computed attribute", "[account]") {
  Account account;
  account.control = 512U;
  account.password_last_set = 0U;
  CHECK(logon_obstacle(account, {}) == LogonObstacle::password_expired);
  account.control = 0x10200U;  // the password never expires
  CHECK(logon_obstacle(account, {}) == LogonObstacle::not_shown);
}

TEST_CASE("distinguished names are read as people write them", "[account]") {
  const std::string usual = "CN=Dana,CN=Users,DC=ebs,DC=example,DC=com";
  const std::string text = GENERATE(values<std::string>({
      "CN=Dana,CN=Users,DC=ebs,DC=example,DC=com",
      "CN=Dana, CN=Users, DC=ebs, DC=example, DC=com",
      "CN = Dana , CN = Users,DC=ebs,DC=example,DC=com",
      "LDAP://CN=Dana,CN=Users,DC=ebs,DC=example,DC=com",
      "ldap://dc1.ebs.example.com/CN=Dana,CN=Users,DC=ebs,DC=example,DC=com",
      "GC://dc1:3268/CN=Dana, CN=Users, DC=ebs,DC=example,DC=com",
      "CN=Dana,CN=Users,DC=ebs,DC=example,DC=com.",
      "LDAP://dc1:389/CN=Dana,CN=Users,DC=ebs,DC=example,DC=com. ",
  }));
  INFO(text);
  const auto name = parse_principal(text);
  CHECK(name.form == NameForm::distinguished_name);
  CHECK(name.name == usual);
  CHECK(why_unusable(name).empty() == !text.ends_with(' '));
}

TEST_CASE("a slash is escaped in a path of ADSI and not in a DN", "[account]") {
  CHECK(parse_principal("LDAP://CN=a\\/b,DC=ebs").name == "CN=a/b,DC=ebs");
  CHECK(parse_principal("CN=a/b,DC=ebs").name == "CN=a/b,DC=ebs");
}

TEST_CASE("a SID may be written in angle brackets", "[account]") {
  const std::string text =
      GENERATE("<SID=S-1-5-21-1-2-3-1104>", "<sid=s-1-5-21-1-2-3-1104>",
               "LDAP://<SID=S-1-5-21-1-2-3-1104>", "LDAP://dc1/<SID=S-1-5-21-1-2-3-1104>");
  CAPTURE(text);
  const auto name = parse_principal(text);
  CHECK(name.form == NameForm::sid);
  CHECK(name.name == "S-1-5-21-1-2-3-1104");
  CHECK(why_unusable(name).empty());
}

TEST_CASE("a name that no account can have is explained", "[account]") {
  const std::string text =
      GENERATE(values<std::string>({"",
                                    " EBS\\dana",
                                    "EBS\\dana ",
                                    "EBS/dana",
                                    "dana/x",
                                    "EBS\\a/b",
                                    "EBS\\\\dana",
                                    "\\dana",
                                    "EBS\\",
                                    "@ebs.example.com",
                                    "dana@",
                                    "CN=Dana,Users,DC=ebs",
                                    "CN=,DC=ebs",
                                    "LDAP://dc1.ebs.example.com",
                                    "\tdana",
                                    "dana.",
                                    "EBS\\dana.",
                                    "EBS:dana",
                                    "EBS\\dana;",
                                    "[EBS\\dana]",
                                    "dana,eve",
                                    "<dana>",
                                    "EBS\\da\tna",
                                    "dana\n",
                                    "\u00a0EBS\\dana",
                                    "EBS\\dana\u200b",
                                    "\ufeffdana",
                                    "EBS\\dana*",
                                    "\"dana\"",
                                    "S-1-5-21-1-2",
                                    "S-1-5-21-1-2-3",
                                    "S-1-5-21-1-2-3-4-5",
                                    "S-1-5-21-1-2-3-",
                                    "S-1-5-21-1-2-x-1104",
                                    "<GUID=0b1f3c55-0000-0000-0000-000000000000>",
                                    "<SID=x>",
                                    "\\\\EBS\\dana",
                                    "dana\\",
                                    "DC=ebs,CN=Dana,",
                                    "EBS\\ dana",
                                    "dana @ebs.example.com",
                                    "dana@ebs .example.com"}));
  INFO(text);
  CHECK_FALSE(why_unusable(parse_principal(text)).empty());
}

TEST_CASE("a name with a dot at the end of its domain is the same name", "[account]") {
  CHECK(parse_principal("dana@ebs.example.com.").domain == "ebs.example.com");
  CHECK(parse_principal("ebs.example.com.\\dana").domain == "ebs.example.com");
}
