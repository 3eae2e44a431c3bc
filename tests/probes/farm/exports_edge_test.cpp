// Exports as files: the samples, older formats, and what is damaged.
#include "probes/farm/exports.h"
#include "tests/catch.h"
#include "tests/fakes/captured_log.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/fakes/source_tree.h"

#include <fmt/format.h>

#include <fstream>

using namespace cal;
using namespace cal::farm;
using namespace std::chrono_literals;
using fakes::ScratchFolder;
using Texts = std::vector<std::string>;

namespace {

void write(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

Exports read_all(const std::filesystem::path& path) { return read_exports(path, Deadline::in(1h)); }

std::string host_json(std::string_view more, std::string_view at = "2026-01-02T03:04:05Z") {
  return fmt::format(R"({{"kind":"session_host","version":1,"generated_at":"{}",)"
                     R"("collected":"local","computer":"RDSH1"{}}})",
                     at, more);
}

SessionHost read_host(std::string_view more) {
  const ScratchFolder folder;
  write(folder.path() / "RDSH1.json", host_json(more));
  const auto exports = read_all(folder.path());
  REQUIRE(exports.faults.empty());
  return exports.hosts.at(0);
}

std::string fault_of(std::string_view text) {
  const ScratchFolder folder;
  write(folder.path() / "RDSH1.json", text);
  const auto exports = read_all(folder.path());
  REQUIRE(exports.faults.size() == 1);
  CHECK(exports.faults[0].computer == "RDSH1");
  const auto& message = exports.faults[0].fault.message;
  return message.substr(message.find("RDSH1.json: ") + 12);
}

}  // namespace

TEST_CASE("the sample of a session host is read as a whole", "[farm]") {
  const auto exports = read_all(fakes::source_tree() / "tests/data/farm");
  REQUIRE(exports.faults.empty());
  REQUIRE(exports.hosts.size() == 1);
  const auto& host = exports.hosts[0];
  CHECK(host.name == "RDSH1");
  CHECK(host.dns_name == "rdsh1.contoso.test");
  CHECK(host.domain == "contoso.test");
  CHECK(host.collection == "Office");
  CHECK(host.os_build == 20348);
  CHECK(host.os_installed_at ==
        SystemTime(std::chrono::sys_days{std::chrono::year(2026) / 1 / 15} + 8h));
  CHECK(host.licensing_type == 4);
  CHECK(host.specified_servers == std::vector<std::string>{"ls1.contoso.test", "LS2"});
  CHECK(host.policy->servers->size() == 2);
  CHECK_FALSE(host.broker);
  CHECK(host.days_left == 0);
  CHECK(host.certificate_present == true);
  REQUIRE(host.contacts->size() == 2);
  CHECK(host.contacts->at(0).status == 8);
  CHECK_FALSE(host.contacts->at(1).status);
  CHECK(host.contacts->at(1).port_135 == false);
  REQUIRE(host.events->size() == 2);
  CHECK(host.events->at(0).id == 1131);
  CHECK(host.events->at(1).clients == 1);
  CHECK(host.problems == std::vector<std::string>{"broker: 0x8004100E"});
  CHECK(host.script == "Export-SessionHost.ps1 2");
  CHECK(host.file == (fakes::source_tree() / "tests/data/farm/RDSH1.json").string());
}

TEST_CASE("the sample of a license server is read as a whole", "[farm]") {
  const auto exports = read_all(fakes::source_tree() / "tests/data/farm/LS1.json");
  REQUIRE(exports.servers.size() == 1);
  const auto& server = exports.servers[0];
  CHECK(server.addresses == std::vector<std::string>{"192.0.2.11"});
  CHECK(server.activation_status == 0);
  CHECK(server.security_group_policy == false);
  CHECK(server.hosts->at(0).allowed == true);
  REQUIRE(server.key_packs->packs.size() == 1);
  CHECK(server.key_packs->packs[0].issued == 62);
  CHECK_FALSE(server.key_packs->packs[0].ends);
  CHECK(server.key_packs->temporary_issued == 3);
  CHECK(server.issued->size() == 2);
  CHECK(server.issued->at(1).kind == LicenseKind::device);
  CHECK(server.last_issued_at);
  CHECK(server.events->at(0).id == 82);
  CHECK(server.problems.empty());
}

TEST_CASE("absent, null and unreadable members are not read, an empty list is empty", "[farm]") {
  CHECK_FALSE(read_host("").specified_servers);
  CHECK_FALSE(read_host(R"(,"specified_servers":null)").specified_servers);
  CHECK(read_host(R"(,"specified_servers":[])").specified_servers->empty());
  CHECK(read_host(R"(,"specified_servers":[" "])").specified_servers->empty());
  CHECK(read_host(R"(,"specified_servers":"LS1")").specified_servers->size() == 1);
  const auto broken = read_host(R"(,"specified_servers":["LS1",2],"days_left":"9","domain":false)");
  CHECK_FALSE(broken.specified_servers);
  CHECK_FALSE(broken.days_left);
  CHECK_FALSE(broken.domain);
  CHECK(broken.problems == std::vector<std::string>{"domain is not a text",
                                                    "specified_servers is not a list of names",
                                                    "days_left is not a whole number"});
  CHECK_FALSE(read_host(R"(,"days_left":4294967295)").days_left);
  CHECK_FALSE(read_host(R"(,"connectivity":[{"server":"LS1"},5])").contacts);
}

TEST_CASE("events without an ID or a time are counted, and of another type not read", "[farm]") {
  const std::string good = R"({"id":1128,"newest_at":"2026-01-02T03:00:00Z","count":1})";
  for (const std::string bad :
       {R"({"newest_at":"2026-01-02T03:00:00Z"})",
        R"({"id":"1128","newest_at":"2026-01-02T03:00:00Z"})", R"({"id":1128})",
        R"({"id":1128,"newest_at":null})", R"({"id":1128,"newest_at":"at noon"})",
        R"({"id":1128.5,"newest_at":"2026-01-02T03:00:00Z"})", "{}"}) {
    const auto host = read_host(R"(,"events":[)" + good + "," + bad + "]");
    INFO(bad);
    REQUIRE(host.events);
    CHECK(host.events->size() == 1);
    CHECK(host.events_not_understood == 1);
    CHECK(host.problems.back() == "events: 1 without an ID or a time");
  }
  CHECK_FALSE(read_host(R"(,"events":[5])").events);
  CHECK_FALSE(read_host(R"(,"events":null)").events);
  CHECK(read_host(R"(,"events":[])").events_not_understood == 0);
}

TEST_CASE("a list with more items than the format allows is not read", "[farm]") {
  const auto listed = [](const char* key, std::size_t count, const std::string& item) {
    std::string text = fmt::format(R"(,"{}":[)", key);
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + item;
    return text + "]";
  };
  const std::string name = R"("LS1")";
  const std::string contact = R"({"server":"LS1","status":8})";
  const std::string event = R"({"id":1128,"newest_at":"2026-01-02T03:00:00Z"})";
  CHECK(read_host(listed("specified_servers", 64, name)).specified_servers->size() == 64);
  CHECK(read_host(listed("connectivity", 64, contact)).contacts->size() == 64);
  CHECK(read_host(listed("events", 100, event)).events->size() == 100);
  auto host = read_host(listed("specified_servers", 65, name) +
                        listed("registered_servers", 100'000, name) +
                        listed("connectivity", 65, contact) + listed("events", 101, event));
  CHECK_FALSE(host.specified_servers);
  CHECK_FALSE(host.registered_servers);
  CHECK_FALSE(host.contacts);
  CHECK_FALSE(host.events);
  CHECK(host.problems == Texts{"specified_servers has more than 64 items",
                               "registered_servers has more than 64 items",
                               "connectivity has more than 64 items",
                               "events has more than 100 items"});

  const ScratchFolder folder;
  write(
      folder.path() / "LS1.json",
      R"({"kind":"license_server","version":1,"generated_at":"2026-01-02T03:04:05Z","computer":"LS1")" +
          listed("hosts", 501, R"({"computer":"RDSH1","allowed":true})") +
          listed("key_packs", 2001, "{}") + listed("issued", 5001, "{}") +
          listed("errors", 51, "{}") + "}");
  const auto server = read_all(folder.path()).servers.at(0);
  CHECK_FALSE(server.hosts);
  CHECK_FALSE(server.key_packs);
  CHECK_FALSE(server.issued);
  CHECK(server.problems ==
        Texts{"hosts has more than 500 items", "key_packs has more than 2000 items",
              "issued has more than 5000 items", "errors has more than 50 items"});
}

TEST_CASE("a list of exports has one fault, of no computer", "[farm]") {
  const auto fault = [](const std::string& text) {
    const ScratchFolder folder;
    write(folder.path() / "RDSH1.json", text);
    const auto exports = read_all(folder.path());
    REQUIRE(exports.faults.size() == 1);
    CHECK(exports.faults[0].computer.empty());
    return exports.faults[0].fault.message;
  };
  CHECK_THAT(fault("[" + host_json("") + R"(,{"kind":"printer"},5,{"a":1}])"),
             Catch::EndsWith("RDSH1.json: 3 of 4 exports in the list cannot be used: kind is "
                             "neither session_host nor license_server"));
  std::string many = "[" + host_json("");
  for (std::size_t i = 0; i < max_hosts; ++i) many += R"(,{"kind":"printer"})";
  CHECK_THAT(fault(many + "]"), Catch::EndsWith("more than 500 exports in a list"));
}

TEST_CASE("reading stops at the deadline and says how far it came", "[farm]") {
  const ScratchFolder folder;
  write(folder.path() / "RDSH1.json", host_json(""));
  write(folder.path() / "RDSH2.json", host_json(""));
  const auto exports = read_exports(folder.path(), Deadline::in(0ms));
  CHECK(exports.hosts.empty());
  CHECK_THAT(exports.cut_short,
             Catch::EndsWith("only 0 of 2 exports were read within the timeout"));
  CHECK(read_all(folder.path()).cut_short.empty());
}

TEST_CASE("what is wrong with an export as a whole", "[farm]") {
  CHECK(fault_of(R"({"kind":"session_host","version":2})") ==
        "it is of version 2, and this agent reads version 1; upgrade the agent");
  CHECK(fault_of(R"({"kind":"session_host"})") == "no number under version");
  CHECK(fault_of(R"({"kind":"printer","version":1})") ==
        "kind is neither session_host nor license_server");
  CHECK(fault_of(R"({"kind":"session_host","version":1})") == "no name under computer");
  CHECK(fault_of(host_json("", "11/26/2026")) == "no time under generated_at");
  CHECK(fault_of(host_json("").substr(0, 60)).starts_with("line 1: not valid JSON"));
}

TEST_CASE("exports of 0.1 are read: a table of hosts, and the key packs of a server", "[farm]") {
  const ScratchFolder folder;
  write(
      folder.path() / "session_hosts/RDSH1.json",
      R"({"generated_at":"2026-01-02T03:04:05Z","value":[{"computer":"RDSH1","licensing_type":5,"days_left":47}]})");
  write(folder.path() / "hosts.csv", "computer,licensing_type,days_left\nRDSH2,4,0\nRDSH3,2,9\n");
  write(
      folder.path() / "LS1.json",
      R"({"generated_at":"2026-01-02T03:04:05Z","value":[{"KeyPackId":3,"KeyPackType":2,"ProductType":1,"ProductVersionID":6,"TotalLicenses":10,"IssuedLicenses":2,"ExpirationDate":"2038-01-01T00:00:00Z"}]})");
  const auto exports = read_all(folder.path());
  REQUIRE(exports.faults.empty());
  REQUIRE(exports.hosts.size() == 3);
  CHECK(exports.hosts[0].licensing_type == 5);
  CHECK(exports.hosts[0].days_left == 47);
  CHECK_FALSE(exports.hosts[0].specified_servers);
  CHECK(exports.hosts[2].name == "RDSH3");
  REQUIRE(exports.servers.size() == 1);
  CHECK(exports.servers[0].name == "LS1");
  CHECK(exports.servers[0].key_packs->packs.at(0).total == 10);
  CHECK_FALSE(exports.servers[0].activation_status);
}

TEST_CASE("an export of 0.1 is read once", "[farm]") {
  const ScratchFolder folder;
  const std::vector<std::pair<const char*, const char*>> files{
      {"RDSH1.json",
       R"({"generated_at":"2026-01-02T03:04:05Z","value":[{"computer":"RDSH1","licensing_type":5,"days_left":47}]})"},
      {"hosts.csv", "computer,licensing_type,days_left\nRDSH2,4,0\n"},
      {"LS1.json", R"([{"KeyPackId":3,"ProductVersionID":6}])"}};
  for (const auto& [name, text] : files) write(folder.path() / name, text);
  const fakes::CapturedLog log;
  const auto exports = read_all(folder.path());
  CHECK(exports.hosts.size() == 2);
  CHECK(exports.servers.size() == 1);
  const auto text = log.text();
  for (const auto& [name, ignored] : files) {
    const auto first = text.find(name);
    REQUIRE(first != std::string::npos);
    CHECK(text.find(name, first + 1) == std::string::npos);
  }
}

TEST_CASE("a computer that wrote twice counts once, by its newest export", "[farm]") {
  const ScratchFolder folder;
  write(folder.path() / "RDSH1.json", host_json(R"(,"days_left":5)"));
  write(folder.path() / "old/RDSH1.json", host_json(R"(,"days_left":9)", "2026-01-01T00:00:00Z"));
  write(folder.path() / "elsewhere.json",
        host_json(R"(,"days_left":7,"domain":"a.test")", "2026-01-01T00:00:00Z"));
  write(folder.path() / "list.json",
        "[" + host_json(R"(,"days_left":1)", "2025-01-01T00:00:00Z") + "]");
  const auto exports = read_all(folder.path());
  REQUIRE(exports.hosts.size() == 1);
  CHECK(exports.hosts[0].days_left == 5);
}

TEST_CASE("a computer that gave its DNS name is the one of its first label", "[farm]") {
  const ScratchFolder folder;
  write(folder.path() / "a.json", host_json(R"(,"domain":"a.test","days_left":5)"));
  auto other = host_json(R"(,"days_left":9)", "2026-01-01T00:00:00Z");
  other.replace(other.find("RDSH1"), 5, "rdsh1.a.test");
  write(folder.path() / "b.json", other);
  auto exports = read_all(folder.path());
  REQUIRE(exports.hosts.size() == 1);
  CHECK(exports.hosts[0].days_left == 5);
  std::filesystem::remove(folder.path() / "a.json");
  exports = read_all(folder.path());
  CHECK(exports.hosts[0].name == "rdsh1");
  CHECK(exports.hosts[0].dns_name == "rdsh1.a.test");
  CHECK(exports.hosts[0].domain == "a.test");
}

TEST_CASE("an extension is the same in capitals", "[farm]") {
  const ScratchFolder folder;
  write(folder.path() / "RDSH1.JSON", host_json(""));
  write(folder.path() / "h.Csv", "computer,licensing_type,days_left\nRDSH2,4,0\n");
  CHECK(read_all(folder.path()).hosts.size() == 2);
}

TEST_CASE("who collected an export is known only if it says so", "[farm]") {
  CHECK(read_host("").collected == Collected::local);
  for (const auto& [word, collected] :
       std::vector<std::pair<std::string, Collected>>{{R"("remote")", Collected::remote},
                                                      {R"("REMOTE")", Collected::unknown},
                                                      {"null", Collected::unknown}}) {
    auto text = host_json("");
    text.replace(text.find(R"("local")"), 7, word);
    const ScratchFolder folder;
    write(folder.path() / "RDSH1.json", text);
    CHECK(read_all(folder.path()).hosts.at(0).collected == collected);
  }
}

TEST_CASE("a computer may have a folder for each of its roles", "[farm]") {
  const ScratchFolder folder;
  write(folder.path() / "RDSH1/session_hosts/RDSH1.json", host_json(""));
  write(folder.path() / "RDSH1/session_hosts/too/deep.json", host_json(R"(,"domain":"a.test")"));
  CHECK(read_all(folder.path()).hosts.size() == 1);
}

TEST_CASE("computers of two domains are two", "[farm]") {
  const ScratchFolder folder;
  write(folder.path() / "a.json", host_json(R"(,"domain":"a.test")"));
  write(folder.path() / "b.json", host_json(R"(,"domain":"b.test")"));
  CHECK(read_all(folder.path()).hosts.size() == 2);
}

TEST_CASE("a folder that is missing, and one with too many files", "[farm]") {
  const ScratchFolder folder;
  auto exports = read_all(folder.path() / "none");
  REQUIRE(exports.faults.size() == 1);
  CHECK(exports.faults[0].computer.empty());
  CHECK(exports.faults[0].fault.kind == inventory::FileFaultKind::missing);
  for (std::size_t i = 0; i <= max_hosts + max_servers; ++i) {
    write(folder.path() / fmt::format("{}.json", i), "");
  }
  exports = read_all(folder.path());
  REQUIRE(exports.faults.size() == 1);
  CHECK_THAT(exports.faults[0].fault.message, Catch::Contains("more than 564 exports"));
}
