#include "probes/winlog/ledger.h"

#include "probes/winlog/ledger_text.h"
#include "tests/catch.h"
#include "tests/probes/winlog/sample_events.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace cal;
using namespace cal::winlog;
using namespace cal::winlog::samples;

namespace {

const SystemTime now = ten_o_clock + 1h;

// A ledger that receives events one after the other; IDs are in order.
struct Log {
  Ledger ledger;
  std::uint64_t record_id = 0;

  bool add(std::uint32_t id, std::chrono::seconds after, std::string code = "") {
    return ledger.add(event(ebs, id, ++record_id, ten_o_clock + after, {std::move(code)}), now);
  }
  std::uint64_t count(const std::string& id, const std::string& cause) const {
    return with_known_events(ledger.book().counts).at({"ebs_cal", id, cause});
  }
  std::vector<std::pair<Cause, Strength>> current() const {
    std::vector<std::pair<Cause, Strength>> list;
    for (const auto& failure : ledger.book().failures) {
      list.emplace_back(failure.cause, failure.strength);
    }
    return list;
  }
};

using Current = std::vector<std::pair<Cause, Strength>>;

}  // namespace

TEST_CASE("all counters exist from the start", "[winlog][ledger]") {
  const auto counts = with_known_events({});
  CHECK(counts.at({"ebs_cal", "5", "pack_already_installed"}) == 0);
  CHECK(counts.at({"ebs_cal", "5", "other"}) == 0);
  CHECK(counts.at({"ebs_cal", "4", "none"}) == 0);
  CHECK(counts.at({"ebs_cal", "12", "directory_not_writable"}) == 0);
  CHECK(counts.at({"ebs_cal", "other", "none"}) == 0);
  CHECK(counts.at({"rds_licensing", "4105", "directory_not_writable"}) == 0);
  CHECK(counts.size() < 120);
}

TEST_CASE("networks share the keys of their counters, also after a restart", "[winlog][ledger]") {
  const auto one = with_known_events({});
  Book counted;
  ++counted.counts[{"ebs_cal", "4", "none"}];
  const auto other = with_known_events(parse_ledger(ledger_text(counted)).value().counts);
  REQUIRE(one.size() == other.size());
  auto its = other.begin();
  for (const auto& [key, count] : one) CHECK(key.shares_with((its++)->first));
  CHECK(other.at({"ebs_cal", "4", "none"}) == 1);
}

TEST_CASE("a counter that is zero takes no memory, also if the state is of 0.1",
          "[winlog][ledger]") {
  CHECK(Ledger().book().counts.empty());
  Book of_older;
  of_older.counts = with_known_events({{{"ebs_cal", "4", "none"}, 2}});
  const auto read = parse_ledger(ledger_text(of_older)).value();
  CHECK(read.counts == Counts{{{"ebs_cal", "4", "none"}, 2}});
}

TEST_CASE("an event is counted once, and unknown IDs do not create series", "[winlog][ledger]") {
  Log log;
  CHECK(log.add(5, 0s, "0xcfff1208"));
  --log.record_id;
  CHECK_FALSE(log.add(5, 0s, "0xcfff1208"));
  CHECK(log.count("5", "pack_already_installed") == 1);
  const auto series = with_known_events({}).size();
  for (std::uint32_t id = 1000; id < 2000; ++id) log.add(id, 1s);
  CHECK(log.count("other", "none") == 1000);
  CHECK(with_known_events(log.ledger.book().counts).size() == series);
}

TEST_CASE("records are counted separately by computer, channel and provider", "[winlog][ledger]") {
  Ledger ledger;
  auto one = event(ebs, 4, 1, ten_o_clock);
  CHECK(ledger.add(one, now));
  one.computer = "srv2";
  CHECK(ledger.add(one, now));
  one.channel = "Application";
  CHECK(ledger.add(one, now));
  CHECK(ledger.add(event(rds, 4, 1, ten_o_clock), now));
  CHECK_FALSE(ledger.add(event(rds, 4, 1, ten_o_clock), now));
}

TEST_CASE("a success clears the failures before it, and none after it", "[winlog][ledger]") {
  Log log;
  log.add(5, 0s, "0xcfff1208");
  log.add(11, 1s);
  CHECK(log.current().size() == 2);
  log.add(4, 2s);
  CHECK(log.current().empty());
  log.add(5, 3s, "0x80070005");
  CHECK(log.current() == Current{{Cause::account_not_administrator, Strength::weak}});
  CHECK(log.ledger.book().last_success == ten_o_clock + 2s);
  CHECK(log.ledger.book().last_activation_failure == ten_o_clock + 3s);
}

