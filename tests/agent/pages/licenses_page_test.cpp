#include "agent/pages/licenses_page.h"

#include "tests/catch.h"
#include "tests/fakes/sample_board.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

Rows rows_with(LicenseOutlook outlook) {
  auto row = fakes::sample_row("north", fakes::reasons[0], "all is well");
  auto outcome = *row.outcome;
  outcome.licenses = std::make_shared<const LicenseOutlook>(std::move(outlook));
  row.outcome = std::make_shared<const Outcome>(std::move(outcome));
  return {row};
}

}  // namespace

TEST_CASE("the page of licenses has a plot of the weeks, and what to buy", "[pages]") {
  LicenseOutlook outlook{.stock = {{"Suite <b>", "user", 50, 62}},
                         .first_week = week_of(fakes::sample_now),
                         .ending = std::vector<std::int64_t>(outlook_weeks, 2)};
  outlook.ending[3] = 8;
  outlook.pack_ends = {{"Suite", "user", 10, fakes::sample_now + 24h * 14}};
  outlook.purchases = {{"Suite", "user", 12, std::nullopt, "too many"}};
  const auto page = licenses_page(Links(), rows_with(outlook), fakes::sample_now);
  CHECK_THAT(page, Catch::Contains("<svg class=\"weeks\""));
  CHECK_THAT(page, Catch::Contains("12 too many"));
  CHECK_THAT(page, Catch::Contains("Suite &lt;b&gt;"));
  CHECK_THAT(page, Catch::Contains("<strong>Buy now</strong>: 12 user licenses"));
  CHECK_THAT(page, Catch::Contains("class=\"end\""));
  // The highest bar takes the whole height, one with a quarter of it a quarter.
  CHECK_THAT(page, Catch::Contains("height=\"120\"") && Catch::Contains("height=\"30\""));
  CHECK_THAT(page, !Catch::Contains("style=\"") && !Catch::Contains("<script>"));
}

TEST_CASE("without ends the page of licenses has no plot", "[pages]") {
  const auto page =
      licenses_page(Links(), rows_with({.stock = {{"Suite", "user", 5, 1}}}), fakes::sample_now);
  CHECK_THAT(page, !Catch::Contains("<svg"));
  CHECK_THAT(page, Catch::Contains("is not known"));
  CHECK_THAT(licenses_page(Links(), fakes::sample_rows(), fakes::sample_now),
             Catch::Contains("No licenses are counted"));
}
