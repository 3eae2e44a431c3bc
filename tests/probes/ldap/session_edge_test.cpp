// Requests over an open session: reads, searches, pages, ranges, and their faults.
#include "probes/ldap/session.h"
#include "probes/security/sid.h"
#include "tests/catch.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"

#include <algorithm>

using namespace std::chrono_literals;
using cal::Deadline;
using cal::fakes::base;
using cal::fakes::LdapEntry;
using cal::fakes::LdapRequest;
using cal::fakes::LdapResult;
using cal::fakes::LdapServer;
using cal::fakes::soon;
using cal::ldap::FaultKind;
using cal::ldap::Scope;
using cal::ldap::SearchRequest;
using cal::ldap::Session;

namespace {

// A server with users u0 .. and a session on it.
class Asked {
 public:
  explicit Asked(LdapServer::Options options = {}, int users = 3) : server(std::move(options)) {
    server.add({base, {{"objectClass", {"domainDNS"}}}});
    for (int i = 0; i < users; ++i) {
      const std::string name = "u" + std::to_string(i);
      server.add({"CN=" + name + "," + base,
                  {{"sAMAccountName", {name}}, {"objectClass", {"top", "user"}}}});
    }
  }

  Session open() {
    server.start();
    return cal::fakes::open_session(server);
  }

  LdapServer server;
};

LdapServer::Options answering(LdapServer::SearchAnswer answer) {
  LdapServer::Options options;
  options.on_search = [answer = std::move(answer)](
                          const LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
    if (request.base.empty()) return std::nullopt;  // the root DSE
    return answer;
  };
  return options;
}

const SearchRequest all_users{.base = base, .filter = "(objectClass=user)"};

}  // namespace

TEST_CASE("one object is read with the requested attributes", "[session]") {
  Asked asked;
  auto session = asked.open();
  const auto entry = session.read("cn=U1," + base, {"samaccountname"}, soon());
  REQUIRE(entry);
  REQUIRE(*entry);
  CHECK((*entry)->dn() == "CN=u1," + base);
  CHECK((*entry)->first("sAMAccountName") == "u1");
  CHECK_FALSE((*entry)->has("objectClass"));
}

TEST_CASE("an object is found by its SID", "[session]") {
  Asked asked;
  const auto sid = *cal::security::Sid::parse_text("S-1-5-21-1-2-3-1104");
  asked.server.add({"CN=bob," + base, {{"objectSid", {sid.octets()}}}});
  auto session = asked.open();
  const auto entry = session.read("<SID=" + sid.text() + ">", {"objectSid"}, soon());
  REQUIRE(entry);
  REQUIRE(*entry);
  CHECK((*entry)->first("objectSid") == sid.octets());
}

TEST_CASE("an object that does not exist reads as empty", "[session]") {
  Asked asked;
  auto session = asked.open();
  const auto entry = session.read("CN=nobody," + base, {}, soon());
  REQUIRE(entry);
  CHECK_FALSE(*entry);
}

TEST_CASE("a search finds what its filter matches", "[session]") {
  Asked asked;
  auto session = asked.open();
  const auto found = session.search(
      {.base = base, .filter = "(&(objectClass=user)(|(sAMAccountName=u0)(sAMAccountName=U2)))"},
      soon());
  REQUIRE(found);
  CHECK(found->size() == 2);
}

TEST_CASE("a malformed filter is a server error", "[session]") {
  Asked asked;
  auto session = asked.open();
  const auto found = session.search({.base = base, .filter = "(cn=x"}, soon());
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::server_error);
}

TEST_CASE("all pages are read", "[session]") {
  Asked asked({}, 25);
  auto session = asked.open();
  auto request = all_users;
  request.page_size = 10;
  const auto found = session.search(request, soon());
  REQUIRE(found);
  CHECK(found->size() == 25);
  const auto searches = asked.server.searches();
  CHECK(std::ranges::count(searches, base, &LdapRequest::base) == 3);
}

TEST_CASE("a server without pages returns everything at once", "[session]") {
  LdapServer::Options options;
  options.knows_pages = false;
  Asked asked(std::move(options), 25);
  auto session = asked.open();
  auto request = all_users;
  request.page_size = 10;
  const auto found = session.search(request, soon());
  REQUIRE(found);
  CHECK(found->size() == 25);
}

