#include "probes/ldap/answer.h"

#include "probes/ldap/reasons.h"
#include "probes/ldap/server.h"
#include "tests/catch.h"

using cal::ldap::Answer;
using cal::ldap::fault_of;
using cal::ldap::FaultKind;
using cal::ldap::parse_server;
using cal::ldap::printable;
using cal::ldap::Request;
using cal::ldap::without_secret;

TEST_CASE("the sub-codes of invalid credentials are distinguished", "[answer]") {
  struct Row {
    const char* data;
    const char* words;
  };
  const auto row = GENERATE(Row{"52e", "invalid credentials (49/52e)"},
                            Row{"525", "no such user (49/525)"}, Row{"530", "at this time"},
                            Row{"531", "from this host"}, Row{"532", "has expired (49/532)"},
                            Row{"533", "disabled (49/533)"}, Row{"701", "the account has expired"},
                            Row{"773", "must be changed"}, Row{"775", "locked out (49/775)"});
  const Answer answer{49, std::string("80090308: LdapErr: DSID-0C09044E, comment: "
                                      "AcceptSecurityContext error, data ") +
                              row.data + ", v2580"};
  const auto fault = fault_of(Request::bind, "bind to ldaps://dc1:636 as svc@EX", answer);
  CHECK(fault.kind == FaultKind::bind_refused);
  CHECK_THAT(fault.message, Catch::StartsWith("bind to ldaps://dc1:636 as svc@EX: ") &&
                                Catch::Contains(row.words) && !Catch::Contains("DSID"));
}

TEST_CASE("an unknown sub-code leaves the server's text", "[answer]") {
  const auto fault = fault_of(Request::bind, "bind", {49, "data 52e9, v1"});
  CHECK_THAT(fault.message, Catch::Contains("invalid credentials (49): data 52e9, v1"));
}

TEST_CASE("result codes become kinds of faults", "[answer]") {
  struct Row {
    Request request;
    Answer answer;
    FaultKind kind;
  };
  const auto row = GENERATE(
      Row{Request::bind, {8, "Transport encryption required."}, FaultKind::bind_refused},
      Row{Request::bind,
          {53, "Sign or Seal are not allowed if TLS is used"},
          FaultKind::bind_refused},
      Row{Request::bind, {34, ""}, FaultKind::bind_refused},
      Row{Request::bind, {50, ""}, FaultKind::bind_refused},
      Row{Request::bind, {51, ""}, FaultKind::server_error},
      Row{Request::search, {50, ""}, FaultKind::not_permitted},
      Row{Request::search,
          {1, "00002020: Operation unavailable without authentication"},
          FaultKind::not_permitted},
      Row{Request::search,
          {1,
           "000004DC: LdapErr: DSID-0C0907C2, comment: In order to perform this operation a "
           "successful bind must be completed on the connection., data 0, v2580"},
          FaultKind::not_permitted},
      Row{Request::search, {1, "00002100"}, FaultKind::server_error},
      Row{Request::search, {4, ""}, FaultKind::server_error},
      Row{Request::search, {10, ""}, FaultKind::server_error},
      Row{Request::search, {12, ""}, FaultKind::server_error},
      Row{Request::search, {32, ""}, FaultKind::server_error},
      Row{Request::search, {52, ""}, FaultKind::server_error},
      Row{Request::search, {-1, ""}, FaultKind::connect_failed},
      Row{Request::search, {-5, ""}, FaultKind::timeout});
  CHECK(fault_of(row.request, "try", row.answer).kind == row.kind);
}

TEST_CASE("the message for a server that requires strong authentication says what to do",
          "[answer]") {
  CHECK_THAT(fault_of(Request::bind, "bind", {8, ""}).message,
             Catch::Contains("use ldaps:// or StartTLS"));
}

TEST_CASE("a referral names the other server", "[answer]") {
  CHECK_THAT(fault_of(Request::search, "search", {10, "ldap://other.example.com"}).message,
             Catch::Contains("ldap://other.example.com"));
}

