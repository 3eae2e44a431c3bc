#include "probes/winlog/licensing_event.h"

#include "tests/probes/winlog/sample_events.h"

#include <catch2/catch.hpp>

#include <set>

using namespace cal;
using namespace cal::winlog;
using namespace cal::winlog::samples;

TEST_CASE("provider and id together make the meaning", "[winlog][decode]") {
  struct Row {
    std::string provider;
    std::uint32_t id;
    EventKind kind;
    std::optional<Cause> cause;
    Strength strength;
  };
  const auto row = GENERATE(values<Row>({
      {ebs, 4, EventKind::activation_success, std::nullopt, Strength::weak},
      {ebs, 12, EventKind::directory_fault, Cause::directory_not_writable, Strength::strong},
      {ebs, 8, EventKind::note, std::nullopt, Strength::weak},
      {infrastructure, 4, EventKind::note, std::nullopt, Strength::weak},
      {infrastructure, 5, EventKind::note, std::nullopt, Strength::weak},
      {infrastructure, 21, EventKind::note, std::nullopt, Strength::weak},
      {infrastructure, 39, EventKind::note, std::nullopt, Strength::weak},
      {rds, 4, EventKind::note, std::nullopt, Strength::weak},
      {rds, 9, EventKind::note, std::nullopt, Strength::weak},
      {rds, 12, EventKind::note, std::nullopt, Strength::weak},
      {rds, 17, EventKind::activation_failure, Cause::other, Strength::weak},
      {rds, 18, EventKind::activation_failure, Cause::other, Strength::weak},
      {rds, 39, EventKind::activation_failure, Cause::other, Strength::weak},
      {rds, 20, EventKind::assignment_failure, Cause::licenses_exhausted, Strength::weak},
      {rds, 21, EventKind::assignment_failure, Cause::licenses_exhausted, Strength::strong},
      {rds, 22, EventKind::assignment_failure, Cause::licenses_exhausted, Strength::strong},
      {rds, 44, EventKind::note, std::nullopt, Strength::weak},
      {rds, 4105, EventKind::assignment_failure, Cause::directory_not_writable, Strength::weak},
  }));
  INFO(row.provider << " " << row.id);
  const auto decoded = decode(event(row.provider, row.id, 1, ten_o_clock, {"0xcfff1208"}));
  REQUIRE(decoded);
  CHECK(decoded->kind == row.kind);
  CHECK(decoded->cause == row.cause);
  CHECK(decoded->strength == row.strength);
  CHECK_FALSE(decoded->code);
}

TEST_CASE("other providers are not decoded", "[winlog][decode]") {
  CHECK_FALSE(decode(event("Microsoft-Windows-Security-Auditing", 5, 1, ten_o_clock)));
  CHECK_FALSE(decode(event(ebs + " ", 5, 1, ten_o_clock)));
  CHECK_FALSE(decode(event("", 5, 1, ten_o_clock)));
}

TEST_CASE("the code of a failure decides the cause", "[winlog][decode]") {
  struct Row {
    std::uint32_t id;
    std::vector<std::string> data;
    Cause cause;
    Strength strength;
    EventKind kind;
  };
  using enum EventKind;
  const auto row = GENERATE(values<Row>({
      {5,
       {"0xcfff1208", "x"},
       Cause::pack_already_installed,
       Strength::certain,
       activation_failure},
      {5, {"-805367288"}, Cause::pack_already_installed, Strength::certain, activation_failure},
      {5, {"0x80070005"}, Cause::account_not_administrator, Strength::weak, activation_failure},
      {5, {"2147954407"}, Cause::internet_unreachable, Strength::weak, activation_failure},
      {5, {"0x80072098"}, Cause::directory_not_writable, Strength::weak, activation_failure},
      {5, {"0xdeadbeef"}, Cause::other, Strength::weak, activation_failure},
      {5, {}, Cause::other, Strength::weak, activation_failure},
      {5, {"no code"}, Cause::other, Strength::weak, activation_failure},
      {9,
       {"1", "user", "bob", "0xcfff1212", "x"},
       Cause::already_licensed,
       Strength::certain,
       assignment_failure},
      {11,
       {"5", "user", "bob", "0xcfff1200", "x"},
       Cause::licenses_exhausted,
       Strength::certain,
       assignment_failure},
      {11, {"5", "user", "bob", "0x8007001f"}, Cause::other, Strength::weak, assignment_failure},
  }));
  auto failed = event(ebs, row.id, 1, ten_o_clock);
  for (const auto& value : row.data) failed.data.push_back({"", value});
  const auto decoded = decode(failed);
  REQUIRE(decoded);
  CHECK(decoded->cause == row.cause);
  CHECK(decoded->strength == row.strength);
  CHECK(decoded->kind == row.kind);
}

TEST_CASE("the code is found where the order of the data is lost", "[winlog][decode]") {
  auto failed = event(ebs, 11, 1, ten_o_clock, {"3", "user", "0xcfff1200", "bob"});
  failed.data_in_order = false;
  CHECK(decode(failed)->code == 0xcfff1200);

  SECTION("in the message, by a documented code") {
    failed.data.clear();
    failed.message = "License 5 was not assigned to user object 7 due to 3489600018.";
    CHECK(decode(failed)->code == 0xcfff1212);
  }
  SECTION("in the message, by the look of it") {
    failed.data.clear();
    failed.message = "Die Lizenz 5 wurde nicht zugewiesen (Fehlercode: 0x80070005).";
    CHECK(decode(failed)->code == 0x80070005);
    failed.message = "error code: -2147024891.";
    CHECK(decode(failed)->code == 0x80070005);
  }
  SECTION("last, in any of the data") {
    failed.data = {{"a", "text"}, {"b", "31"}};
    CHECK(decode(failed)->code == 31u);
  }
}

TEST_CASE("a code is shown whole, in all its forms", "[winlog][decode]") {
  const auto decoded = decode(event(ebs, 5, 1, ten_o_clock, {"0xdeadbeef"}));
  CHECK(decoded->meaning ==
        "the CAL pack was not activated: 0xdeadbeef (3735928559, -559038737), a code that no page "
        "explains");
}

TEST_CASE("no event stands in the table twice", "[winlog][decode]") {
  std::set<std::pair<Source, std::uint32_t>> seen;
  for (const auto& known : known_events()) {
    INFO(known.id);
    CHECK(seen.emplace(known.source, known.id).second);
    CHECK_FALSE(known.meaning.ends_with("."));
  }
}
