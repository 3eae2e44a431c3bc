#include "agent/commands/cli.h"

#include "tests/catch.h"

using namespace cal;

namespace {

std::variant<CommandLine, Exit> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "cal_exporter");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

CommandLine line_of(std::vector<const char*> arguments) {
  return std::get<CommandLine>(parse(std::move(arguments)));
}

}  // namespace

TEST_CASE("without arguments it serves on loopback", "[cli]") {
  const auto line = line_of({});
  CHECK(line.command == Command::serve);
  CHECK(line.listen_addresses == std::vector<std::string>{"localhost:10105"});
  CHECK(line.config_file == "/etc/cal_exporter/cal_exporter.yml");
  CHECK_FALSE(line.enable_lifecycle);
}

TEST_CASE("flags are read before and behind the command", "[cli]") {
  const auto line = line_of({"check", "--config.file=c.yml", "--format", "json"});
  CHECK(line.command == Command::check);
  CHECK(line.config_file == "c.yml");
  CHECK(line.format == ReportFormat::json);
  CHECK(line_of({"--config.file", "c.yml", "serve"}).config_file == "c.yml");
  CHECK(line_of({"--config.check"}).command == Command::check_config);
}

TEST_CASE("the listen address is repeatable", "[cli]") {
  const auto line =
      line_of({"--web.listen-address", "[::1]:1", "--web.listen-address=127.0.0.1:2"});
  CHECK(line.listen_addresses == std::vector<std::string>{"[::1]:1", "127.0.0.1:2"});
}

TEST_CASE("further names of the server are separated by commas, or repeated", "[cli]") {
  CHECK(line_of({}).allowed_hosts.empty());
  const auto line =
      line_of({"--web.allowed-hosts", "a.example.com,b", "--web.allowed-hosts=c", "serve"});
  CHECK(line.allowed_hosts == std::vector<std::string>{"a.example.com", "b", "c"});
  const auto* wrong = GENERATE("a:80", "http://a", "a b", "");
  const auto exit = std::get<Exit>(parse({"--web.allowed-hosts", wrong}));
  CHECK(exit.code == 2);
}

TEST_CASE("the external URL is kept without its last slash", "[cli]") {
  CHECK_FALSE(line_of({}).route_prefix);
  CHECK(line_of({"--web.route-prefix", "/cal/"}).route_prefix == "/cal");
  CHECK(line_of({"--web.route-prefix=/"}).route_prefix == "");
  CHECK(line_of({}).external_url.empty());
  const auto* given = GENERATE("https://cal.example.com/ebs", "https://cal.example.com/ebs/");
  CHECK(line_of({"--web.external-url", given}).external_url == "https://cal.example.com/ebs");
  CHECK(line_of({"--web.external-url=http://[::1]:10105"}).external_url == "http://[::1]:10105");
}

TEST_CASE("an external URL that cannot start a link is refused", "[cli]") {
  const auto* wrong = GENERATE("", "cal.example.com", "ftp://cal.example.com", "https://",
                               "https://user:secret@cal.example.com", "https://cal.example.com/?a",
                               "https://cal.example.com/#a", "https://cal.example.com/a b",
                               "https://cal.example.com/\"", "https:///ebs", "http://a\\b");
  const auto exit = std::get<Exit>(parse({"--web.external-url", wrong}));
  CHECK(exit.code == 2);
  CHECK(exit.err.find("must be http:// or https://") != std::string::npos);
}

