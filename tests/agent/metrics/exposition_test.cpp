#include "agent/metrics/exposition.h"

#include "tests/catch.h"
#include "tests/fakes/gunzip.h"

#include <algorithm>

using cal::Exposition;
using cal::ExpositionWriter;
using cal::fakes::gunzip;

namespace {

std::shared_ptr<const Exposition> page_of(std::string_view text,
                                          const Exposition* before = nullptr) {
  ExpositionWriter writer(before);
  writer.append(text);
  return writer.finish();
}

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

TEST_CASE("an exposition is one gzip member with the text and the tail", "[page]") {
  const auto text = metrics_of_size(GENERATE(0U, 1U, 20'000U, 300'000U));
  const auto tail = metrics_of_size(GENERATE(0U, 1U, 1'000U, 70'000U));
  const auto page = page_of(text);
  CHECK(gunzip(page->gzip(tail)) == text + tail);
  CHECK(page->text() == text);
  CHECK(page->text(tail) == text + tail);
}

TEST_CASE("a text is read in parts of any size", "[page]") {
  const auto text = metrics_of_networks();
  const auto page = page_of(text);
  REQUIRE(page->text_size() == text.size());
  std::string room(GENERATE(1'000U, 40'000U, 1'000'000U), ' ');
  std::string read;
  while (const auto size = page->read_text(read.size(), room)) read.append(room, 0, size);
  CHECK(read == text);
}

TEST_CASE("text that cannot be compressed survives", "[page]") {
  std::string noise;
  std::uint32_t state = 1;
  while (noise.size() < 300'000) {
    state = state * 1664525U + 1013904223U;
    noise.push_back(static_cast<char>(state >> 24));
  }
  const auto page = page_of(noise);
  CHECK(gunzip(page->gzip(noise)) == noise + noise);
  CHECK(page->text() == noise);
}

TEST_CASE("one exposition takes many tails", "[page]") {
  const auto page = page_of("page\n");
  CHECK(gunzip(page->gzip("a\n")) == "page\na\n");
  CHECK(gunzip(page->gzip("b\n")) == "page\nb\n");
}

TEST_CASE("a page of metrics shrinks to less than a tenth", "[page]") {
  const auto text = metrics_of_size(20'000);
  CHECK(page_of(text)->gzip("").size() < text.size() / 10);
}

TEST_CASE("a text in any portions gives the same exposition", "[page]") {
  const auto text = metrics_of_networks();
  const auto whole = page_of(text);
  ExpositionWriter writer(whole.get());
  const auto portion = GENERATE(1U, 37U, 4'096U, 100'000U);
  for (std::string_view left = text; !left.empty();) {
    writer.append(left.substr(0, portion));
    left.remove_prefix(std::min<std::size_t>(portion, left.size()));
  }
  const auto page = writer.finish();
  CHECK(page->newly_compressed() == 0);
  CHECK(page->text() == text);
}

TEST_CASE("unchanged pieces of the previous exposition are reused", "[page]") {
  const auto text = metrics_of_networks();
  const auto before = page_of(text);
  CHECK(before->newly_compressed() == text.size());
  const auto same = page_of(text, before.get());
  CHECK(same->newly_compressed() == 0);
  CHECK(gunzip(same->gzip("tail\n")) == text + "tail\n");
}

TEST_CASE("a longer value changes its own piece and none that follow", "[page]") {
  const auto text = metrics_of_networks();
  const auto before = page_of(text);
  auto changed = text;
  changed.insert(changed.find('\n'), "0123");
  const auto after = page_of(changed, before.get());
  CHECK(after->newly_compressed() > 0);
  CHECK(after->newly_compressed() < 200'000);
  CHECK(gunzip(after->gzip("")) == changed);
}

TEST_CASE("a writer is empty after it has made a page", "[page]") {
  ExpositionWriter writer;
  writer.append("one\ntwo");
  CHECK(writer.finish()->text() == "one\ntwo");
  CHECK(writer.finish()->text().empty());
}