TEST_CASE("a page that does not say what follows it is not the last", "[session]") {
  struct Row {
    const char* what;
    std::string controls;
    const char* words;
  };
  const auto row = GENERATE(
      Row{"no value", cal::fakes::encode_page_control(std::nullopt), "malformed control"},
      Row{"an empty value", cal::fakes::encode_page_control(""), "malformed control"},
      Row{"not BER", cal::fakes::encode_page_control("garbage"), "malformed control"},
      Row{"cut", cal::fakes::encode_page_control(cal::fakes::page_value("1234").substr(0, 6)),
          "malformed control"},
      Row{"no cookie", cal::fakes::encode_page_control(std::string("\x30\x03\x02\x01\x00", 5)),
          "malformed control"},
      Row{"not a list of controls", std::string("\xa0\x04\x30\x02\x04\x7f", 6), ""},
      Row{"no control after a full page", "", "full page"});
  LdapServer::Options options;
  options.on_page = [&](const LdapRequest&) { return row.controls; };
  Asked asked(std::move(options), 25);
  auto session = asked.open();
  auto request = all_users;
  request.page_size = 10;
  const auto found = session.search(request, soon());
  INFO(row.what);
  REQUIRE_FALSE(found);
  INFO(found.error().message);
  CHECK(found.error().kind == FaultKind::server_error);
  CHECK_THAT(found.error().message, Catch::Contains(row.words));
}

TEST_CASE("a server that stops paging has not returned everything", "[session]") {
  LdapServer::Options options;
  options.on_page = [&](const LdapRequest& request) {
    return request.cookie.empty() ? cal::fakes::encode_page_control(cal::fakes::page_value("7"))
                                  : std::string();
  };
  Asked asked(std::move(options), 12);
  auto session = asked.open();
  auto request = all_users;
  request.page_size = 10;
  const auto found = session.search(request, soon());
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::server_error);
  CHECK_THAT(found.error().message, Catch::Contains("stopped paging"));
}

TEST_CASE("pages without end are a timeout", "[session]") {
  // Samba has the same cookie for all pages, so that a repeated one is not a fault.
  const int users = GENERATE(0, 3);
  LdapServer::Options options;
  options.on_page = [](const LdapRequest&) {
    return cal::fakes::encode_page_control(cal::fakes::page_value("0"));
  };
  Asked asked(std::move(options), users);
  auto session = asked.open();
  const auto begun = std::chrono::steady_clock::now();
  const auto found = session.search(all_users, Deadline::in(300ms));
  CHECK(std::chrono::steady_clock::now() - begun < 15s);
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::timeout);
}

TEST_CASE("entries are passed one at a time until the caller stops", "[session]") {
  Asked asked({}, 25);
  auto session = asked.open();
  int seen = 0;
  const auto done = session.for_each(
      all_users, [&](cal::ldap::Entry&&) { return ++seen < 7; }, soon());
  CHECK(done);
  CHECK(seen == 7);
  CHECK(session.read(base, {}, soon()));
}

TEST_CASE("an answer truncated by the size limit is a server error", "[session]") {
  LdapServer::Options options;
  options.size_limit = 10;
  Asked asked(std::move(options), 25);
  auto session = asked.open();
  const auto found = session.search(all_users, soon());
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::server_error);
  CHECK_THAT(found.error().message, Catch::Contains("truncated the answer"));
}

TEST_CASE("references to other servers are skipped", "[session]") {
  Asked asked(answering({.entries = {{"CN=x," + base, {}}},
                         .references = {"ldap://ebs.example.com/CN=Configuration," + base}}));
  auto session = asked.open();
  const auto found = session.search(all_users, soon());
  REQUIRE(found);
  CHECK(found->size() == 1);
}

TEST_CASE("result codes of a search become faults", "[session]") {
  struct Row {
    LdapResult result;
    FaultKind kind;
    const char* words;
  };
  const auto row = GENERATE(Row{{50, "no read access"}, FaultKind::not_permitted, "(50)"},
                            Row{{51, "later"}, FaultKind::server_error, "busy (51)"},
                            Row{{10, "", {"ldap://other.example.com/"}},
                                FaultKind::server_error,
                                "ldap://other.example.com/"},
                            Row{{1, "00002020: Operation unavailable without authentication"},
                                FaultKind::not_permitted,
                                "without authentication"},
                            Row{{32, "gone"}, FaultKind::server_error, "no such object (32)"});
  Asked asked(answering({.result = row.result}));
  auto session = asked.open();
  const auto found = session.search(all_users, soon());
  REQUIRE_FALSE(found);
  INFO(found.error().message);
  CHECK(found.error().kind == row.kind);
  CHECK_THAT(found.error().message, Catch::Contains(row.words) && Catch::Contains(base));
}

