// What every probe must have, so that none is added incompletely.
#include "probes/registry.h"

#include "agent/metrics/metrics.h"
#include "agent/pages/markdown.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace cal;

namespace {

const std::filesystem::path root = cal::fakes::source_tree();

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

bool is_snake_case(std::string_view word) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  return word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == word.npos &&
         word.find_first_of(letters) == 0 && !word.ends_with('_') && word.find("__") == word.npos;
}

}  // namespace

TEST_CASE("a probe has its files, its runbook and its block in the shipped configuration",
          "[registry]") {
  const auto config = text_of(root / "config/cal_exporter.yml");
  for (const auto& kind : probe_registry().kinds) {
    const std::string name(kind.name);
    INFO(name);
    CHECK(std::filesystem::exists(root / "probes" / name / (name + ".h")));
    CHECK(std::filesystem::exists(root / "probes" / name / (name + ".cpp")));
    CHECK(std::filesystem::exists(root / "tests/probes" / name / (name + "_test.cpp")));
    CHECK(config.find("      " + name + ":") != std::string::npos);
    const auto page = text_of(root / "probes" / name / "README.md");
    for (const auto* heading :
         {"## How it asks", "## Rights it needs", "## Reasons", "## Diagnose", "## Resolve",
          "## Verify", "## Options", "## Metrics", "## Example alert", "## Check by hand"}) {
      INFO(heading);
      CHECK(page.find(heading) != std::string::npos);
    }
    for (const auto& reason : kind.reasons) {
      INFO(reason.word);
      CHECK(page.find("`" + std::string(reason.word) + "`") != std::string::npos);
    }
    for (const auto& family : kind.families) {
      INFO(family.name);
      CHECK(page.find("`" + std::string(family.name) + "`") != std::string::npos);
    }
  }
}

TEST_CASE("a runbook has the steps for each fault, and how to see that it is over", "[registry]") {
  for (const auto& kind : probe_registry().kinds) {
    const auto runbook =
        html_of_markdown(Links(), text_of(root / "probes" / std::string(kind.name) / "README.md"));
    for (const auto& reason : kind.reasons) {
      if (reason.severity == Severity::ok || reason.verdict == Verdict::unknown) continue;
      INFO(kind.name << ": a heading ### below ## Resolve with `" << reason.word
                     << "`, and **Check:**");
      const auto steps = steps_for(reason.word, runbook.sections);
      CHECK(steps.str().find("<strong>Check:</strong>") != std::string::npos);
    }
  }
}

TEST_CASE("reasons are single words, complete and distinct", "[registry]") {
  for (const auto& kind : probe_registry().kinds) {
    std::set<std::string_view> words;
    for (const auto& reason : kind.reasons) {
      INFO(kind.name << " " << reason.word);
      CHECK(is_snake_case(reason.word));
      CHECK(words.insert(reason.word).second);
      CHECK(reason.meaning.ends_with("."));
      CHECK(reason.action.ends_with("."));
      if (reason.verdict == Verdict::present) CHECK(reason.severity != Severity::ok);
      if (reason.verdict == Verdict::unknown) CHECK(reason.severity == Severity::warning);
    }
  }
}

TEST_CASE("a metric family has one owner, and its labels do not clash with target labels",
          "[registry]") {
  std::set<std::string_view> names;
  const auto check = [&](const MetricFamily& family) {
    INFO(family.name);
    CHECK(names.insert(family.name).second);
    CHECK(family.name.starts_with("cal_"));
    CHECK(is_snake_case(family.name));
    CHECK((family.type == MetricType::counter) == family.name.ends_with("_total"));
    CHECK_FALSE(family.help.empty());
    for (const auto& label : family.labels) {
      const std::set<std::string_view> taken{"type", "owner",  "service", "env",     "zone",
                                             "job",  "region", "cluster", "instance"};
      CHECK_FALSE(taken.contains(label));
    }
  };
  for (const auto* family : frame_families()) check(*family);
  for (const auto& kind : probe_registry().kinds) {
    for (const auto& family : kind.families) check(family);
  }
  for (const auto& family : probe_registry().network_families) check(family);
}

TEST_CASE("every probe's folder is in the registry", "[registry]") {
  const auto registry = text_of(root / "probes/registry.cpp");
  for (const auto& entry : std::filesystem::directory_iterator(root / "probes")) {
    const auto name = entry.path().filename().string();
    if (!std::filesystem::exists(entry.path() / (name + ".cpp"))) continue;
    INFO(name);
    CHECK(registry.find(name + "::kind()") != std::string::npos);
  }
}
