#include "agent/page.h"

#include "tests/fakes/gunzip.h"

#include <catch2/catch.hpp>

using cal::GzipPrefix;
using cal::Page;
using cal::fakes::gunzip;

namespace {

// Text that compresses as metrics do, `size` bytes long.
std::string metrics_of_size(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) {
    text +=
        "cal_probe_verdict{network=\"ebs\",verdict=\"clear\"} " + std::to_string(i * 7919) + '\n';
  }
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("a closed gzip prefix is one member that holds the text and the tail", "[page]") {
  const auto text = metrics_of_size(GENERATE(0U, 1U, 20'000U, 300'000U));
  const auto tail = metrics_of_size(GENERATE(0U, 1U, 1'000U, 70'000U));
  CHECK(gunzip(GzipPrefix(text).closed_by(tail)) == text + tail);
}

TEST_CASE("text that cannot be compressed survives", "[page]") {
  std::string noise;
  std::uint32_t state = 1;
  while (noise.size() < 100'000) {
    state = state * 1664525U + 1013904223U;
    noise.push_back(static_cast<char>(state >> 24));
  }
  CHECK(gunzip(GzipPrefix(noise).closed_by(noise)) == noise + noise);
}

TEST_CASE("one prefix takes many tails", "[page]") {
  const GzipPrefix prefix("page\n");
  CHECK(gunzip(prefix.closed_by("a\n")) == "page\na\n");
  CHECK(gunzip(prefix.closed_by("b\n")) == "page\nb\n");
}

TEST_CASE("a page of metrics shrinks to less than a tenth", "[page]") {
  const auto text = metrics_of_size(20'000);
  CHECK(GzipPrefix(text).closed_by("").size() < text.size() / 10);
}

TEST_CASE("a page compresses once", "[page]") {
  const Page page("page\n");
  CHECK(&page.gzip() == &page.gzip());
  CHECK(gunzip(page.gzip().closed_by("")) == page.text());
}
