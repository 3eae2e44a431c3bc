// Directory servers that send more than anybody asked for: what a step may take is bounded where
// the octets come in, and all answers together by one budget.
#include "probes/ldap/directory.h"
#include "probes/ldap/session.h"
#include "probes/ldap_io/answer_budget.h"
#include "probes/ldap_io/transport.h"
#include "tests/catch.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/temporary_file.h"

#include <malloc.h>

#include <future>

using namespace std::chrono_literals;
using cal::Deadline;
using cal::fakes::LdapRequest;
using cal::fakes::LdapServer;
using cal::fakes::TemporaryFile;
using namespace cal::ldap;
using Misbehavior = LdapServer::Misbehavior;

namespace {

const std::string base = "DC=ebs,DC=example,DC=com";

Deadline soon() { return Deadline::in(20s); }

struct Hostile {
  explicit Hostile(LdapServer::Options options, bool start_tls = false)
      : server(std::move(options)) {
    server.start();
    Settings settings;
    settings.uris = {server.uri()};
    settings.start_tls = start_tls;
    settings.bind.user = "svc";
    settings.bind.password_file = password.path();
    directory = std::make_unique<Directory>(settings);
  }

  TemporaryFile password{"secret"};
  LdapServer server;
  std::unique_ptr<Directory> directory;
};

LdapServer::Options misbehaving(Misbehavior how) {
  LdapServer::Options options;
  options.misbehavior = how;
  return options;
}

// What the sockets of both sides may hold beside what was read.
constexpr std::size_t socket_buffers = std::size_t{16} << 20U;

LdapServer::Options answering(cal::fakes::LdapEntry entry) {
  LdapServer::Options options;
  options.on_search = [entry = std::move(entry)](
                          const LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
    if (request.base.empty()) return std::nullopt;  // the root DSE
    return LdapServer::SearchAnswer{{entry}};
  };
  return options;
}

}  // namespace

TEST_CASE("a flood before TLS or of bind answers ends after some kilobytes", "[flood]") {
  struct Row {
    Misbehavior how;
    bool start_tls;
    std::size_t limit;
    std::string_view says;
  };
  const auto row = GENERATE(values<Row>({
      {Misbehavior::floods_start_tls, true, max_inflow::before_tls, "more than 64 kB"},
      {Misbehavior::floods_bind, false, max_inflow::bind, "more than 256 kB"},
  }));
  const Hostile hostile(misbehaving(row.how), row.start_tls);
  const auto session = hostile.directory->open(soon());
  REQUIRE_FALSE(session);
  INFO(session.error().message);
  CHECK(session.error().message.find(row.says) != std::string::npos);
  CHECK(hostile.server.flooded() < row.limit + socket_buffers);
}

TEST_CASE("a flood in a search ends at the limit of a page", "[flood]") {
  const Hostile hostile(misbehaving(Misbehavior::floods_search));
  auto session = hostile.directory->open(soon());
  REQUIRE(session);
  std::size_t entries = 0;
  const auto done = session->for_each(
      {.base = base},
      [&](Entry&&) {
        ++entries;
        return true;
      },
      soon());
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == FaultKind::server_error);
  CHECK(done.error().message.find("more than 16384 kB") != std::string::npos);
  CHECK(hostile.server.flooded() < max_inflow::page + socket_buffers);
  CHECK(entries > 0);
}

TEST_CASE("a message that nobody asked for ends the connection", "[flood]") {
  const Hostile hostile(misbehaving(Misbehavior::unasked_entries));
  auto session = hostile.directory->open(soon());
  REQUIRE(session);
  const auto found = session->search({.base = base}, soon());
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::server_error);
  CHECK(found.error().message.find("is not an LDAP answer") != std::string::npos);
  CHECK(hostile.server.flooded() < socket_buffers);
}

TEST_CASE("a server that disconnects is quoted, and its notice is not kept in memory", "[flood]") {
  constexpr std::size_t megabyte = std::size_t{1} << 20U;
  LdapServer::Options options = misbehaving(Misbehavior::disconnects);
  options.notice = {52, "going down"};
  const Hostile polite(options);
  auto session = polite.directory->open(soon());
  REQUIRE(session);
  const auto found = session->search({.base = base}, soon());
  REQUIRE_FALSE(found);
  CHECK(found.error().message.find("(52): going down") != std::string::npos);

  options.notice.diagnostic.assign(megabyte, 'x');
  const Hostile verbose(options);
  const auto used = [] { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; };
  std::size_t before = 0;
  for (int run = 0; run < 10; ++run) {
    if (run == 1) before = used();  // what the first run sets up stays
    auto each = verbose.directory->open(soon());
    REQUIRE(each);
    CHECK_FALSE(each->search({.base = base}, soon()));
  }
  CHECK(used() < before + 2 * megabyte);
}

