// /api/v1/repair: who gets what.
#include "agent/commands/repair_reply.h"

#include "tests/catch.h"
#include "tests/fakes/sample_board.h"

#include <nlohmann/json.hpp>

using namespace cal;

namespace {

Rows rows() {
  auto broken = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto outcome = std::make_shared<Outcome>(*broken.outcome);
  RepairStep step{"Mend it.", Shell::powershell};
  step.command = "Set-It\n";
  outcome->repair = {step};
  broken.outcome = outcome;
  return {broken, fakes::sample_row("south", fakes::reasons[0], "all is well")};
}

Response ask(Audience audience, std::string_view network) {
  return repair_reply(
      {.method = "GET",
       .path = "/api/v1/repair",
       .accepts_gzip = false,
       .network = network,
       .audience = audience},
      rows(), [](std::string_view) { return std::string_view(); }, fakes::sample_now);
}

std::size_t plans(const Response& response) {
  return nlohmann::json::parse(response.body).at("plans").size();
}

}  // namespace

TEST_CASE("plans are for a trusted client", "[repair]") {
  CHECK(plans(ask(Audience::trusted, "")) == 1);
  CHECK(plans(ask(Audience::trusted, "ebs")) == 1);
  CHECK(plans(ask(Audience::trusted, "south")) == 0);
  CHECK(ask(Audience::trusted, "nowhere").status == 404);
  for (const auto* network : {"", "ebs", "south", "nowhere"}) {
    const auto refused = ask(Audience::anyone, network);
    CHECK(refused.status == 403);
    CHECK(refused.body.find("Set-It") == std::string::npos);
    CHECK(refused.body.find("Mend") == std::string::npos);
  }
}
