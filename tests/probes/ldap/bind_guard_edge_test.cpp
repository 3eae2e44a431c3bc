// The guard against locking the agent's own account, with directories, a server that counts binds
// and a clock of the test.
#include "agent/base/text.h"
#include "probes/ldap/bind_guard.h"
#include "probes/ldap/directory.h"
#include "tests/catch.h"
#include "tests/fakes/ldap_server.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/fakes/temporary_file.h"

#include <atomic>
#include <future>
#include <thread>

using namespace std::chrono_literals;
using namespace cal;
using fakes::LdapRequest;
using fakes::LdapResult;
using fakes::LdapServer;
using fakes::ScratchFolder;
using ldap::BindGuard;
using ldap::Directory;
using ldap::FaultKind;

namespace {

constexpr auto enough = 20s;

LdapResult ad_refuses(std::string_view data) {
  return {49, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data " +
                  std::string(data) + ", v1db1"};
}

// A directory that knows one password, and takes its time for an answer.
class CountingServer {
 public:
  CountingServer() {
    LdapServer::Options options;
    options.on_bind = [this](const LdapRequest& request) {
      const int now = ++under_way_;
      max_under_way_ = std::max<int>(max_under_way_, now);
      std::this_thread::sleep_for(20ms);
      --under_way_;
      const std::lock_guard lock(mutex_);
      if (result_) return *result_;
      return request.password == "right" ? LdapResult{} : ad_refuses("52e");
    };
    server_ = std::make_unique<LdapServer>(std::move(options));
    server_->start();
  }

  std::string uri() const { return server_->uri(); }
  std::size_t binds() const { return server_->binds().size(); }
  int max_under_way() const { return max_under_way_; }
  // Answers every bind in this way; empty: it judges the password.
  void answer(std::optional<LdapResult> result) {
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
  }
  void refuse(const std::string& data) { answer(ad_refuses(data)); }

 private:
  std::atomic<int> under_way_ = 0;
  std::atomic<int> max_under_way_ = 0;
  std::mutex mutex_;
  std::optional<LdapResult> result_;
  std::unique_ptr<LdapServer> server_;
};

// An agent's life: one guard, networks with the same account, and a state folder.
class Agent {
 public:
  explicit Agent(const CountingServer& server, const std::filesystem::path& folder = {},
                 StateFolder::Access access = StateFolder::Access::read_write)
      : server_(server) {
    if (!folder.empty()) state_ = StateFolder(folder, access);
    guard_->keep_in(state_);
  }

  std::unique_ptr<Directory> network(const std::string& name = "ebs",
                                     const std::string& user = "svc@ebs.example.com",
                                     std::vector<std::string> uris = {}) const {
    ldap::Settings settings;
    settings.uris = uris.empty() ? std::vector{server_.uri()} : std::move(uris);
    settings.bind.user = user;
    settings.bind.password_file = password_file();
    auto directory = std::make_unique<Directory>(settings, guard_, name);
    directory->opened_every(1min);
    return directory;
  }

  std::filesystem::path password_file() const { return scratch_ / "password"; }
  void set_password(std::string_view password) const { scratch_.write("password", password); }
  void pass(std::chrono::seconds span) { passed_ = passed_.load() + span; }
  const BindGuard& guard() const { return *guard_; }

 private:
  const CountingServer& server_;
  ScratchFolder scratch_;
  StateFolder state_;
  std::atomic<std::chrono::seconds> passed_ = 0s;
  const Moment start_{std::chrono::steady_clock::now(), *parse_utc("2026-11-24T10:00:00Z")};
  std::shared_ptr<BindGuard> guard_ = std::make_shared<BindGuard>([this] {
    return Moment{start_.steady + passed_.load(), start_.system + passed_.load()};
  });
};

std::string fault_text(Directory& directory) {
  const auto session = directory.open(Deadline::in(enough));
  if (session) return "";
  CHECK(session.error().kind == FaultKind::bind_refused);
  return session.error().message;
}

}  // namespace