TEST_CASE("within one second the order in the log decides", "[winlog][ledger]") {
  Log log;
  log.add(5, 0s);
  log.add(4, 0s);
  CHECK(log.current().empty());
  log.add(5, 0s);
  CHECK(log.current().size() == 1);
}

TEST_CASE("a failure that is older than the last success is not current", "[winlog][ledger]") {
  Log log;
  log.add(4, 100s);
  auto late = event(ebs, 5, 1, ten_o_clock);
  late.computer = "srv2";
  CHECK(log.ledger.add(late, now));
  CHECK(log.current().empty());
}

TEST_CASE("event 12 is a cause only near event 5", "[winlog][ledger]") {
  const Current alone{{Cause::other, Strength::weak}};
  const Current both{{Cause::other, Strength::weak},
                     {Cause::directory_not_writable, Strength::strong}};
  Log log;
  SECTION("after it") {
    log.add(5, 0s);
    log.add(12, 120s);
    CHECK(log.current() == both);
  }
  SECTION("before it") {
    log.add(12, 0s);
    log.add(5, 120s);
    CHECK(log.current() == both);
  }
  SECTION("too late") {
    log.add(5, 0s);
    log.add(12, 121s);
    CHECK(log.current() == alone);
  }
  SECTION("alone") {
    log.add(12, 0s);
    CHECK(log.current().empty());
  }
  SECTION("together with a failed assignment") {
    log.add(11, 0s);
    log.add(12, 0s);
    CHECK(log.current() == alone);
  }
  SECTION("after the success that followed") {
    log.add(5, 0s);
    log.add(4, 10s);
    log.add(12, 20s);
    CHECK(log.current().empty());
  }
}

TEST_CASE("event 12 of EBS does not count for Remote Desktop licensing", "[winlog][ledger]") {
  Log log;
  log.ledger.add(event(rds, 18, 1, ten_o_clock), now);
  log.add(12, 1s);
  CHECK(log.current() == Current{{Cause::other, Strength::strong}});
  log.ledger.add(event(rds, 18, 2, ten_o_clock + 2s), now);
  CHECK(log.current() == Current{{Cause::other, Strength::strong}});
}

TEST_CASE("the newest failure of an event and cause is kept with the count of all",
          "[winlog][ledger]") {
  Log log;
  for (int i = 0; i < 1000; ++i) log.add(5, std::chrono::seconds(i), "0xcfff1208");
  REQUIRE(log.current().size() == 1);
  const auto& failure = log.ledger.book().failures[0];
  CHECK(failure.at == ten_o_clock + 999s);
  CHECK(failure.first_at == ten_o_clock);
  CHECK(failure.count == 1000);
  CHECK(log.count("5", "pack_already_installed") == 1000);
}

TEST_CASE("repeated events 4105 are one failure with the last user, others are separate",
          "[winlog][ledger]") {
  Ledger ledger;
  std::uint64_t record_id = 0;
  const auto add = [&](std::uint32_t id, SystemTime at, std::string user) {
    auto logged = event(rds, id, ++record_id, at, {std::move(user), "EBS"});
    logged.channel = "System";
    ledger.add(logged, now);
  };
  for (int i = 0; i < 17; ++i) {
    add(4105, ten_o_clock + std::chrono::minutes(i), "user" + std::to_string(i));
  }
  add(75, ten_o_clock + 17min, "5");
  const auto& failures = ledger.book().failures;
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].event_id == 4105);
  CHECK(failures[0].count == 17);
  CHECK(failures[0].first_at == ten_o_clock);
  CHECK(failures[0].named_user == "EBS\\user16");
  CHECK(failures[1].event_id == 75);
  CHECK(failures[1].count == 1);

  SECTION("one that arrives late is counted, and the newest is kept") {
    auto late = event(rds, 4105, 1, ten_o_clock - 1h, {"early", "EBS"});
    late.computer = "LS2";
    ledger.add(late, now);
    CHECK(failures[0].count == 18);
    CHECK(failures[0].first_at == ten_o_clock - 1h);
    CHECK(failures[0].named_user == "EBS\\user16");
  }
  SECTION("one that returns after the window starts a new count") {
    const auto later = ten_o_clock + 24h * 8;
    ledger.add(event(rds, 4105, ++record_id, later, {"again", "EBS"}), later);
    CHECK(failures[0].count == 1);
    CHECK(failures[0].first_at == later);
  }
}