TEST_CASE("what a search collects is bounded, also when its entries are small", "[flood]") {
  const Hostile hostile(misbehaving(Misbehavior::floods_search));
  auto session = hostile.directory->open(soon());
  REQUIRE(session);
  const auto found = session->search({.base = base}, soon());
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == FaultKind::server_error);
  CHECK(found.error().message.find("exceeds 8 MiB") != std::string::npos);
}

TEST_CASE("an entry is charged at least the memory that it takes", "[flood]") {
  constexpr std::size_t count = 1000;
  const std::string text = GENERATE("", "v", "fifteen octets.", "sixteen octets..",
                                    "a value that is kept in a block of memory of its own");
  const std::size_t values = GENERATE(0U, 1U, 3U, 40U);
  const std::string name = GENERATE("a", "msDS-User-Account-Control-Computed");
  const auto used = [] { return ::mallinfo2().uordblks; };
  std::vector<Entry> entries;
  entries.reserve(count);
  const auto before = used();
  std::size_t charged = 0;
  for (std::size_t i = 0; i < count; ++i) {
    entries.emplace_back(text, Entry::Attributes{{name, std::vector<std::string>(values, text)}});
    charged += entries.back().size();
  }
  INFO(name << " " << values << " of '" << text << "'");
  constexpr std::size_t remainders = 16 * 1024;  // of the blocks that malloc divided
  CHECK(charged + remainders >= used() - before + count * sizeof(Entry));
}

TEST_CASE("what a session has kept is free again after it", "[flood]") {
  const Hostile hostile(answering({"CN=g", {{"blob", {std::string(3U << 20U, 'x')}}}}));
  for (int run = 0; run < 12; ++run) {
    auto session = hostile.directory->open(soon());
    REQUIRE(session);
    CHECK(session->read("CN=g", {"blob"}, soon()));
    CHECK(session->keep(std::size_t{8} << 20U, soon()));
  }
}

TEST_CASE("sessions together keep no more than the budget", "[flood]") {
  const Hostile hostile(answering({"CN=g", {}}));
  std::vector<Session> sessions;
  std::size_t kept = 0;
  for (int run = 0; run < 12; ++run) {
    auto session = hostile.directory->open(soon());
    REQUIRE(session);
    constexpr std::size_t four = std::size_t{4} << 20U;
    if (const auto done = session->keep(four, Deadline::in(10ms))) {
      kept += four;
    } else {
      CHECK(done.error().message.find("no memory for the answer") != std::string::npos);
    }
    sessions.push_back(std::move(*session));
  }
  CHECK(kept > 0);
  CHECK(kept <= std::size_t{32} << 20U);
}

TEST_CASE("an entry with too many values is refused", "[flood]") {
  const Hostile hostile(answering({"CN=g", {{"member", std::vector<std::string>(60'000, "v")}}}));
  auto session = hostile.directory->open(soon());
  REQUIRE(session);
  const auto entry = session->read("CN=g", {"member"}, soon());
  REQUIRE_FALSE(entry);
  CHECK(entry.error().kind == FaultKind::server_error);
  CHECK(entry.error().message.find("more than 50000 values") != std::string::npos);
}

TEST_CASE("ranges without end are bounded, also when their values are empty", "[flood]") {
  LdapServer::Options options;
  options.on_search = [](const LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
    if (request.base.empty()) return std::nullopt;
    const auto& asked = request.attributes.at(0);  // "member" or "member;range=N-*"
    const auto at = asked.find('=');
    const auto first = at == std::string::npos ? 0 : std::stoul(asked.substr(at + 1));
    constexpr std::size_t count = 20'000;
    const auto name =
        "member;range=" + std::to_string(first) + "-" + std::to_string(first + count - 1);
    return LdapServer::SearchAnswer{{{"CN=g", {{name, std::vector<std::string>(count, "")}}}}};
  };
  const Hostile hostile(std::move(options));
  auto session = hostile.directory->open(soon());
  REQUIRE(session);
  const auto values = session->all_values("CN=g", "member", soon());
  REQUIRE_FALSE(values);
  CHECK(values.error().message.find("exceeds 8 MiB") != std::string::npos);
}

TEST_CASE("who finds the budget used waits for it until the deadline", "[flood]") {
  AnswerBudget budget(1'000);
  AnswerCharge first(budget);
  CHECK(first.add(AnswerCharge::free_octets + 800, soon()));
  AnswerCharge second(budget);
  CHECK(second.add(AnswerCharge::free_octets, Deadline::in(0ms)));  // the first octets are free
  CHECK_FALSE(second.add(300, Deadline::in(10ms)));
  CHECK(second.add(200, Deadline::in(0ms)));
  auto waiting = std::async(std::launch::async, [&] { return second.add(300, soon()); });
  first.release();
  CHECK(waiting.get());
}
