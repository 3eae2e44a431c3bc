#include "probes/inventory/session_hosts.h"

#include "tests/catch.h"

using namespace cal;
using namespace cal::inventory;
using namespace std::chrono_literals;

namespace {

const SystemTime midnight{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24}};
const SystemTime data_at = midnight + 9h;
constexpr auto day = std::chrono::days(1);

}  // namespace

TEST_CASE("mode and grace period of a session host decide the consequence for its users",
          "[inventory][session_hosts]") {
  struct Row {
    std::int64_t type;
    std::int64_t days_left;
    HostState state;
    std::string text;
  };
  using enum HostState;
  const auto row = GENERATE(values<Row>({
      {2, 0, in_order, "licensing mode per device; its grace period is over"},
      {4, 0, in_order, "licensing mode per user; its grace period is over"},
      {4, 31, in_order,
       "licensing mode per user; its grace period ends in 31 days (2026-12-25); whether a "
       "license server has registered it is not in this export"},
      {4, 30, grace_ending,
       "licensing mode per user; its grace period ends in 30 days (2026-12-24); whether a "
       "license server has registered it is not in this export"},
      {5, 120, mode_not_set,
       "licensing mode not set (5): no user can log on once its grace period ends, in 120 days "
       "(2027-03-24)"},
      {5, 1, mode_not_set,
       "licensing mode not set (5): no user can log on once its grace period ends, in 1 day "
       "(2026-11-25)"},
      {5, 0, unlicensed,
       "licensing mode not set (5), and its grace period is over: no user gets a license to log "
       "on"},
      {6, 0, in_order, "licensed in another way (LicensingType 6)"},
      {7, 0, not_known, "what its LicensingType 7 means is not known"},
      {0, 0, unlicensed,
       "licensing mode not set (0), and its grace period is over: no user gets a license to log "
       "on"},
  }));
  const auto found = judge_host({"RDSH1", row.type, row.days_left}, data_at, data_at + 1h);
  CHECK(found.state == row.state);
  CHECK(found.text == row.text);
  if (row.days_left > 0) {
    CHECK(found.grace_ends == midnight + row.days_left * day);
  } else {
    CHECK_FALSE(found.grace_ends);
  }
}

TEST_CASE("days that have passed since the export are subtracted", "[inventory][session_hosts]") {
  const SessionHost unset{"RDSH1", 5, 3};
  CHECK(judge_host(unset, data_at, midnight + 2 * day).text.find("in 1 day") != std::string::npos);
  CHECK(judge_host(unset, data_at, midnight + 3 * day).state == HostState::unlicensed);
  CHECK_FALSE(judge_host(unset, data_at, midnight + 3 * day).grace_ends);
  CHECK(judge_host({"RDSH1", 4, 31}, data_at, midnight + 2 * day).state == HostState::grace_ending);
}