TEST_CASE("a server that stops in the middle of an entry is a timeout", "[session]") {
  LdapServer::Options options;
  options.misbehavior = LdapServer::Misbehavior::half_a_search;
  Asked asked(std::move(options));
  auto session = asked.open();
  const auto begun = std::chrono::steady_clock::now();
  const auto found = session.search(all_users, Deadline::in(300ms));
  CHECK(std::chrono::steady_clock::now() - begun < 15s);
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::timeout);
}

TEST_CASE("a server that dies during a search is a lost connection", "[session]") {
  LdapServer::Options options;
  options.misbehavior = LdapServer::Misbehavior::closes_in_search;
  Asked asked(std::move(options));
  auto session = asked.open();
  const auto found = session.search(all_users, soon());
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::connect_failed);
  CHECK_THAT(found.error().message, Catch::Contains("the connection was lost"));
}

TEST_CASE("an answer above the size limit is refused", "[session]") {
  LdapServer::SearchAnswer huge;
  for (int i = 0; i < 17; ++i) {
    huge.entries.push_back({"CN=x," + base, {{"blob", {std::string(1U << 20U, 'x')}}}});
  }
  Asked asked(answering(std::move(huge)));
  auto session = asked.open();
  auto in_small_pages = all_users;
  in_small_pages.page_size = 4;
  const auto found = session.search(in_small_pages, Deadline::in(60s));
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::server_error);
  CHECK_THAT(found.error().message, Catch::Contains("exceeds 8 MiB"));
}

TEST_CASE("a message above the size limit is refused", "[session]") {
  Asked asked(
      answering({.entries = {{"CN=x," + base, {{"blob", {std::string(9U << 20U, 'x')}}}}}}));
  auto session = asked.open();
  CHECK_FALSE(session.read("CN=x," + base, {}, Deadline::in(60s)));
}

TEST_CASE("values that the server splits into ranges are all read", "[session]") {
  const std::size_t max_values = GENERATE(0U, 1U, 4U, 5U, 1500U);
  LdapServer::Options options;
  options.max_values = max_values;
  Asked asked(std::move(options));
  LdapEntry::Attribute member{"member", {}};
  for (int i = 0; i < 13; ++i) member.values.push_back("CN=m" + std::to_string(i) + "," + base);
  asked.server.add({"CN=group," + base, {member}});
  auto session = asked.open();
  const auto values = session.all_values("CN=group," + base, "member", soon());
  INFO(max_values << (values ? "" : values.error().message));
  REQUIRE(values);
  CHECK(*values == member.values);
}

TEST_CASE("an absent attribute has no values, an absent object is an error", "[session]") {
  Asked asked;
  auto session = asked.open();
  const auto none = session.all_values("CN=u0," + base, "member", soon());
  REQUIRE(none);
  CHECK(none->empty());
  const auto gone = session.all_values("CN=nobody," + base, "member", soon());
  REQUIRE_FALSE(gone);
  CHECK(gone.error().kind == FaultKind::server_error);
}

TEST_CASE("a server that repeats a range is not queried forever", "[session]") {
  Asked asked(answering({.entries = {{"CN=g," + base, {{"member;range=0-1", {"a", "b"}}}}}}));
  auto session = asked.open();
  const auto values = session.all_values("CN=g," + base, "member", soon());
  REQUIRE_FALSE(values);
  CHECK(values.error().kind == FaultKind::server_error);
}

TEST_CASE("values under a name that is not a range are not absent", "[session]") {
  const std::string name = GENERATE("member;range=x", "member;range=0-x", "member;binary");
  Asked asked(answering({.entries = {{"CN=g," + base, {{"member", {}}, {name, {"a", "b"}}}}}}));
  auto session = asked.open();
  const auto values = session.all_values("CN=g," + base, "member", soon());
  REQUIRE_FALSE(values);
  CHECK(values.error().kind == FaultKind::server_error);
  CHECK_THAT(values.error().message, Catch::Contains("not a range"));
}

TEST_CASE("the parts of a security descriptor are requested by a control", "[session]") {
  Asked asked;
  auto session = asked.open();
  using namespace cal::ldap::sd_flags;
  REQUIRE(session.read(base, {"nTSecurityDescriptor"}, soon(), owner | group | dacl));
  CHECK(asked.server.searches().back().sd_flags == 7);
}

TEST_CASE("binary values arrive complete", "[session]") {
  const std::string octets("\0\x01\xff\n", 4);
  Asked asked(answering({.entries = {{"CN=x," + base, {{"blob", {octets, ""}}}}}}));
  auto session = asked.open();
  const auto entry = session.read("CN=x," + base, {}, soon());
  REQUIRE(entry);
  CHECK((*entry)->values("blob") == std::vector<std::string>{octets, ""});
}