TEST_CASE("a peer's text is made printable", "[answer]") {
  CHECK(printable(std::string("a\nb\0", 4)) == "a b");
  CHECK(printable("\xff\x1b[31m") == "? [31m");
  CHECK(printable(std::string(1000, 'x')).size() == 300);
}

TEST_CASE("every kind of fault has a reason with the verdict unknown", "[answer]") {
  const std::vector<std::pair<FaultKind, std::string_view>> words{
      {FaultKind::resolve_failed, "resolve_failed"},
      {FaultKind::connect_failed, "connect_failed"},
      {FaultKind::tls_failed, "tls_failed"},
      {FaultKind::tls_untrusted, "tls_untrusted"},
      {FaultKind::tls_expired, "tls_expired"},
      {FaultKind::tls_name_mismatch, "tls_name_mismatch"},
      {FaultKind::tls_domain_mismatch, "tls_domain_mismatch"},
      {FaultKind::bind_refused, "bind_refused"},
      {FaultKind::not_permitted, "not_permitted"},
      {FaultKind::server_error, "server_error"},
      {FaultKind::timeout, "timeout"}};
  for (const auto& [kind, word] : words) {
    const auto& reason = cal::ldap::reason_of(kind);
    CHECK(reason.word == word);
    CHECK(reason.verdict == cal::Verdict::unknown);
    CHECK_FALSE(reason.action.empty());
  }
}

TEST_CASE("a URI gives host, port and TLS", "[server]") {
  struct Row {
    const char* uri;
    const char* host;
    int port;
    bool tls;
  };
  const auto row =
      GENERATE(Row{"ldaps://dc1.ebs.example.com", "dc1.ebs.example.com", 636, true},
               Row{"ldap://dc1", "dc1", 389, false}, Row{"ldaps://dc1:3269/", "dc1", 3269, true},
               Row{"ldap://192.0.2.1:1389", "192.0.2.1", 1389, false},
               Row{"ldaps://[2001:db8::1]:636", "2001:db8::1", 636, true});
  const auto server = parse_server(row.uri);
  REQUIRE(server);
  CHECK(server->host == row.host);
  CHECK(server->port == row.port);
  CHECK(server->tls_from_start == row.tls);
  CHECK(server->uri == row.uri);
}

TEST_CASE("a URI of another form is refused", "[server]") {
  const auto* uri = GENERATE("", "dc1", "https://dc1", "ldapi:///", "ldap://", "ldap:///dc=x",
                             "ldap://dc1/dc=x", "ldap://dc1:99999");
  CAPTURE(uri);
  const auto server = parse_server(uri);
  REQUIRE_FALSE(server);
  CHECK(server.error().kind == FaultKind::resolve_failed);
}

TEST_CASE("a peer's text does not show the secret", "[answer]") {
  struct Row {
    std::string text;
    std::string secret;
    std::string shown;
  };
  const auto row = GENERATE(values<Row>({
      {"", "pw", ""},
      {"no such user", "pw", "no such user"},
      {"pw", "pw", "(the password)"},
      {"a pw, pwpw", "pw", "a (the password), (the password)(the password)"},
      {"aaa", "aa", "(the password)a"},
      {"the word", "word", "the (the password)"},
      {"no password", "word", "no pass(the password)"},
      {"a b\tc", "b c", "a (the password)"},  // shown, it is the secret
      {"s\xe9"
       "cret",
       "s\xc3"
       "cret",
       "(the password)"},  // shown, both are "s?cret"
      {"it ends in secret ", " secret ", "it ends in (the password)"},
      {"two  blanks", "  ", "two  blanks"},
      {std::string(400, 'x') + "pw", "pw", std::string(400, 'x') + "(the password)"},
      {std::string(299, 'x') + "pw", "pw", std::string(299, 'x') + "(the password)"},
  }));
  CAPTURE(row.text, row.secret);
  CHECK(without_secret(row.text, row.secret) == row.shown);
}
