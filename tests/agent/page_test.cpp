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

// A line for each of many networks, 1 MB.
std::string metrics_of_networks() {
  std::string text;
  for (int i = 0; text.size() < 1'000'000; ++i) {
    text += "cal_probe_runs_total{network=\"n" + std::to_string(i) + "\"} " +
            std::to_string(i * 7919) + '\n';
  }
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

TEST_CASE("of the page before everything is taken over that is the same", "[page]") {
  const auto text = metrics_of_networks();
  const GzipPrefix before(text);
  CHECK(before.compressed_anew() == text.size());
  const GzipPrefix same(text, &before);
  CHECK(same.compressed_anew() == 0);
  CHECK(gunzip(same.closed_by("tail\n")) == text + "tail\n");
}

TEST_CASE("a value that gets longer costs its piece and not all that follow", "[page]") {
  const auto text = metrics_of_networks();
  const GzipPrefix before(text);
  auto changed = text;
  changed.insert(changed.find('\n'), "0123");
  const GzipPrefix after(changed, &before);
  CHECK(after.compressed_anew() > 0);
  CHECK(after.compressed_anew() < 200'000);
  CHECK(gunzip(after.closed_by("")) == changed);
}

TEST_CASE("a page compresses once", "[page]") {
  const Page page("page\n");
  CHECK(&page.gzip() == &page.gzip());
  CHECK(gunzip(page.gzip().closed_by("")) == page.text());
}
