#include "probes/net/verified_chains.h"

#include "tests/catch.h"

#include <fmt/format.h>

using namespace cal;
using namespace cal::net;
using namespace std::chrono_literals;

namespace {

const SystemTime begin{std::chrono::seconds{1'795'545'600}};

VerifiedChains::Verified verified() {
  return {.facts = {"CN=leaf", "CN=issuer", begin + 48h}, .from = begin, .until = begin + 24h};
}

}  // namespace

TEST_CASE("a verified chain counts while all its certificates are valid", "[net]") {
  VerifiedChains chains;
  chains.add("key", verified());
  CHECK_FALSE(chains.find("key", begin - 1s));
  CHECK(chains.find("key", begin));
  CHECK(chains.find("key", begin + 24h));
  CHECK_FALSE(chains.find("key", begin + 24h + 1s));
  CHECK(chains.find("key", begin)->subject == "CN=leaf");
  CHECK_FALSE(chains.find("another", begin));
}

TEST_CASE("a chain with a fault is verified each time", "[net]") {
  for (const auto fault :
       {&Certificate::issuer_known, &Certificate::in_time, &Certificate::name_matches}) {
    auto faulty = verified();
    faulty.facts.*fault = false;
    VerifiedChains chains;
    chains.add("key", faulty);
    CHECK_FALSE(chains.find("key", begin));
  }
}

TEST_CASE("a chain without a key is not kept", "[net]") {
  VerifiedChains chains;
  chains.add("", verified());
  CHECK_FALSE(chains.find("", begin));
}

TEST_CASE("the number of verified chains is bounded", "[net]") {
  VerifiedChains chains;
  for (std::size_t i = 0; i <= VerifiedChains::max_chains; ++i) {
    chains.add(fmt::format("{}", i), verified());
  }
  CHECK_FALSE(chains.find("0", begin));
  CHECK(chains.find(fmt::format("{}", VerifiedChains::max_chains), begin));
}
