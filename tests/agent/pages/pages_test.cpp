// The pages: what is on them.
#include "agent/pages/probe_page.h"
#include "agent/pages/runbook_page.h"
#include "agent/pages/status_page.h"
#include "tests/catch.h"
#include "tests/fakes/golden.h"
#include "tests/fakes/sample_board.h"

#include <fmt/format.h>

using namespace cal;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Rows many_networks(int count) {
  Rows rows;
  for (int i = 0; i < count; ++i) {
    const auto& reason = fakes::reasons[i == 7 ? 2 : 0];
    rows.push_back(fakes::sample_row("net" + std::to_string(i), reason, "summary"));
  }
  return rows;
}

}  // namespace

TEST_CASE("a few networks are shown whole, the diagnosis before the probes", "[pages]") {
  const auto page = status_page(Links(), fakes::sample_rows(), {""}, fakes::sample_now);
  CHECK_FALSE(has(page, "role=\"search\""));
  CHECK(page.find("Likely cause") < page.find("<article"));
  CHECK(has(page, "href=\"/runbooks/fake?network=ebs\""));
  CHECK(has(page, "href=\"/probes/ebs/fake\""));
}

TEST_CASE("the question of the page is that of the networks on it", "[pages]") {
  const auto with = [](std::initializer_list<Profile> profiles) {
    Rows rows;
    for (const auto profile : profiles) {
      auto row = fakes::sample_row("net" + std::to_string(rows.size()), fakes::reasons[0], "fine");
      auto instance = *row.instance;
      instance.profile = profile;
      row.instance = std::make_shared<const Instance>(std::move(instance));
      rows.push_back(std::move(row));
    }
    return status_page(Links(), rows, {""}, fakes::sample_now);
  };
  CHECK(has(with({Profile::ebs}), "<h1>Why does the CAL pack not activate?</h1>"));
  CHECK(has(with({Profile::rds}), "<h1>Why do Remote Desktop users get no license?</h1>"));
  CHECK_FALSE(has(with({Profile::rds}), "CAL pack"));
  CHECK(has(with({Profile::ebs, Profile::rds}), "or do users get no license?</h1>"));
}

TEST_CASE("without a network the page says how to begin", "[pages]") {
  const auto page = status_page(Links(), {}, {""}, fakes::sample_now);
  CHECK(has(page, "no network is configured"));
  CHECK(has(page, "<code>systemctl reload cal_exporter</code>"));
}

TEST_CASE("a paused network is named, beside others and alone", "[pages]") {
  for (const auto& rows : {Rows(), fakes::sample_rows()}) {
    const auto page = status_page(Links(), rows, {""}, fakes::sample_now, {"north", "south"});
    CHECK(has(page, "Paused, not watched: <b>north</b>, <b>south</b>"));
    CHECK_FALSE(has(page, "no network is configured"));
  }
  CHECK_FALSE(has(status_page(Links(), fakes::sample_rows(), {""}, fakes::sample_now), "Paused"));
}