TEST_CASE("a success clears only the failures of its own source", "[winlog][ledger]") {
  Log log;
  log.add(5, 0s);
  log.ledger.add(event(rds, 18, 1, ten_o_clock), now);
  log.add(4, 1s);
  REQUIRE(log.ledger.book().failures.size() == 1);
  CHECK(log.ledger.book().failures[0].event_id == 18);
  // An older failure of another source is still added.
  log.ledger.add(event(rds, 39, 2, ten_o_clock), now);
  CHECK(log.ledger.book().failures.size() == 2);
  // It is not documented when event 4 of Remote Desktop licensing is logged.
  log.ledger.add(event(rds, 4, 3, ten_o_clock + 2s), now);
  CHECK(log.ledger.book().failures.size() == 2);
}

TEST_CASE("hints are kept separately from the failures", "[winlog][ledger]") {
  Ledger ledger;
  ledger.add(event(rds, 76, 1, ten_o_clock), now);
  ledger.add(event(rds, 76, 2, ten_o_clock + 1s), now);
  CHECK(ledger.book().failures.empty());
  CHECK_FALSE(ledger.book().last_failure);
  REQUIRE(ledger.book().hints.size() == 1);
  CHECK(ledger.book().hints[0].count == 2);
  CHECK(ledger.book().counts.at({"rds_licensing", "76", "directory_not_writable"}) == 2);
}

TEST_CASE("each session host has its own failures and warnings", "[winlog][ledger]") {
  Ledger ledger;
  const auto add = [&](std::uint32_t id, const std::string& computer, std::uint64_t record_id) {
    auto logged = event(session_host, id, record_id, ten_o_clock);
    logged.computer = computer;
    ledger.add(logged, now);
  };
  add(50280, "RDSH1", 1);
  add(50280, "RDSH2", 1);
  add(50280, "RDSH2", 2);
  add(50282, "RDSH2", 3);
  const auto& failures = ledger.book().failures;
  REQUIRE(failures.size() == 3);
  CHECK(failures[0].computer == "RDSH1");
  CHECK(failures[1].count == 2);
  CHECK(failures[2].kind == EventKind::warning);
  CHECK(parse_ledger(ledger_text(ledger.book())) == ledger.book());

  SECTION("up to a limit") {
    for (int i = 0; i < 1000; ++i) add(50280, "host" + std::to_string(i), 1);
    CHECK(failures.size() == 256);
    CHECK(failures.back().computer == "host999");
  }
}

TEST_CASE("several events 12 near one event 5 count it once", "[winlog][ledger]") {
  Log log;
  log.add(5, 0s);
  log.add(12, 1s);
  log.add(12, 2s);
  REQUIRE(log.ledger.book().failures.size() == 2);
  CHECK(log.ledger.book().failures[1].count == 1);
  log.add(5, 3s);
  CHECK(log.ledger.book().failures[1].count == 2);
}

TEST_CASE("an event from the future counts as of now, and once", "[winlog][ledger]") {
  Ledger ledger;
  const auto future = event(ebs, 5, 1, now + 24h * 365);
  CHECK(ledger.add(future, now));
  CHECK(ledger.book().last_failure == now);
  CHECK_FALSE(ledger.add(future, now + 24h));
  CHECK(ledger.add(event(ebs, 5, 2, now), now));
}

TEST_CASE("skipped IDs are lost events in the provider's own channel", "[winlog][ledger]") {
  Ledger ledger;
  auto one = event(ebs, 4, 1, ten_o_clock);
  auto three = event(ebs, 4, 3, ten_o_clock);
  SECTION("own channel") {
    ledger.add(one, now);
    CHECK_FALSE(ledger.book().last_gap);
    ledger.add(three, now);
    CHECK(ledger.book().gap == 1);
    CHECK(ledger.book().last_gap == now);
  }
  SECTION("shared channel") {
    one.channel = three.channel = "Application";
    ledger.add(one, now);
    ledger.add(three, now);
    CHECK(ledger.book().gap == 0);
    CHECK_FALSE(ledger.book().last_gap);
  }
}

TEST_CASE(
    "what is skipped in a session host's channel is not lost: most of it is not about licensing",
    "[winlog][ledger]") {
  Ledger ledger;
  ledger.add(event(session_host, 1004, 1, ten_o_clock), now);
  CHECK_FALSE(ledger.add(event(session_host, 1149, 2, ten_o_clock), now));
  ledger.add(event(session_host, 1004, 9, ten_o_clock), now);
  CHECK(ledger.book().gap == 0);
  CHECK(ledger.book().counts.at({"rds_session_host", "1004", "other"}) == 2);
  CHECK_FALSE(ledger.book().counts.contains({"rds_session_host", "other", "none"}));
}