TEST_CASE("a wrong password is sent once by all probes and networks", "[bind_guard]") {
  CountingServer server;
  Agent agent(server);
  agent.set_password("wrong");
  const auto first = agent.network("a");
  const auto second = agent.network("b");
  CHECK_THAT(fault_text(*first),
             Catch::Contains("invalid credentials (49/52e)") &&
                 Catch::EndsWith("; not tried again before 10:15 UTC unless it changes"));
  const auto held = "bind to " + server.uri() +
                    " as svc@ebs.example.com: held until 10:15 UTC, because the server refused "
                    "this password at 10:00 UTC (49/52e); change the password in password_file to "
                    "try at once";
  for (int run = 0; run < 5; ++run) {
    CHECK(fault_text(*first) == held);
    CHECK(fault_text(*second) == held);
  }
  CHECK(server.binds() == 1);
  agent.pass(14min);
  CHECK(fault_text(*first) == held);
  agent.pass(1min);
  CHECK_THAT(fault_text(*second), Catch::Contains("not tried again before 11:15 UTC"));
  CHECK(server.binds() == 2);
}

TEST_CASE("a changed password is sent at once", "[bind_guard]") {
  CountingServer server;
  Agent agent(server);
  const auto directory = agent.network();
  agent.set_password("wrong");
  CHECK_FALSE(fault_text(*directory).empty());
  agent.set_password("right");
  CHECK(fault_text(*directory) == "");
  agent.set_password("wrong");  // it is still the same wrong one
  CHECK_THAT(fault_text(*directory), Catch::Contains("held until"));
  CHECK(server.binds() == 2);
}

TEST_CASE("a reload without a changed password does not end a hold", "[bind_guard]") {
  CountingServer server;
  Agent agent(server);
  agent.set_password("wrong");
  CHECK_FALSE(fault_text(*agent.network()).empty());
  CHECK_THAT(fault_text(*agent.network()), Catch::Contains("held until"));
  CHECK(server.binds() == 1);
}

TEST_CASE("a hold outlives a restart, and the state has no secret", "[bind_guard]") {
  const ScratchFolder state;
  CountingServer server;
  for (int start = 0; start < 3; ++start) {
    Agent agent(server, state.path());
    agent.set_password("wrong-secret");
    CHECK_FALSE(fault_text(*agent.network()).empty());
  }
  CHECK(server.binds() == 1);
  const auto kept = state.read("directory.binds.state");
  CHECK_THAT(kept, Catch::Contains("hold ebs.example.com svc "));
  CHECK(kept.find("wrong-secret") == std::string::npos);
}

TEST_CASE("a hold ends at a restart with another password", "[bind_guard]") {
  const ScratchFolder state;
  CountingServer server;
  {
    const Agent agent(server, state.path());
    agent.set_password("wrong");
    CHECK_FALSE(fault_text(*agent.network()).empty());
  }
  const Agent agent(server, state.path());
  agent.set_password("right");
  CHECK(fault_text(*agent.network()) == "");
}

constexpr auto command = StateFolder::Access::read_only;

TEST_CASE("commands obey the agent's holds, and keep their own beside them", "[bind_guard]") {
  const auto first = GENERATE(StateFolder::Access::read_write, command);
  const ScratchFolder state;
  CountingServer server;
  for (const auto access : {first, command, command}) {
    const Agent agent(server, state.path(), access);
    agent.set_password("wrong");
    CHECK_FALSE(fault_text(*agent.network()).empty());
  }
  CHECK(server.binds() == 1);
  CHECK(std::filesystem::exists(state / "directory.binds.state") == (first != command));
  const Agent agent(server, state.path());
  agent.set_password("wrong");
  CHECK_THAT(fault_text(*agent.network()), Catch::Contains("held until 10:15 UTC"));
}

TEST_CASE("another refusal is tried once per interval, so that a repair shows", "[bind_guard]") {
  const std::string data = GENERATE("525", "530", "531", "532", "533", "701", "773", "775");
  CountingServer server;
  Agent agent(server);
  agent.set_password("right");
  server.refuse(data);
  const auto first = agent.network("a");
  const auto second = agent.network("b");
  const auto words = Catch::Contains("49/" + data);
  CHECK_THAT(fault_text(*first), words);
  CHECK_THAT(fault_text(*first), words && Catch::Contains("refused at 10:00 UTC"));
  CHECK_THAT(fault_text(*second), words);
  CHECK(server.binds() == 1);
  agent.pass(1min);
  CHECK_THAT(fault_text(*second), words);
  CHECK(server.binds() == 2);
  server.answer({});
  agent.pass(1min);
  CHECK(fault_text(*first) == "");
  CHECK(fault_text(*second) == "");
}

