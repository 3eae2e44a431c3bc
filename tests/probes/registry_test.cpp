// What every probe must have, so that none is added incompletely.
#include "probes/registry.h"

#include "agent/diagnosis/diagnosis.h"
#include "agent/metrics/metrics.h"
#include "agent/pages/markdown.h"
#include "tests/catch.h"
#include "tests/fakes/mentions.h"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

using namespace cal;
using fakes::check_mention;

namespace {

const std::filesystem::path root = fakes::source_tree();

void check_file(const std::string& file, const std::string& step) {
  INFO(file << " does not exist: " << step);
  CHECK(std::filesystem::exists(root / file));
}

bool is_snake_case(std::string_view word) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  return word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == word.npos &&
         word.find_first_of(letters) == 0 && !word.ends_with('_') && word.find("__") == word.npos;
}

}  // namespace

TEST_CASE("a probe has its files, and its runbook is complete", "[registry]") {
  for (const auto& kind : probe_registry().kinds) {
    const std::string name(kind.name);
    const auto folder = "probes/" + name + "/";
    for (const auto* extension : {".h", ".cpp"}) {
      check_file(folder + name + extension, "a probe's folder and files have its name");
    }
    check_file("tests/" + folder + name + "_test.cpp", "add a table over judge()");
    const auto runbook = folder + "README.md";
    for (const auto* heading :
         {"## How it asks", "## Rights it needs", "## Reasons", "## Diagnose", "## Resolve",
          "## Verify", "## Options", "## Metrics", "## Example alert", "## Check by hand"}) {
      check_mention(runbook, heading, "all runbooks have this heading");
    }
    for (const auto& reason : kind.reasons) {
      check_mention(runbook, "`" + std::string(reason.word) + "`", "add a row under Reasons");
    }
    for (const auto& family : kind.families) {
      check_mention(runbook, "`" + std::string(family.name) + "`", "add a row under Metrics");
    }
  }
}

TEST_CASE("a runbook has the steps for each fault, and how to see that it is over", "[registry]") {
  for (const auto& kind : probe_registry().kinds) {
    const auto file = "probes/" + std::string(kind.name) + "/README.md";
    const auto runbook = html_of_markdown(Links(), fakes::text_of(file));
    for (const auto& reason : kind.reasons) {
      if (reason.severity == Severity::ok || reason.verdict == Verdict::unknown) continue;
      INFO(kind.name << ": a heading ### below ## Resolve with `" << reason.word
                     << "`, and **Check:**");
      const auto steps = steps_for(reason.word, runbook.sections);
      CHECK(steps.str().find("<strong>Check:</strong>") != std::string::npos);
    }
  }
}

// Steps for reasons that only one profile has need no mark.
TEST_CASE("a runbook speaks to a network of its profile", "[registry]") {
  struct Reader {
    Profile profile;
    std::vector<std::string> words_of_others;
  };
  for (const auto& [profile, words] :
       {Reader{Profile::rds,
               {"Windows EBS", "CAL pack", "CAL Packs", "install the pack", "vent 5"}},
        Reader{Profile::ebs, {"Remote Desktop", "RD Licensing", "session host"}}}) {
    for (const auto* probe : {"administrators_membership", "internet_connectivity",
                              "directory_permissions", "license_compliance", "activation_events"}) {
      const auto file = "probes/" + std::string(probe) + "/README.md";
      const auto text = fakes::text_of(file);
      const auto page = html_of_markdown(Links(), text, RunbookReader{profile});
      const auto verify = std::ranges::find(page.sections, "Verify", &MarkdownSection::heading);
      REQUIRE(verify != page.sections.end());
      auto steps = verify->html.str();
      for (const auto* reason : {"not_member", "tls_expired", "tcp_refused", "none_left",
                                 "none_installed", "activation_failed"}) {
        const RunbookReader reader{profile, reason};
        steps += steps_for(reason, html_of_markdown(Links(), text, reader).sections).str();
      }
      for (const auto& word : words) {
        INFO(file << " for " << name_of(profile) << " says " << word);
        CHECK(steps.find(word) == steps.npos);
      }
    }
  }
}

TEST_CASE("a link within a runbook leads to a heading, also on the agent's page", "[registry]") {
  constexpr std::string_view start = "href=\"#";
  for (const auto& kind : probe_registry().kinds) {
    const auto file = "probes/" + std::string(kind.name) + "/README.md";
    const auto html = html_of_markdown(Links(), fakes::text_of(file)).body().str();
    for (auto at = html.find(start); at != html.npos; at = html.find(start, at + 1)) {
      const auto begin = at + start.size();
      const auto id = html.substr(begin, html.find('"', begin) - begin);
      INFO(file << " links to #" << id);
      CHECK(html.find("<span id=\"" + id + "\">") != html.npos);
    }
  }
}

// The steps are those of CONTRIBUTING.md, "Add a probe".
TEST_CASE("a probe is in every list of probes", "[registry]") {
  struct List {
    std::string file, before, after, step;
  };
  const std::vector<List> lists{
      {"config/cal_exporter.yml", "      ", ":", "add a block, every key with a comment"},
      {"tests/contract/configuration.py", "'", "': {", "add its required options to _PROBES"},
      {"README.md", "(probes/", "/README.md)", "add a row to the table What it watches"},
      {"probes/README.md", "`", "/`", "add a row to the table of probes"},
      {"agent/docs/metrics.md", "## ", "", "add a section with the table of its families"},
  };
  for (const auto& kind : probe_registry().kinds) {
    const std::string name(kind.name);
    for (const auto& [file, before, after, step] : lists) {
      check_mention(file, before + name + after, step);
    }
    if (!kind.cause) continue;
    check_mention("tests/lab/faults.py", "'" + name + "': ",
                  "it answers for a cause: add a fault for `./run break` to FAULTS");
  }
}

TEST_CASE("a metric family is documented", "[registry]") {
  const auto check = [](const MetricFamily& family) {
    check_mention("agent/docs/metrics.md", "`" + std::string(family.name) + "`",
                  "add a row to the table of its probe");
  };
  for (const auto* family : frame_families()) check(*family);
  for (const auto& kind : probe_registry().kinds) {
    for (const auto& family : kind.families) check(family);
  }
  for (const auto& family : probe_registry().network_families) check(family);
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

// By the reason alone: a probe may say it more exactly in Outcome::action.
TEST_CASE("the first step of a network is the action of the reason that was found", "[registry]") {
  for (const auto& kind : probe_registry().kinds) {
    for (const auto& reason : kind.reasons) {
      if (reason.verdict == Verdict::clear) continue;
      for (const auto cause : all_causes) {
        if (kind.cause && cause != *kind.cause) continue;
        INFO(kind.name << " " << reason.word << " " << name_of(cause));
        auto instance = std::make_shared<Instance>();
        instance->kind = &kind;
        if (reason.verdict == Verdict::unknown) instance->causes = {page_causes[0]};
        if (kind.cause) instance->causes = {*kind.cause};
        Outcome outcome{&reason, "it was found"};
        if (reason.verdict == Verdict::present) {
          outcome.implications = {{cause, Strength::strong, "it was found"}};
        }
        const Row row{instance, std::make_shared<const Outcome>(outcome)};
        CHECK(diagnose(std::span(&row, 1)).first_step == reason.action);
      }
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
  for (const auto& entry : std::filesystem::directory_iterator(root / "probes")) {
    const auto name = entry.path().filename().string();
    if (!std::filesystem::exists(entry.path() / (name + ".cpp"))) continue;
    check_mention("probes/registry.cpp", " " + name + "::kind()", "add it to the kinds");
  }
}