TEST_CASE("logs over the limit are forgotten, the oldest first", "[winlog][ledger]") {
  Ledger ledger;
  for (int i = 0; i < 1000; ++i) {
    auto one = event(ebs, 4, 1, ten_o_clock + std::chrono::seconds(i));
    one.computer = "srv" + std::to_string(i);
    ledger.add(one, now);
  }
  CHECK(ledger.book().bookmarks.size() == 256);
  CHECK(ledger.book().bookmarks.contains({ebs, "srv999", ebs + "/Operational"}));
}

TEST_CASE("an unreadable line is counted once", "[winlog][ledger]") {
  Ledger ledger;
  ledger.start_over();
  ledger.add_unparsed(2, Origin::other);
  ledger.add(event(ebs, 4, 1, ten_o_clock), now);
  ledger.finish_pass();
  CHECK(ledger.book().unparsed == 2);
  ledger.add_unparsed(1, Origin::other);
  CHECK(ledger.book().unparsed == 3);

  SECTION("the same file again, with one more") {
    ledger.start_over();
    ledger.add_unparsed(4, Origin::other);
    ledger.add(event(ebs, 4, 1, ten_o_clock), now);
    ledger.finish_pass();
    CHECK(ledger.book().unparsed == 4);
  }
  SECTION("the same file again, repaired") {
    ledger.start_over();
    ledger.add(event(ebs, 4, 1, ten_o_clock), now);
    ledger.finish_pass();
    CHECK(ledger.book().unparsed == 3);
  }
  SECTION("the same file again, but not to its end") {
    ledger.start_over();
    ledger.finish_pass();
    ledger.start_over();
    ledger.add_unparsed(3, Origin::other);
    ledger.finish_pass();
    CHECK(ledger.book().unparsed == 3);
  }
  SECTION("another file") {
    ledger.start_over();
    ledger.add_unparsed(2, Origin::other);
    ledger.add(event(ebs, 4, 2, ten_o_clock), now);
    ledger.finish_pass();
    CHECK(ledger.book().unparsed == 5);
  }
}

TEST_CASE("a ledger that is written is read back unchanged", "[winlog][ledger]") {
  Log log;
  log.ledger.start_over();
  log.ledger.add_unparsed(3, Origin::other);
  log.ledger.position() = {1, 2, 3, UINT64_MAX, 5, -6, true};
  log.add(5, 0s, "0xcfff1208");
  log.add(12, 1s);
  log.add(4, 2s);
  log.add(11, 3s, "ü \"x\"");
  log.ledger.add(event(rds, 4105, 1, ten_o_clock, {"alice", "EBS"}), now);
  log.ledger.add(event(rds, 76, 5, ten_o_clock), now);  // 2 to 4 are lost
  log.record_id = 0;
  log.add(5, 60s);
  log.ledger.finish_pass();
  const auto& book = log.ledger.book();
  CHECK(book.bookmarks.at({ebs, "srv1", ebs + "/Operational"}).marks().size() == 2);
  CHECK(book.last_gap == now);
  CHECK(parse_ledger(ledger_text(book)) == book);
  CHECK(parse_ledger(ledger_text(Book{})) == Book{});
}

TEST_CASE("a ledger from an older program is read", "[winlog][ledger]") {
  Log log;
  log.add(5, 0s, "0xcfff1208");
  log.ledger.add(event(rds, 4105, 1, ten_o_clock), now);
  auto json = nlohmann::json::parse(ledger_text(log.ledger.book()));
  json.erase("hints");
  REQUIRE(json.erase("last_gap") == 1);
  for (auto& failure : json["failures"]) {
    for (const auto* member : {"source", "first_at", "count", "named_user"}) {
      REQUIRE(failure.erase(member) == 1);
    }
  }
  CHECK(parse_ledger(json.dump()) == log.ledger.book());
}

TEST_CASE("a text that is not a ledger is refused, whatever is missing", "[winlog][ledger]") {
  const auto whole = ledger_text(Ledger().book());
  CHECK(parse_ledger(whole));
  CHECK_FALSE(parse_ledger(""));
  CHECK_FALSE(parse_ledger("{}"));
  CHECK_FALSE(parse_ledger("[]"));
  for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
    CHECK_FALSE(parse_ledger(whole.substr(0, length)));
  }
}