TEST_CASE("until a password has worked, binds are sent one after another", "[bind_guard]") {
  CountingServer server;
  Agent agent(server);
  const std::string password = GENERATE("wrong", "right");
  agent.set_password(password);
  const auto directory = agent.network();
  std::atomic<int> opened = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (directory->open(Deadline::in(enough))) ++opened;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(opened == (password == "right" ? 8 : 0));
  if (password == "wrong") {
    CHECK(server.binds() == 1);
    CHECK(server.max_under_way() == 1);
  } else {
    CHECK(server.binds() == 8);
  }
}

TEST_CASE("waiting for another bind ends at the deadline", "[bind_guard]") {
  std::promise<void> asked;
  std::promise<void> answer;
  LdapServer::Options options;
  options.on_bind = [&, at = answer.get_future().share()](const LdapRequest&) {
    asked.set_value();
    at.wait();
    return LdapResult{};
  };
  LdapServer slow(std::move(options));
  slow.start();
  const fakes::TemporaryFile password("right");
  ldap::Settings settings;
  settings.uris = {slow.uri()};
  settings.bind.user = "svc@ebs.example.com";
  settings.bind.password_file = password.path();
  Directory directory(settings);
  auto first = std::async(std::launch::async, [&] { return directory.open(Deadline::in(enough)); });
  asked.get_future().wait();
  const auto second = directory.open(Deadline::in(200ms));
  answer.set_value();
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == FaultKind::timeout);
  CHECK_THAT(second.error().message, Catch::Contains("another bind as this account"));
  CHECK(first.get());
  CHECK(slow.binds().size() == 1);
}

TEST_CASE("a password that worked and is refused later is held", "[bind_guard]") {
  CountingServer server;
  Agent agent(server);
  agent.set_password("right");
  const auto directory = agent.network();
  CHECK(fault_text(*directory) == "");
  server.refuse("52e");
  CHECK_FALSE(fault_text(*directory).empty());
  CHECK_THAT(fault_text(*directory), Catch::Contains("held until"));
  CHECK(server.binds() == 2);
}

namespace {

// A fault that repeats the last one instead of a bind.
void check_is_paced(Directory& directory) {
  const auto session = directory.open(Deadline::in(enough));
  REQUIRE_FALSE(session);
  INFO(session.error().message);
  CHECK_THAT(
      session.error().message,
      Catch::Contains("until a bind with this password has worked, one is sent per interval"));
}

}  // namespace

TEST_CASE("a bind without a verdict is sent once per interval until one has worked",
          "[bind_guard]") {
  const auto result =
      GENERATE(LdapResult{51, "busy"}, LdapResult{52, "unavailable"}, LdapResult{80, "other"},
               LdapResult{1, "operations error"}, LdapResult{19, "locked"});
  CountingServer server;
  Agent agent(server);
  agent.set_password("right");
  server.answer(result);
  const auto first = agent.network("a");
  const auto second = agent.network("b");
  CHECK_FALSE(first->open(Deadline::in(enough)));
  for (int run = 0; run < 3; ++run) {
    check_is_paced(*first);
    check_is_paced(*second);
  }
  CHECK(server.binds() == 1);
  agent.pass(1min);
  CHECK_FALSE(second->open(Deadline::in(enough)));
  check_is_paced(*first);
  CHECK(server.binds() == 2);
  server.answer({});
  agent.pass(1min);
  CHECK(fault_text(*first) == "");
  server.answer(result);
  for (int run = 0; run < 3; ++run) CHECK_FALSE(first->open(Deadline::in(enough)));
  CHECK(server.binds() == 6);
}

