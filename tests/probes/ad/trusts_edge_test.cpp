// How a forest is learned from very many trusts.
#include "probes/ad/forest.h"
#include "probes/ad/principal_name.h"
#include "tests/catch.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

#include <ctime>

using namespace cal;
using namespace cal::ad;
using fakes::base;
using fakes::domain_sid;
using fakes::LdapRequest;
using fakes::LdapServer;

namespace {

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// For looking up an account of a domain that is none of them.
double cpu_seconds_with_trusts(int count) {
  LdapServer::Options options;
  options.knows_pages = false;
  options.on_search = [count](const LdapRequest& request) {
    std::optional<LdapServer::SearchAnswer> answer;
    if (request.base == "CN=System," + base) {
      answer.emplace();
      for (int i = 0; i < count; ++i) {
        answer->entries.push_back({"", {{"trustPartner", {"t" + std::to_string(i)}}}});
      }
    }
    return answer;
  };
  LdapServer server(std::move(options));
  server.add({"CN=Partitions,CN=Configuration," + base, {{"objectClass", {"container"}}}});
  server.start();
  const fakes::TemporaryFile password("secret");
  ldap::Settings settings;
  settings.uris = {server.uri()};
  settings.bind.user = "svc";
  settings.bind.password_file = password.path();
  settings.global_catalog = "ldap://127.0.0.1:1";
  ldap::Directory directory(settings);
  auto session = directory.open(fakes::soon());
  REQUIRE(session);
  const Domain domain{base, "ebs.example.com", "EBS", domain_sid};
  Forest forest(directory, *session, domain);
  const auto begun = cpu_seconds();
  const auto found = forest.find(parse_principal("FAR\\x"), Deadline::in(std::chrono::minutes(1)));
  const auto took = cpu_seconds() - begun;
  REQUIRE(found);
  CHECK_FALSE(found->needed.empty());
  return took;
}

}  // namespace

TEST_CASE("very many trusts take time in proportion to their number", "[forest]") {
  const auto some = cpu_seconds_with_trusts(3'000);
  const auto more = cpu_seconds_with_trusts(15'000);
  INFO(some << " s, then " << more << " s for five times as many");
  CHECK(more < 10 * some);
}
