// Session hosts from files on disk: one file, or a folder with one file per host.
#include "probes/inventory/session_hosts.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/fakes/temporary_file.h"

#include <fmt/format.h>

using namespace cal::inventory;
using cal::fakes::ScratchFolder;
using cal::fakes::TemporaryFile;

namespace {

using Lines = std::vector<std::string>;

// "HOST TYPE DAYS", or the error without the path that the message begins with.
Lines read(const std::filesystem::path& path) {
  Lines lines;
  for (const auto& [file, hosts] : read_session_hosts(path)) {
    if (!hosts) {
      lines.push_back(hosts.error().message.substr(("read " + file.string() + ": ").size()));
      continue;
    }
    for (const auto& host : hosts->hosts) {
      lines.push_back(fmt::format("{} {} {}", host.name, host.licensing_type, host.days_left));
    }
  }
  return lines;
}

Lines read_text(std::string_view text) {
  const TemporaryFile file(text);
  return read(file.path());
}

}  // namespace

TEST_CASE("a session host is read the same in every form", "[inventory][session_hosts]") {
  const auto* const text = GENERATE(
      R"({"generated_at":"2026-11-24T09:00:00.0000000Z","value":[{"computer":"RDSH1","licensing_type":4,"days_left":47}]})",
      R"([{"computer":"RDSH1","licensing_type":4,"days_left":47}])",
      R"({"Computer":"RDSH1","LicensingType":"4","DaysLeft":"47"})",
      "\"computer\",\"licensing_type\",\"days_left\"\r\n\"RDSH1\",\"4\",\"47\"\r\n",
      "computer;licensing type;grace period days\nRDSH1;4;47\n");
  CHECK(read_text(text) == Lines{"RDSH1 4 47"});
}

TEST_CASE("the export gives the time when it was made", "[inventory][session_hosts]") {
  const TemporaryFile file(
      R"({"generated_at":"2026-01-02T03:04:05Z","value":[{"computer":"A","licensing_type":2,"days_left":0}]})");
  const auto read = read_session_hosts(file.path());
  REQUIRE(read.at(0).hosts);
  CHECK(read.at(0).hosts->data_at ==
        cal::SystemTime(std::chrono::sys_days{std::chrono::year(2026) / 1 / 2} +
                        std::chrono::seconds(3 * 3600 + 4 * 60 + 5)));
}

TEST_CASE("the error in a session host is reported with its line", "[inventory][session_hosts]") {
  struct Row {
    std::string text, fault;
  };
  const auto row = GENERATE(values<Row>({
      {"computer,licensing_type,days_left\n,4,1\n", "line 2: no name under computer"},
      {"computer,licensing_type,days_left\nA,per user,1\n",
       "line 2: no number under licensing_type"},
      {"computer,licensing_type,days_left\nA,,1\n", "line 2: no number under licensing_type"},
      {"computer,licensing_type,days_left\nA,4,\n", "line 2: no number of days under days_left"},
      {"computer,licensing_type,days_left\nA,4,-1\n", "line 2: no number of days under days_left"},
      {"computer,licensing_type,days_left\nA,4,4294967295\n",
       "line 2: no number of days under days_left"},
      {"[]", "it contains no session host"},
  }));
  INFO(row.text);
  CHECK(read_text(row.text) == Lines{row.fault});
}

TEST_CASE("more session hosts than can be labels are refused", "[inventory][session_hosts]") {
  std::string text = "computer,licensing_type,days_left\n";
  for (std::size_t i = 0; i < max_session_hosts; ++i) text += fmt::format("host{},4,0\n", i);
  CHECK(read_text(text).size() == max_session_hosts);
  CHECK(read_text(text + "one more,4,0\n") == Lines{"line 202: more than 200 session hosts"});

  // The same limit applies to a folder.
  const ScratchFolder folder;
  std::ofstream(folder.path() / "1.csv") << text;
  std::ofstream(folder.path() / "2.csv") << "computer,licensing_type,days_left\none more,4,0\n";
  const auto lines = read(folder.path());
  REQUIRE(lines.size() == max_session_hosts + 1);
  CHECK(lines.back() == "line 2: more than 200 session hosts");
}

TEST_CASE("every export in a folder is read, each with its own fault",
          "[inventory][session_hosts]") {
  const ScratchFolder folder;
  const auto write = [&](const std::string& name, std::string_view text) {
    std::ofstream(folder.path() / name) << text;
  };
  CHECK(read(folder.path()) ==
        Lines{"it contains no .json or .csv file; let every session host write its export there"});
  CHECK(read_session_hosts(folder.path() / "").at(0).hosts.error().kind == FileFaultKind::missing);
  write("RDSH2.json", R"([{"computer":"RDSH2","licensing_type":5,"days_left":0}])");
  write("RDSH1.json", R"([{"computer":"RDSH1","licensing_type":4,"days_left":9}])");
  write("RDSH0.csv", "computer,licensing_type,days_left\n");
  write("RDSH3.json.new", "being written");
  CHECK(read(folder.path()).size() == 3);
  CHECK(read(folder.path() / "") == Lines{"it contains no session host", "RDSH1 4 9", "RDSH2 5 0"});
}

TEST_CASE("a file that does not exist is missing", "[inventory][session_hosts]") {
  const ScratchFolder folder;
  const auto read = read_session_hosts(folder.path() / "none.json");
  REQUIRE(read.size() == 1);
  CHECK(read[0].hosts.error().kind == FileFaultKind::missing);
}
