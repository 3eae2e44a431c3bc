#include "probes/inventory/health_alerts.h"
#include "probes/inventory/table_file.h"
#include "probes/inventory/text_file.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/fakes/temporary_file.h"

#include <sys/stat.h>

#include <fstream>

using namespace cal;
using namespace cal::inventory;
using cal::fakes::TemporaryFile;
using namespace std::chrono_literals;

namespace {

void set_written_at(const std::filesystem::path& file, SystemTime time) {
  std::filesystem::last_write_time(
      file, std::chrono::file_clock::from_sys(std::chrono::floor<std::chrono::seconds>(time)));
}

const SystemTime monday{std::chrono::sys_days{std::chrono::year(2026) / 11 / 23}};

constexpr std::string_view any_column[]{"edition", "generated_at"};

}  // namespace

TEST_CASE("the fault of an unusable file names the file and the cause", "[inventory]") {
  const auto fault_of = [](const std::filesystem::path& file, std::size_t max_size = 1000) {
    const auto content = read_text_file(file, max_size);
    REQUIRE_FALSE(content);
    CHECK_THAT(content.error().message, Catch::StartsWith("read " + file.string() + ": "));
    return content.error();
  };
  CHECK(fault_of("/nonexistent/history.csv").kind == FileFaultKind::missing);
  CHECK(fault_of("/dev/null/history.csv").kind == FileFaultKind::missing);
  CHECK(fault_of("/dev/null").message == "read /dev/null: it is not a regular file");
  CHECK_THAT(fault_of("/tmp").message, Catch::Contains("it is a folder"));

  const TemporaryFile empty("");
  CHECK(read_table(empty.path(), any_column).error().kind == FileFaultKind::unreadable);
  CHECK_THAT(read_table(empty.path(), any_column).error().message, Catch::Contains("it is empty"));

  const TemporaryFile large(std::string(1001, 'x'));
  CHECK_THAT(fault_of(large.path()).message, Catch::Contains("larger than"));

  const TemporaryFile windows_1252("edition\nB\xFCro\n");
  CHECK_THAT(fault_of(windows_1252.path()).message, Catch::Contains(": line 2: not UTF-8"));

  const fakes::ScratchFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_THAT(fault_of(folder / "pipe").message, Catch::Contains("not a regular file"));
}

TEST_CASE("a file of exactly the limit is read", "[inventory]") {
  const TemporaryFile file(std::string(1000, 'x'));
  const auto content = read_text_file(file.path(), 1000);
  REQUIRE(content);
  CHECK(content->text.size() == 1000);
}

TEST_CASE("the data is as old as generated_at says, and never newer than the file", "[inventory]") {
  const auto age_of = [](std::string_view text) {
    const TemporaryFile file(text);
    set_written_at(file.path(), monday);
    const auto content = read_table(file.path(), any_column);
    REQUIRE(content);
    return monday - content->data_at;
  };
  CHECK(age_of("[]") == 0s);
  CHECK(age_of(R"({"generated_at":"2026-11-22T00:00:00Z","value":[]})") == 24h);
  CHECK(age_of(R"([{"generated_at":"/Date(1795305600000)/"}])") == 24h);
  CHECK(age_of("generated_at,edition\n2026-11-22,Suite\n") == 24h);
  CHECK(age_of(R"({"generated_at":"2030-01-01","value":[]})") == 0s);
  CHECK(age_of(R"({"generated_at":"last week","value":[]})") == 0s);
}

TEST_CASE("the console's alerts are read with their state", "[inventory]") {
  const TemporaryFile file(
      "Severity;Alert Name;State;Raised\r\n"
      "Critical;Internet connection lost;New;2026-11-23T10:00:00Z\r\n"
      "Warning;DNS slow;Resolved;\r\n"
      "Warning;Mail queue;255;yesterday\r\n"
      ";No state;;\r\n");
  const auto found = read_health_alerts(file.path());
  REQUIRE(found);
  REQUIRE(found->alerts.size() == 4);
  CHECK(found->alerts[0].title == "Internet connection lost");
  CHECK(found->alerts[0].severity == "Critical");
  CHECK(found->alerts[0].open);
  CHECK(found->alerts[0].raised_at == monday + 10h);
  CHECK_FALSE(found->alerts[1].open);
  CHECK_FALSE(found->alerts[2].open);
  CHECK_FALSE(found->alerts[2].raised_at);
  CHECK(found->alerts[3].open);
  CHECK(found->alerts[3].severity.empty());
}

TEST_CASE("alerts may be JSON, and a file with other content is refused", "[inventory]") {
  const TemporaryFile one(R"({"title":"Internet connection lost","status":"active"})");
  const auto found = read_health_alerts(one.path());
  REQUIRE(found);
  CHECK(found->alerts.size() == 1);
  CHECK(found->alerts.front().open);

  const TemporaryFile none("title,state\n");
  REQUIRE(read_health_alerts(none.path()));
  CHECK(read_health_alerts(none.path())->alerts.empty());

  const TemporaryFile other("edition,installed\nSuite,5\n");
  const auto refused = read_health_alerts(other.path());
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("there is no column title"));
  CHECK(read_health_alerts("/nonexistent").error().kind == FileFaultKind::missing);
}