TEST_CASE("an external URL of 100 kB is refused", "[cli]") {
  const auto url = "https://" + std::string(100'000, 'a');
  CHECK(std::get<Exit>(parse({"--web.external-url", url.c_str()})).code == 2);
}

TEST_CASE("help and version go to stdout with exit code 0", "[cli]") {
  const auto* flag = GENERATE("--help", "--version");
  const auto exit = std::get<Exit>(parse({flag}));
  CHECK(exit.code == 0);
  CHECK(exit.out.find("cal_exporter") != std::string::npos);
  CHECK(exit.err.empty());
}

TEST_CASE("wrong arguments are explained, and check has its own exit code", "[cli]") {
  const auto serve = std::get<Exit>(parse({"--no-such-flag"}));
  CHECK(serve.code == 2);
  CHECK(serve.err.find("--no-such-flag") != std::string::npos);
  const auto check = std::get<Exit>(parse({"check", "--format", "xml"}));
  CHECK(check.code == 3);
  CHECK(check.err.find("'xml' is not one of human|json|nagios|prometheus") != std::string::npos);
  CHECK(std::get<Exit>(parse({"chekc"})).code == 2);
}

TEST_CASE("a monitoring plugin reports wrong arguments on stdout", "[cli]") {
  for (const auto* format : {"--format=nagios", "--format"}) {
    const auto exit = std::get<Exit>(parse({"check", format, "nagios", "--no-such-flag"}));
    CHECK(exit.code == 3);
    CHECK(exit.out.starts_with("CAL UNKNOWN - "));
    CHECK(exit.err.empty());
  }
  CHECK(std::get<Exit>(parse({"check", "--format", "json", "nagios"})).out.empty());
  CHECK(std::get<Exit>(parse({"check", "--format"})).code == 3);
}

TEST_CASE("access-check takes its arguments as given", "[cli]") {
  const auto line = line_of({"access-check", "--sddl", "O:SYD:(A;;RP;;;SY)", "--sid", "SY", "--sid",
                             "S-1-5-11", "--mask", "0x10", "--json"});
  CHECK(line.command == Command::access_check);
  CHECK(line.access_check.sddl == "O:SYD:(A;;RP;;;SY)");
  CHECK(line.access_check.sids == std::vector<std::string>{"SY", "S-1-5-11"});
  CHECK(line.access_check.mask == "0x10");
  CHECK(line.access_check.json);
  CHECK(std::get<Exit>(parse({"access-check", "--sdl", "x"})).code == 3);
}

TEST_CASE("preflight takes what is about to be activated", "[cli]") {
  const auto line = line_of({"preflight", "--network", "ebs", "--account", "EBS\\bob",
                             "--product-key-file", "next.key", "--format", "json"});
  CHECK(line.command == Command::preflight);
  CHECK(line.preflight.network == "ebs");
  CHECK(line.preflight.account == "EBS\\bob");
  CHECK(line.preflight.product_key_file == "next.key");
  CHECK(line.format == ReportFormat::json);
  CHECK_FALSE(line_of({"preflight"}).preflight.network);
}

TEST_CASE("a product key is never taken from the command line", "[cli]") {
  CHECK(std::get<Exit>(parse({"preflight", "--product-key", "x"})).code == 3);
}

TEST_CASE("verify needs its baseline", "[cli]") {
  CHECK(line_of({"verify", "--baseline", "b.json"}).command == Command::verify);
  CHECK(line_of({"verify", "--baseline", "b.json"}).baseline == "b.json");
  const auto exit = std::get<Exit>(parse({"verify"}));
  CHECK(exit.code == 3);
  CHECK(exit.err.find("--baseline") != std::string::npos);
}

TEST_CASE("repair takes a network, a probe and a format of its own", "[cli]") {
  const auto line =
      line_of({"repair", "--network", "ebs", "--probe", "p", "--format", "powershell"});
  CHECK(line.command == Command::repair);
  CHECK(line.repair.network == "ebs");
  CHECK(line.repair.probe == "p");
  CHECK(line.repair.format == RepairFormat::powershell);
  CHECK(line_of({"repair"}).repair.format == RepairFormat::human);
  CHECK(std::get<Exit>(parse({"repair", "--format", "nagios"})).code == 3);
}

TEST_CASE("check repeats a saved report, but not as metrics", "[cli]") {
  CHECK(line_of({"check", "--from", "b.json"}).from == "b.json");
  CHECK(std::get<Exit>(parse({"check", "--from", "b.json", "--format", "prometheus"})).code == 3);
  CHECK(line_of({"check", "--self-test"}).self_test);
  CHECK(std::get<Exit>(parse({"check", "--self-test", "--from", "b.json"})).code == 3);
  CHECK(std::get<Exit>(parse({"check", "--self-test", "--format", "json"})).code == 3);
}

TEST_CASE("events takes a file and filters", "[cli]") {
  const auto line = line_of({"events", "--file", "a.evtx", "--provider", "P", "--id", "5"});
  CHECK(line.command == Command::events);
  CHECK(line.events.file == "a.evtx");
  CHECK(line.events.provider == "P");
  CHECK(line.events.id == 5u);
  CHECK_FALSE(line_of({"events", "--file", "a"}).events.id);
  CHECK(std::get<Exit>(parse({"events"})).code == 3);
  CHECK(std::get<Exit>(parse({"events", "--file", "a", "--id", "-1"})).code == 3);
}

TEST_CASE("the state folder can be set", "[cli]") {
  CHECK(line_of({}).state_folder == "/var/lib/cal_exporter");
  CHECK(line_of({"check", "--state.dir", "s"}).state_folder == "s");
}
