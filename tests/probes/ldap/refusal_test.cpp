#include "probes/ldap/refusal.h"

#include "probes/ldap/answer.h"
#include "tests/catch.h"

#include <fmt/format.h>
#include <krb5.h>

using cal::ldap::fault_of;
using cal::ldap::FaultKind;
using cal::ldap::kerberos_refusal_of;
using cal::ldap::Refusal;
using cal::ldap::refusal_by_code;
using cal::ldap::refusal_of;
using cal::ldap::Request;
using cal::ldap::step_for;

TEST_CASE("each code of a refused bind has its meaning and its own step", "[refusal]") {
  struct Row {
    const char* data;
    const char* meaning;
    const char* step;
  };
  const auto row = GENERATE(
      Row{"52e", "invalid credentials", "Set-ADAccountPassword svc -Reset"},
      Row{"525", "no such user", "correct `user`"},
      Row{"530", "at this time", "Set-ADUser svc -Clear logonHours"},
      Row{"531", "from this host", "Set-ADUser svc -Clear userWorkstations"},
      Row{"532", "password has expired", "Set-ADUser svc -PasswordNeverExpires $true"},
      Row{"533", "disabled", "Enable-ADAccount svc"}, Row{"534", "type of logon", "policy"},
      Row{"569", "type of logon", "policy"}, Row{"57", "as it was sent", "NAME@DOMAIN"},
      Row{"51f", "no logon server", "nltest"}, Row{"52f", "Protected Users", "Protected Users"},
      Row{"701", "account has expired", "Clear-ADAccountExpiration svc"},
      Row{"773", "must be changed", "Set-ADUser svc -ChangePasswordAtLogon $false"},
      Row{"775", "locked out", "Unlock-ADAccount svc"},
      Row{"80090346", "channel binding", "gssapi"});
  const std::string_view form = GENERATE(
      "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data {}, v2580",
      "80090308: LdapErr: DSID-0C09044E, Kommentar: AcceptSecurityContext-Fehler, Daten {}, v4563",
      "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data {}");
  const auto* refusal = refusal_of(49, fmt::format(fmt::runtime(form), row.data));
  REQUIRE(refusal);
  CHECK(refusal->code == std::string("49/") + row.data);
  CHECK_THAT(std::string(refusal->meaning), Catch::Contains(row.meaning));
  CHECK_THAT(step_for(*refusal, "svc"), Catch::Contains(row.step) && !Catch::Contains("{"));
  CHECK(refusal_by_code(refusal->code) == refusal);
}

TEST_CASE("only a wrong secret counts as wrong", "[refusal]") {
  const auto is_wrong = [](int code, const char* text) {
    return refusal_of(code, text)->secret == Refusal::Secret::wrong;
  };
  CHECK(is_wrong(49, "data 52e, v1"));
  CHECK(is_wrong(49, "DATA 52E, v1"));
  CHECK(is_wrong(49, ""));
  CHECK(is_wrong(49, "Simple Bind Failed: NT_STATUS_LOGON_FAILURE"));
  CHECK(is_wrong(49, "AcceptSecurityContext error, data 0, v1db1"));
  for (const auto* data : {"525", "530", "531", "532", "533", "701", "773", "775", "1234"}) {
    CHECK_FALSE(is_wrong(49, (std::string("data ") + data + ", v1").c_str()));
  }
  for (const int code : {7, 8, 13, 34, 48, 50, 53}) CHECK_FALSE(is_wrong(code, ""));
  CHECK(refusal_of(0, "") == nullptr);
  CHECK(refusal_of(51, "busy") == nullptr);
  CHECK(refusal_of(-1, "") == nullptr);
}

TEST_CASE("a server that requires signing or encryption says what to do", "[refusal]") {
  const int code = GENERATE(8, 13);
  const auto fault = fault_of(Request::bind, "bind", {code, "text of the server"});
  CHECK(fault.kind == FaultKind::bind_refused);
  CHECK_THAT(fault.message,
             Catch::Contains(fmt::format("({}): text of the server; use ldaps://", code)));
  CHECK(fault.refusal == refusal_of(code, ""));
}

TEST_CASE("the errors of Kerberos have a meaning and a step", "[refusal]") {
  constexpr int first = -1765328384;  // of MIT's table; the protocol's code is added
  struct Row {
    int code;
    const char* step;
    Refusal::Secret secret;
  };
  using enum Refusal::Secret;
  const auto row = GENERATE(
      Row{6, "svc", not_judged}, Row{7, "setspn", not_judged}, Row{12, "logonHours", not_judged},
      Row{14, "KerberosEncryptionType", not_judged}, Row{18, "Unlock-ADAccount svc", not_judged},
      Row{23, "svc", not_judged}, Row{24, "keytab", wrong}, Row{31, "keytab", wrong},
      Row{37, "clocks", not_judged}, Row{68, "`user`", not_judged});
  const auto* refusal = kerberos_refusal_of(first + row.code);
  REQUIRE(refusal);
  CHECK(refusal->code == fmt::format("Kerberos {}", row.code));
  CHECK(refusal->secret == row.secret);
  CHECK_THAT(step_for(*refusal, "svc"), Catch::Contains(row.step));
  CHECK(refusal_by_code(refusal->code) == refusal);
  CHECK(kerberos_refusal_of(0) == nullptr);
}

TEST_CASE("the local errors of MIT Kerberos have a step, too", "[refusal]") {
  struct Row {
    int error;
    const char* code;
  };
  const auto row =
      GENERATE(Row{KRB5_KT_NOTFOUND, "keytab"}, Row{KRB5_REALM_UNKNOWN, "realm"},
               Row{KRB5_KDCREP_SKEW, "Kerberos 37"}, Row{KRB5_CONFIG_ETYPE_NOSUPP, "Kerberos 14"});
  const auto* refusal = kerberos_refusal_of(row.error);
  REQUIRE(refusal);
  CHECK(refusal->code == row.code);
  CHECK_FALSE(step_for(*refusal, "svc").empty());
  CHECK(refusal_by_code(row.code)->meaning == refusal->meaning);
}

TEST_CASE("an account is quoted in a step where a shell needs it", "[refusal]") {
  const auto* locked = refusal_by_code("49/775");
  CHECK(step_for(*locked, "svc-1") == "Unlock-ADAccount svc-1");
  CHECK(step_for(*locked, "LS1$") == "Unlock-ADAccount 'LS1$'");
  CHECK(step_for(*locked, "CN=O'Hara,DC=ebs") == "Unlock-ADAccount 'CN=O''Hara,DC=ebs'");
  CHECK(step_for(*locked, "") == "Unlock-ADAccount ACCOUNT");
}

TEST_CASE("a code at the front counts where the data says nothing", "[refusal]") {
  CHECK(refusal_of(49, "80090346: LdapErr: DSID-0C0906B8, comment: error, data 0, v4563")->code ==
        "49/80090346");
  CHECK(refusal_of(49, "80090308: LdapErr: DSID-0C0906B8, comment: error, data 0, v4563")->code ==
        "49");
}