TEST_CASE("many networks are a list, the worst first, and a search", "[pages]") {
  const auto page = status_page(Links(), many_networks(500), {""}, fakes::sample_now);
  CHECK(has(page, "role=\"search\""));
  CHECK_FALSE(has(page, "<article"));
  CHECK(page.find(">net7<") < page.find(">net0<"));
  CHECK(page.size() < 100'000);
}

TEST_CASE("a search shows the networks that it finds whole", "[pages]") {
  const auto rows = many_networks(500);
  const auto one = status_page(Links(), rows, {"net7"}, fakes::sample_now);
  CHECK(has(one, "id=\"net7\""));
  CHECK_FALSE(has(one, "id=\"net70\""));  // a whole name means that one
  CHECK(has(status_page(Links(), rows, {" NET7\t"}, fakes::sample_now), "id=\"net7\""));
  const auto some = status_page(Links(), rows, {"t49"}, fakes::sample_now);
  CHECK(has(some, ">net49<"));
  CHECK(has(some, ">net499<"));
  CHECK_FALSE(has(some, ">net48<"));
  const auto none = status_page(Links(), rows, {"\"><script>"}, fakes::sample_now);
  CHECK(has(none, "No network matches"));
  CHECK_FALSE(has(none, "<script>"));
}

TEST_CASE("a ladder, a chain, a meter and a deciding entry are drawn as such", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  using Form = Evidence::Form;
  outcome->evidence = {{Verdict::present, "way", "dns ok → tcp broken (refused)", Form::ladder},
                       {Verdict::clear, "chain", "a → <b> → c", Form::chain},
                       {Verdict::present, "entry 2", "► (D;;WP;;;SY)", Form::entry},
                       {std::nullopt, "entry 3", "(A;;WP;;;SY)", Form::entry},
                       {Verdict::clear, "Standard", "8 of 10", Form::fact, Evidence::Meter{8, 10}}};
  row.outcome = outcome;
  const auto page = status_page(Links(), {row}, {""}, fakes::sample_now);
  CHECK(has(page, "<ol class=\"ladder\"><li>dns ok</li><li>tcp broken (refused)</li></ol>"));
  CHECK(has(page, "<ol class=\"chain\"><li>a</li><li>&lt;b&gt;</li><li>c</li></ol>"));
  CHECK(has(page,
            "<li class=\"bad\"><span class=\"badge\">✗ cause found</span> <b>entry 2</b>: "
            "<mark>► (D;;WP;;;SY)</mark></li>"));
  CHECK_FALSE(has(page, "<mark>(A;;WP;;;SY)"));
  CHECK(has(page,
            "<meter aria-label=\"Standard: share in use\" min=\"0\" max=\"10\" low=\"9\" "
            "high=\"9.9\" optimum=\"0\" value=\"8\">8 of 10</meter>"));
  CHECK(has(page, "<h3>Licenses</h3>"));
}

TEST_CASE("licenses show whose they are", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[0], "all is well");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->evidence = {{Verdict::clear, "Standard", "8 of 10", Evidence::Form::fact,
                        Evidence::Meter{8, 10, "LS<1>"}}};
  row.outcome = outcome;
  CHECK(has(status_page(Links(), {row}, {""}, fakes::sample_now),
            "<b>Standard</b> (LS&lt;1&gt;): 8 of 10"));
}

TEST_CASE("the look is that of the word: only a cause found is bad, and only ok is good",
          "[pages]") {
  static constexpr Reason suspicious{"suspicious", Verdict::present, Severity::warning, "", ""};
  struct Look {
    const Reason& reason;
    std::string card, badge, item;
  };
  for (const auto& [reason, card, badge, item] :
       {Look{fakes::reasons[0], "good", "✓ not the cause", "good"},
        Look{fakes::reasons[1], "notice", "! to put right", "good"},
        Look{fakes::reasons[2], "bad", "✗ cause found", "bad"},
        Look{suspicious, "possible", "! possible cause", "possible"},
        Look{fakes::reasons[3], "unknown", "? could not check", "unknown"}}) {
    const auto row = fakes::sample_row("ebs", reason, "it is so");
    INFO(reason.word);
    for (const auto& page :
         {status_page(Links(), {row}, {""}, fakes::sample_now),
          runbook_page(Links(), "fake", "# fake\n", {row}, "ebs", {}, fakes::sample_now)}) {
      CHECK(has(page, "<div class=\"card " + card + "\">"));
      CHECK(has(page, "<span class=\"badge\">" + badge + "</span>"));
      CHECK(has(page, "<li class=\"" + item + "\"><span class=\"badge\">"));
    }
  }
}

TEST_CASE("a fault has one beginning on the page, with zone and age", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  const std::string since =
      "<time datetime=\"2026-11-24T16:40:00Z\">2026-11-24 16:40:00 UTC</time> (2 h ago)";
  const auto status = [&] { return status_page(Links(), {row}, {""}, fakes::sample_now); };
  const auto runbook = [&] {
    return runbook_page(Links(), "fake", "# fake\n", {row}, "ebs", {}, fakes::sample_now);
  };
  CHECK(has(status(), "<p class=\"soft\">Since " + since + "</p>"));
  CHECK(has(status(), "; a fault since " + since));
  CHECK(has(runbook(), "<p class=\"soft\">Since " + since + "</p>\n<p><strong>What to do:"));
  row.since = fakes::sample_now - 1min;  // another reason of the same fault
  CHECK(has(runbook(), "Since " + since));
  row.found_since->or_earlier = true;
  row.causes.front().since.or_earlier = true;
  CHECK(has(status(), since + ", or earlier</p>"));
  CHECK(has(runbook(), since + ", or earlier</p>"));
  row = fakes::sample_row("ebs", fakes::reasons[0], "all is well");
  CHECK(has(status(), "; unchanged since " + since));
  CHECK_FALSE(has(status(), ">Since "));
  CHECK_FALSE(has(runbook(), ">Since "));
}

