// The search through files of any size, in the forms in which security logs are exported.
#include "agent/base/text.h"
#include "probes/actors/actor_search.h"
#include "probes/events/json_event.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/fakes/source_tree.h"

#include <chrono>
#include <fstream>
#include <string>

using namespace cal;
using namespace cal::actors;
using namespace std::chrono_literals;

namespace {

const SystemTime noon{std::chrono::seconds(1'795'500'000)};
const std::string group = "S-1-5-21-1-2-3-512";
const std::string licadmin = "S-1-5-21-1-2-3-1102";

std::string event_line(std::uint32_t id, SystemTime at, const std::string& actor,
                       std::uint64_t record_id, const std::string& member = licadmin) {
  return winlog::json_event({.provider = "Microsoft-Windows-Security-Auditing",
                             .id = id,
                             .record_id = record_id,
                             .computer = "dc1.ebs.example.com",
                             .channel = "Security",
                             .time = at,
                             .user = "",
                             .data = {{"MemberName", "CN=licadmin,DC=ebs"},
                                      {"MemberSid", member},
                                      {"TargetSid", group},
                                      {"SubjectUserSid", "S-1-5-21-1-2-3-1111"},
                                      {"SubjectUserName", actor},
                                      {"SubjectDomainName", "EBS"}}}) +
         "\n";
}

Question departure(std::optional<SystemTime> at) {
  return {"licadmin left Group",
          "member",
          Effect::removed,
          {{"", std::nullopt, security::Sid::parse_text(group)}},
          {{"", std::nullopt, security::Sid::parse_text(licadmin)}},
          at,
          "DC1"};
}

class Log {
 public:
  explicit Log(const std::string& lines) { add(lines); }
  void add(const std::string& lines) {
    std::ofstream(file_, std::ios::app | std::ios::binary) << lines;
  }
  std::filesystem::path file() const { return file_; }

 private:
  fakes::ScratchFolder folder_;
  std::filesystem::path file_ = folder_.path() / "security.jsonl";
};

Deadline patient() { return Deadline::in(30s); }

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("the record near the time of the metadata is found", "[actors]") {
  const Log log(event_line(4729, noon - 1h, "early", 1) + event_line(4728, noon, "adder", 2) +
                event_line(4729, noon, "right", 3) + "not JSON\n" +
                event_line(4729, noon, "other", 4, group) + event_line(4729, noon + 1h, "late", 5));
  ActorSearch search({{Format::jsonl, log.file()}});
  const auto answers = search.answer({departure(noon)}, patient());
  REQUIRE(answers.size() == 1);
  CHECK(has(answers[0], "recorded actor EBS\\right (S-1-5-21-1-2-3-1111)"));
  for (const auto* wrong : {"early", "adder", "other", "late"}) CHECK_FALSE(has(answers[0], wrong));
}

TEST_CASE("without a time the newest record counts, unless it is of the reverse", "[actors]") {
  Log log(event_line(4729, noon, "newest", 3) + event_line(4729, noon - 1h, "older", 1));
  ActorSearch search({{Format::jsonl, log.file()}});
  const std::vector questions{departure(std::nullopt)};
  CHECK(has(search.answer(questions, patient())[0], "recorded actor EBS\\newest"));
  log.add(event_line(4729, noon + 1h, "newer still", 8));
  CHECK(has(search.answer(questions, patient())[0], "recorded actor EBS\\newer still"));
  log.add(event_line(4728, noon + 2h, "adder", 9));
  CHECK(has(search.answer(questions, patient())[0], "no record found"));
}

TEST_CASE("an answer needs no second reading, and other questions are answered from the start",
          "[actors]") {
  const Log log(event_line(4729, noon, "right", 3) + event_line(4729, noon + 1h, "late", 5));
  ActorSearch search({{Format::jsonl, log.file()}});
  for (int i = 0; i < 3; ++i) {
    CHECK(has(search.answer({departure(noon)}, patient())[0], "EBS\\right"));
  }
  CHECK(has(search.answer({departure(noon + 1h)}, patient())[0], "EBS\\late"));
  CHECK(search.answer({}, patient()).empty());
  CHECK(has(search.answer({departure(noon)}, patient())[0], "EBS\\right"));
}

TEST_CASE("a log that is longer than the deadline is read on in the next call", "[actors]") {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) {
    lines += event_line(4729, noon - 2h, "somebody", static_cast<std::uint64_t>(i));
  }
  const Log log(lines + event_line(4729, noon, "right", 99'999));
  ActorSearch search({{Format::jsonl, log.file()}});
  auto answer = search.answer({departure(noon)}, Deadline::in(0ms))[0];
  CHECK(has(answer, "is not read to its end yet"));
  for (int i = 0; i < 1000 && !has(answer, "EBS\\right"); ++i) {
    answer = search.answer({departure(noon)}, Deadline::in(1ms))[0];
  }
  CHECK(has(answer, "recorded actor EBS\\right"));
}

TEST_CASE("what cannot be read is reported", "[actors]") {
  ActorSearch missing({{Format::jsonl, "/nonexistent/security.jsonl"}});
  CHECK(has(missing.answer({departure(noon)}, patient())[0], "/nonexistent/security.jsonl"));
  const Log log("nothing\nof this\n" + event_line(4624, noon - 1h, "x", 1) +
                event_line(4624, noon + 1h, "x", 2));
  ActorSearch search({{Format::jsonl, log.file()}});
  const auto answer = search.answer({departure(noon)}, patient())[0];
  CHECK(has(answer, "the security log of DC1 has records from before and after that time"));
  CHECK(has(answer, "2 of its records cannot be read"));
}

TEST_CASE("records of any number of other computers do not hide those of the controller",
          "[actors]") {
  std::string lines;
  for (int i = 0; i < 100; ++i) {
    auto line = event_line(4624, noon - 2h, "x", 1);
    lines += line.replace(line.find("dc1."), 4, "srv" + std::to_string(i) + ".");
  }
  const Log log(lines + event_line(4624, noon - 1h, "x", 1) + event_line(4624, noon + 1h, "x", 2));
  ActorSearch search({{Format::jsonl, log.file()}});
  auto question = departure(noon);
  CHECK(has(search.answer({question}, patient())[0], "from before and after that time"));
  question.at = noon - 90min;
  CHECK(has(search.answer({question}, patient())[0], "it begins at 2026-11-24 05:00:00 UTC"));
}

TEST_CASE("records of the reverse near the time leave room for the one that broke it", "[actors]") {
  std::string lines;
  for (std::uint64_t i = 0; i < 50; ++i) lines += event_line(4728, noon, "adder", i);
  const Log log(lines + event_line(4729, noon, "right", 99));
  ActorSearch search({{Format::jsonl, log.file()}});
  CHECK(has(search.answer({departure(noon)}, patient())[0], "recorded actor EBS\\right"));
}

TEST_CASE("records that cannot be read are counted for each file of the log", "[actors]") {
  const Log first("nothing\nof this\n");
  const Log second("nor this\n");
  ActorSearch search({{Format::jsonl, first.file()}, {Format::jsonl, second.file()}});
  const auto answer = [&] { return search.answer({departure(noon)}, patient())[0]; };
  CHECK(has(answer(), "3 of its records cannot be read"));
  std::filesystem::resize_file(second.file(), 0);
  std::ofstream(second.file()) << "x\n";  // it begins again
  CHECK(has(answer(), "3 of its records cannot be read"));
}

TEST_CASE("real records give the right answers", "[actors]") {
  struct Row {
    std::string file, attribute, at, on;
    Identity object;
    std::string expected;
  };
  const auto sid = [](std::uint32_t rid) {
    return security::Sid::parse_text("S-1-5-21-1111111111-2222222222-3333333333")->with_rid(rid);
  };
  const std::string above = "OU=Test,OU=Company,DC=ebs,DC=example,DC=com";
  const auto row = GENERATE_COPY(values<Row>({
      {"windows.jsonl",
       "userAccountControl",
       "2021-02-08T12:05:31Z",
       "DC1",
       {"", std::nullopt, sid(1234)},
       "recorded actor EBS\\adm1"},
      {"windows.jsonl",
       "nTSecurityDescriptor",
       "2021-02-22T22:06:26Z",
       "DC1",
       {"CN=AdminSDHolder,CN=System,DC=ebs,DC=example,DC=com"},
       "recorded actor EBS\\adm1"},
      {"windows.jsonl",
       "nTSecurityDescriptor",
       "2021-02-01T16:36:09Z",
       "DC1",
       {above},
       "recorded actor EBS\\adm1"},
      {"windows.jsonl",
       "nTSecurityDescriptor",
       "2021-02-22T22:35:21Z",
       "DC1",
       {"CN=user5," + above},
       "recorded actor EBS\\adm1"},
      {"windows.jsonl",
       "nTSecurityDescriptor",
       "2021-02-22T22:35:21Z",
       "DC1",
       {above},
       "no record found"},
      {"windows.jsonl",
       "userAccountControl",
       "2021-04-26T09:02:59Z",
       "DC1",
       {"CN=MYTARGET-PC," + above},
       "recorded actor EBS\\adm1"},
      {"windows.jsonl",
       "userAccountControl",
       "2021-04-26T09:02:59Z",
       "DC2",
       {"CN=MYTARGET-PC," + above},
       "no record found"},
      {"nxlog.jsonl",
       "nTSecurityDescriptor",
       "2020-09-21T17:11:26Z",
       "",
       {"DC=ebs,DC=example,DC=com"},
       "recorded actor EBS\\adm1"},
      {"samba.jsonl",
       "userAccountControl",
       "2026-11-25T23:35:16Z",
       "DC1",
       {"CN=alice,OU=Test,DC=ebs,DC=example,DC=com"},
       "recorded actor S-1-5-21-1111111111-2222222222-3333333333-500"},
      {"samba.jsonl",
       "lockoutTime",
       "2026-11-25T23:43:58Z",
       "DC1",
       {"CN=frank,OU=Test,DC=ebs,DC=example,DC=com"},
       "recorded actor SYSTEM"},
  }));
  CAPTURE(row.file, row.attribute, row.object.dn);
  const auto at = parse_utc(row.at);
  REQUIRE(at);
  ActorSearch search({{Format::jsonl, fakes::source_tree() / "tests/data/actors" / row.file}});
  const auto broke = row.attribute == "lockoutTime"          ? Effect::locked
                     : row.attribute == "userAccountControl" ? Effect::disabled
                                                             : Effect::changed;
  const auto answer =
      search.answer({{"it", row.attribute, broke, {row.object}, {}, at, row.on}}, patient())[0];
  CHECK(has(answer, row.expected));
}