TEST_CASE("a bind that is not answered is sent once per interval until one has worked",
          "[bind_guard]") {
  std::promise<void> end;
  LdapServer::Options options;
  options.on_bind = [until = end.get_future().share()](const LdapRequest&) {
    until.wait();
    return LdapResult{};
  };
  LdapServer silent(std::move(options));
  silent.start();
  const CountingServer unused;
  Agent agent(unused);
  agent.set_password("right");
  const auto directory = agent.network("a", "svc@ebs.example.com", {silent.uri()});
  const auto late = directory->open(Deadline::in(100ms));
  REQUIRE_FALSE(late);
  CHECK(late.error().kind == FaultKind::timeout);
  check_is_paced(*directory);
  CHECK(silent.binds().size() == 1);
  end.set_value();
  agent.pass(1min);
  CHECK(fault_text(*directory) == "");
}

TEST_CASE("a server without a verdict leaves the next bind to the other server", "[bind_guard]") {
  CountingServer bad;
  const CountingServer good;
  bad.answer(LdapResult{51, "busy"});
  Agent agent(bad);
  agent.set_password("right");
  const auto directory = agent.network("a", "svc@ebs.example.com", {bad.uri(), good.uri()});
  check_is_paced(*directory);  // the bind to the second
  check_is_paced(*directory);
  CHECK(bad.binds() == 1);
  CHECK(good.binds() == 0);
  agent.pass(1min);
  CHECK(fault_text(*directory) == "");
  CHECK(bad.binds() == 1);
}

TEST_CASE("a network whose server fails does not keep another from its own", "[bind_guard]") {
  CountingServer bad;
  const CountingServer good;
  bad.answer(LdapResult{51, "busy"});
  Agent agent(bad);
  agent.set_password("right");
  const auto first = agent.network("a");
  const auto second = agent.network("b", "svc@ebs.example.com", {good.uri()});
  // The first one always asks just when the next bind is due.
  for (int minute = 0; minute < 2; ++minute) {
    CHECK_FALSE(first->open(Deadline::in(enough)));
    agent.pass(30s);
    check_is_paced(*second);
    agent.pass(30s);
  }
  CHECK(bad.binds() == 2);
  check_is_paced(*first);
  agent.pass(30s);
  CHECK(fault_text(*second) == "");
  CHECK(bad.binds() == 2);
}

TEST_CASE("a wrong password is sent once, however the account is written", "[bind_guard]") {
  CountingServer server;
  Agent agent(server);
  agent.set_password("wrong");
  for (const auto* user : {"svc@ebs.example.com", "SVC@EBS.example.com.", "EBS\\svc", "svc", "SVC",
                           "CN=svc,CN=Users,DC=ebs,DC=example,DC=com",
                           "cn = svc, cn=users, dc=ebs,dc=example, dc=com,"}) {
    INFO(user);
    CHECK_FALSE(fault_text(*agent.network(user, user)).empty());
  }
  CHECK(server.binds() == 1);
  CHECK_THAT(fault_text(*agent.network("another", "other@ebs.example.com")),
             Catch::Contains("invalid credentials"));
  CHECK(server.binds() == 2);
}

TEST_CASE("an account of the same name at other servers of another domain is another one",
          "[bind_guard]") {
  CountingServer wrong;
  const CountingServer right;
  wrong.refuse("52e");
  Agent agent(wrong);
  agent.set_password("right");
  CHECK_FALSE(fault_text(*agent.network("a")).empty());
  CHECK(fault_text(*agent.network("b", "svc@other.example.com", {right.uri()})) == "");
}

TEST_CASE("the held binds of a network are counted while it has a directory", "[bind_guard]") {
  CountingServer server;
  Agent agent(server);
  agent.set_password("wrong");
  CHECK(agent.guard().reports().empty());
  {
    const auto directory = agent.network("ebs");
    for (int i = 0; i < 4; ++i) CHECK_FALSE(fault_text(*directory).empty());
    const auto reports = agent.guard().reports();
    REQUIRE(reports.size() == 1);
    CHECK(reports[0].network == "ebs");
    CHECK(reports[0].held == 3);
    CHECK(reports[0].until == parse_utc("2026-11-24T10:15:00Z"));
    agent.pass(15min);
    CHECK_FALSE(agent.guard().reports()[0].until);
  }
  CHECK(agent.guard().reports().empty());
}