TEST_CASE("a cause that only events show was last seen", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it failed");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->implications = {{Cause::other, Strength::weak, "it failed", fakes::sample_now - 1h}};
  row.outcome = outcome;
  CHECK(has(status_page(Links(), {row}, {""}, fakes::sample_now),
            "Last seen <time datetime=\"2026-11-24T17:40:00Z\">2026-11-24 17:40:00 UTC</time> (1 h "
            "ago)"));
}

TEST_CASE("a list of causes names the probes that found them, and repeats nothing", "[pages]") {
  auto rows = fakes::sample_rows();
  auto outcome = Outcome{&fakes::reasons[2], "the fault in words"};
  outcome.implications = {
      {Cause::directory_not_writable, Strength::strong, "the fault in words", std::nullopt},
      {Cause::other, Strength::weak, "an event of yesterday", std::nullopt}};
  rows.front().outcome = std::make_shared<Outcome>(std::move(outcome));
  const auto page = status_page(Links(), rows, {""}, fakes::sample_now);
  const auto list = page.substr(page.find("Causes, most likely first"));
  const auto causes = list.substr(0, list.find("</ol>"));
  CHECK(has(causes, "Found by <a"));
  CHECK_FALSE(has(causes, "the fault in words"));
  CHECK(has(causes, "an event of yesterday"));
}

TEST_CASE("the bar is full where more is in use than there is", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "too many");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  const auto bar = [&](double used, double total) {
    outcome->evidence = {
        {Verdict::present, "Standard", "", Evidence::Form::fact, Evidence::Meter{used, total}}};
    row.outcome = outcome;
    const auto page = status_page(Links(), {row}, {""}, fakes::sample_now);
    return page.substr(page.find("max=\""), page.find("</meter>") - page.find("max=\""));
  };
  const std::string full = "max=\"1\" low=\"0.9\" high=\"0.99\" optimum=\"0\" value=\"1\">3 of ";
  CHECK(bar(3, 0) == full + "0");
  CHECK(bar(3, 1) == full + "1");
  CHECK(has(bar(0, 0), "value=\"0\">0 of 0"));
}

TEST_CASE("the title and the list show how certain a cause is", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  const auto title = [&](Strength strength) {
    outcome->implications = {{Cause::other, strength, "it is so"}};
    row.outcome = outcome;
    const auto page = status_page(Links(), {row}, {""}, fakes::sample_now);
    return page.substr(page.find("<title>"), page.find("</title>") - page.find("<title>"));
  };
  CHECK(title(Strength::weak) == "<title>ebs: possible cause");
  CHECK(title(Strength::strong) == "<title>ebs: likely cause");
  CHECK(title(Strength::certain) == "<title>ebs: certain cause");
  auto rows = many_networks(20);
  row.instance = fakes::instance("weak");
  outcome->implications = {{Cause::other, Strength::weak, "it is so"}};
  rows.push_back(row);
  const auto page = status_page(Links(), rows, {""}, fakes::sample_now);
  CHECK(has(page, "21 networks: 1 likely cause, 1 possible cause, 19 no cause found"));
  CHECK(page.find(">net7<") < page.find(">weak<"));
}

TEST_CASE("the link to all steps leads to those of the network", "[pages]") {
  const auto page = [](const Reason& reason) {
    return status_page(Links(), {fakes::sample_row("ebs", reason, "")}, {""}, fakes::sample_now);
  };
  CHECK(has(page(fakes::reasons[2]), "<a href=\"/runbooks/fake?network=ebs\">All steps</a>"));
  CHECK(has(page(fakes::reasons[3]), "<a href=\"/runbooks/fake?network=ebs\">All steps</a>"));
}

