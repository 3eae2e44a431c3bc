#include "agent/metrics/metrics_endpoint.h"

#include "tests/catch.h"

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using cal::MetricsEndpoint;
using cal::Request;
using cal::SteadyTime;

namespace {

constexpr Request plain{.method = "GET", .path = "/metrics", .accepts_gzip = false};
constexpr Request gzip{.method = "GET", .path = "/metrics", .accepts_gzip = true};
constexpr SteadyTime start{1000s};

struct Fixture {
  int tails_read = 0;
  MetricsEndpoint endpoint{[this] { return "tail " + std::to_string(++tails_read) + '\n'; }};
};

}  // namespace

TEST_CASE("scrapes of an unchanged page share one reply", "[metrics_endpoint]") {
  Fixture fixture;
  const auto& request = GENERATE(plain, gzip);
  const auto first = fixture.endpoint.reply(request, start);
  CHECK(fixture.endpoint.reply(request, start + 999ms).get({}) == first.get({}));
  CHECK(fixture.tails_read == 1);
}

TEST_CASE("plain and gzip scrapes keep their own replies", "[metrics_endpoint]") {
  Fixture fixture;
  const auto first_plain = fixture.endpoint.reply(plain, start);
  const auto first_gzip = fixture.endpoint.reply(gzip, start);
  CHECK(first_plain.get({}) != first_gzip.get({}));
  CHECK(fixture.endpoint.reply(plain, start).get({}) == first_plain.get({}));
  CHECK(fixture.endpoint.reply(gzip, start).get({}) == first_gzip.get({}));
  CHECK(fixture.tails_read == 1);
}

TEST_CASE("the tail is read at most once a second", "[metrics_endpoint]") {
  Fixture fixture;
  const auto first = fixture.endpoint.reply(plain, start);
  CHECK(fixture.endpoint.reply(plain, start + 1s).get({}) != first.get({}));
  CHECK(fixture.tails_read == 2);
}

TEST_CASE("a new page is served at once, with the tail at hand", "[metrics_endpoint]") {
  Fixture fixture;
  const auto first = fixture.endpoint.reply(plain, start);
  cal::ExpositionWriter writer;
  writer.append("new\n");
  fixture.endpoint.publish(writer.finish());
  CHECK(fixture.endpoint.reply(plain, start).get({}) != first.get({}));
  CHECK(fixture.tails_read == 1);
}