TEST_CASE("after a repair the history shows first that the fault is over", "[pages]") {
  History history(100'000);
  auto now = fakes::sample_row("ebs", fakes::reasons[0], "all is well");
  now.since = fakes::sample_now - 3s;
  history.add(now.outcome, fakes::sample_now - 1h, 12ms);
  history.add(fakes::sample_row("ebs", fakes::reasons[2], "it is broken").outcome,
              fakes::sample_now - 2min, 15ms);
  history.add(now.outcome, fakes::sample_now - 3s, 12ms);
  const auto page = probe_page(Links(), {now, history.episodes()}, fakes::sample_now);
  CHECK(has(page, "Current result, for 3 s</h2>"));
  CHECK(has(page, "<h3>fake: <span class=\"badge\">✓ not the cause</span>"));
  CHECK(page.find("Current result, for 3 s") < page.find("First bad"));
  CHECK(has(page, "2 min ago</time>; good again <time"));
  CHECK(has(page, "<a href=\"/?search=ebs\">All probes in ebs</a>"));
}

TEST_CASE("a probe that could not check is shown as unknown and ongoing, not as bad", "[pages]") {
  History history(100'000);
  const auto blind = fakes::sample_row("ebs", fakes::reasons[3], "cannot see");
  history.add(blind.outcome, fakes::sample_now - 12s, 15ms);
  const auto page = probe_page(Links(), {blind, history.episodes()}, fakes::sample_now);
  CHECK(has(page, "First unknown"));
  CHECK_FALSE(has(page, "First bad"));
  CHECK(has(page, "; ongoing"));
}

TEST_CASE("a probe that looks for no cause has a fault, not a cause", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto instance = std::make_shared<Instance>(*row.instance);
  instance->causes.clear();
  row.instance = instance;
  CHECK(has(status_page(Links(), {row}, {""}, fakes::sample_now),
            "<span class=\"badge\">✗ fault</span> Fake"));
}

TEST_CASE("the page of a probe's history is the golden one", "[golden]") {
  History history(100'000);
  const auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is <broken>");
  const auto good = fakes::sample_row("ebs", fakes::reasons[0], "all is well");
  for (int i = 0; i < 3; ++i) history.add(good.outcome, fakes::sample_now - 1h + i * 1min, 12ms);
  history.add(row.outcome, fakes::sample_now - 12s, 15ms);
  const auto page = probe_page(Links(), {row, history.episodes()}, fakes::sample_now);
  CHECK(page == fakes::golden("probe.html", page));
}

TEST_CASE("the page of a runbook is the golden one", "[golden]") {
  const auto page = runbook_page(Links(), "fake", "# fake\n\n## Resolve\n\n1. Repair it.\n",
                                 fakes::sample_rows(), "", {}, fakes::sample_now);
  CHECK(page == fakes::golden("runbook.html", page));
  CHECK(page.find("</h1>") < page.find("Current results"));
  CHECK(page.find("Current results") < page.find("Repair it.</li>"));
}

TEST_CASE("the runbook of a network shows only the steps for what was found", "[pages]") {
  const auto markdown =
      "# fake\n\n## Diagnose\n\nLook.\n\n## Resolve\n\n### `broken`\n\n1. Repair it.\n\n"
      "### `other` `third`\n\n1. Repair another thing.\n\n## Verify\n\nIt is clear.\n";
  const auto page = runbook_page(Links(), "fake", markdown,
                                 {fakes::sample_row("ebs", fakes::reasons[2], "broken")}, "ebs", {},
                                 fakes::sample_now);
  const auto folded = page.find("<details");
  CHECK(page.find("Repair it.") < folded);
  CHECK(page.find("It is clear.") < folded);
  CHECK(page.find("Repair another thing.") > folded);
  CHECK(page.find("Look.") > folded);
}

TEST_CASE("the page of a network's runbook is headed by what was found", "[pages]") {
  const auto page = [](const Reason& reason, std::string summary) {
    return runbook_page(Links(), "fake", "# fake\n",
                        {fakes::sample_row("ebs", reason, std::move(summary))}, "ebs", {},
                        fakes::sample_now);
  };
  const auto broken = page(fakes::reasons[2], "Host <A> is broken. Repair it. Then rest.");
  CHECK(has(broken, "<title>ebs: Host &lt;A&gt; is broken.</title>"));
  CHECK(has(broken,
            "<h1><span class=\"badge\">✗ cause found</span> Host &lt;A&gt; is broken.</h1>\n"
            "<p>Then rest.</p>\n"));
  CHECK_FALSE(has(broken, "Is it fine?"));
  const auto well = page(fakes::reasons[0], "all is well");
  CHECK(has(well,
            "<h1><span class=\"badge\">✓ not the cause</span> all is well</h1>\n"
            "<p class=\"soft\">Is it fine?</p>\n"));
  CHECK(has(well, "<title>ebs: all is well</title>"));
}

TEST_CASE("the runbook of a network says what the fault stops", "[pages]") {
  auto row = fakes::sample_row("net", fakes::reasons[2], "broken");
  auto instance = std::make_shared<Instance>(*row.instance);
  instance->profile = Profile::rds;
  row.instance = instance;
  const auto page = [&] {
    return runbook_page(Links(), "fake", "# fake\n", {row}, "net", {}, fakes::sample_now);
  };
  instance->causes = {Cause::internet_unreachable};
  CHECK(has(page(),
            "This means: licenses cannot be activated over the Internet, and those that are "
            "installed keep working."));
  instance->causes = {Cause::licenses_exhausted, Cause::other};
  CHECK_FALSE(has(page(), "This means"));
  instance->causes = {Cause::pack_already_installed};  // that is what was found
  CHECK_FALSE(has(page(), "This means"));
}

TEST_CASE("the runbook of a network is that of its profile", "[pages]") {
  const auto markdown =
      "# fake\n\n## Resolve\n\n### `broken`\n\n1. **EBS:** repair the pack.\n"
      "2. **Remote Desktop:** repair the server.\n\n## Verify\n\n**EBS:** install the pack.\n";
  for (const auto profile : all_profiles) {
    auto row = fakes::sample_row("net", fakes::reasons[2], "broken");
    auto instance = *row.instance;
    instance.profile = profile;
    row.instance = std::make_shared<const Instance>(std::move(instance));
    const auto page = runbook_page(Links(), "fake", markdown, {row}, "net", {}, fakes::sample_now);
    const bool is_ebs = profile == Profile::ebs;
    CHECK(has(page, "Repair the pack.") == is_ebs);
    CHECK(has(page, "Install the pack.") == is_ebs);
    CHECK(has(page, "Repair the server.") == !is_ebs);
  }
}

TEST_CASE("of a ladder, only the stage that is broken now is shown as it was before", "[pages]") {
  History history(100'000);
  const auto seen = [](const Reason& reason, std::string text) {
    auto outcome = std::make_shared<Outcome>(*fakes::sample_row("ebs", reason, "so").outcome);
    outcome->evidence = {{reason.verdict, "way", std::move(text), Evidence::Form::ladder}};
    return outcome;
  };
  history.add(seen(fakes::reasons[0], "tcp ok (1:443) → tls ok (CN=old) → http ok (HTTP 200)"),
              fakes::sample_now - 1h, 12ms);
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  row.outcome = seen(fakes::reasons[2], "tcp ok (2:443) → tls broken (CN=new)");
  history.add(row.outcome, fakes::sample_now - 2min, 15ms);
  CHECK(has(runbook_page(Links(), "fake", "# fake\n", {row}, "ebs", history.episodes(),
                         fakes::sample_now),
            "<ul>\n<li>way: tls ok (CN=old)</li>\n</ul>"));
}

TEST_CASE("a phase that took no time is not shown, and one alone has no bar", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[0], "all is well");
  const auto page = [&](std::vector<Phase> phases) {
    auto outcome = std::make_shared<Outcome>(*row.outcome);
    outcome->phases = std::move(phases);
    row.outcome = outcome;
    return status_page(Links(), {row}, {""}, fakes::sample_now);
  };
  CHECK(has(page({{"dns", 0ms}, {"transfer", 3s, "tls"}}), "<li>tls 3000.0 ms</li>"));
  CHECK_FALSE(has(page({{"dns", 0ms}, {"transfer", 3s}}), "dns"));
  CHECK_FALSE(has(page({{"dns", 0ms}}), "class=\"phases\""));
  CHECK(has(page({{"dns", 1ms}, {"transfer", 3ms}}), "<li>dns 1.0 ms <progress max=\"4.000\""));
}

TEST_CASE("a cause that no activation has met yet is said to block the next one", "[pages]") {
  const auto page = [](bool none_failed, Profile profile) {
    auto broken = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
    auto instance = std::make_shared<Instance>(*broken.instance);
    instance->profile = profile;
    broken.instance = instance;
    auto events = fakes::sample_row("ebs", fakes::reasons[0], "no failure");
    auto outcome = std::make_shared<Outcome>(*events.outcome);
    outcome->no_activation_failed = none_failed;
    events.outcome = outcome;
    return status_page(Links(), {broken, events}, {""}, fakes::sample_now);
  };
  const auto* const sentence =
      "<p>No failed activation is logged; this blocks the next "
      "installation.</p>";
  CHECK(has(page(true, Profile::ebs), sentence));
  CHECK_FALSE(has(page(false, Profile::ebs), "next installation"));
  CHECK_FALSE(has(page(true, Profile::rds), "next installation"));
}

TEST_CASE("the runbook of a network that is not there says so and shows all", "[pages]") {
  const auto page =
      runbook_page(Links(), "fake", "# fake\n", fakes::sample_rows(), "<b>", {}, fakes::sample_now);
  CHECK(has(page, "No network of this agent has the name &lt;b&gt; and this probe."));
  CHECK(has(page, "Current results"));
}

TEST_CASE("the runbook of a network shows what was seen before the fault", "[pages]") {
  History history(100'000);
  const auto good = fakes::sample_row("ebs", fakes::reasons[0], "all is well");
  const auto bad = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  const auto seen = [](const Row& row, std::vector<Evidence> evidence) {
    auto outcome = std::make_shared<Outcome>(*row.outcome);
    outcome->evidence = std::move(evidence);
    return outcome;
  };
  history.add(seen(good, {{Verdict::clear, "host", "CN=<new>, valid until 2036"},
                          {Verdict::clear, "same", "as ever"},
                          {Verdict::clear, "sound", "good"}}),
              fakes::sample_now - 1h, 12ms);
  auto row = bad;
  row.outcome = seen(bad, {{Verdict::present, "host", "CN=old, expired"},
                           {Verdict::present, "same", "as ever"},
                           {Verdict::present, "unheard", "of"},
                           {Verdict::clear, "sound", "better"}});
  history.add(row.outcome, fakes::sample_now - 2min, 15ms);
  const auto page = [&] {
    return runbook_page(Links(), "fake", "# fake\n", {row}, "ebs", history.episodes(),
                        fakes::sample_now);
  };
  CHECK(has(page(), "<strong>Before</strong> (until <time"));
  CHECK(has(page(), "<ul>\n<li>host: CN=&lt;new&gt;, valid until 2036</li>\n</ul>"));

  row = good;
  history.add(good.outcome, fakes::sample_now - 3s, 12ms);
  CHECK_FALSE(has(page(), "Before"));
}

TEST_CASE("what was seen before is cut, and the page says by how much", "[pages]") {
  for (const int changed : {2, 3, 4}) {
    std::vector<Evidence> before;
    std::vector<Evidence> now;
    for (int i = 0; i < changed; ++i) {
      before.push_back({Verdict::clear, fmt::format("host {}", i), "good"});
      now.push_back({Verdict::present, fmt::format("host {}", i), "broken"});
    }
    History history(100'000);
    const auto add = [&](const Reason& why, std::vector<Evidence> evidence, SystemTime at) {
      auto row = fakes::sample_row("ebs", why, "seen");
      auto outcome = std::make_shared<Outcome>(*row.outcome);
      outcome->evidence = std::move(evidence);
      row.outcome = outcome;
      history.add(row.outcome, at, 12ms);
      return row;
    };
    add(fakes::reasons[0], before, fakes::sample_now - 1h);
    const auto row = add(fakes::reasons[2], now, fakes::sample_now - 2min);
    const auto page = runbook_page(Links(), "fake", "# fake\n", {row}, "ebs", history.episodes(),
                                   fakes::sample_now);
    CHECK(has(page, "<li>host 1: good</li>"));
    CHECK_FALSE(has(page, "<li>host 2: good</li>"));
    CHECK(has(page, "<li>and") == (changed > 2));
    CHECK(has(page, fmt::format("<li>and {} more</li>", changed - 2)) == (changed > 2));
  }
}
