// The arrows between the folders (README.md, "How it is built"): who may include what.
#include "tests/fakes/source_tree.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path root = cal::fakes::source_tree();

struct Include {
  std::string from;  // the file, from the root
  std::string what;
};

std::vector<Include> includes() {
  static const std::regex line_form(R"(#include [<"]([^>"]+)[>"])");
  std::vector<Include> found;
  for (const auto* folder : {"agent", "probes"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (std::regex_search(line, match, line_form)) {
          found.push_back({fs::relative(entry.path(), root).string(), match[1]});
        }
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("a third-party header is included in its own edge only", "[layers]") {
  // A pattern of headers, and of the files that may include them.
  const std::map<std::string, std::string> edges{
      {"(ldap|lber|openldap|sasl/.*|gssapi/.*)(\\.h)?", "probes/ldap/.*"},
      {"gnutls/.*", "probes/ldap/.*|agent/(basic_auth|http_tls|page)\\.cpp"},
      {"crypt\\.h", "agent/basic_auth\\.cpp"},
      {"(ares|curl/.*|openssl/.*|libmnl/.*)(\\.h)?", "probes/net/.*"},
      {"libevtx.*", "probes/winlog/.*"},
      {"yaml-cpp/.*", "agent/(config|options|preflight_config|yaml_text)\\.cpp"},
      {"prometheus/.*", "agent/family_writer\\.(h|cpp)"},
      {"microhttpd\\.h", "agent/http_.*\\.(h|cpp)"},
      {"CLI/.*", "agent/cli\\.cpp"},
      {"spdlog/.*", "agent/log\\.cpp"},
      {"cmark-gfm.*", "agent/markdown\\.cpp"},
      {"systemd/.*", "agent/service_manager\\.cpp"},
      {"zlib\\.h", "agent/page\\.cpp"},
      {"nlohmann/.*",
       "agent/(report_json|log)\\.cpp|probes/security/.*_command\\.cpp|"
       "probes/winlog/(json_event|ledger_text|events_command)\\.cpp"},
      {"rapidjson/.*", "probes/inventory/json\\.cpp"},
  };
  for (const auto& [from, what] : includes()) {
    for (const auto& [headers, allowed] : edges) {
      if (!std::regex_match(what, std::regex(headers))) continue;
      INFO(from << " includes " << what);
      CHECK(std::regex_match(from, std::regex(allowed)));
    }
  }
}

TEST_CASE("the frame knows no probe", "[layers]") {
  for (const auto& [from, what] : includes()) {
    if (!from.starts_with("agent/") || from == "agent/main.cpp") continue;
    INFO(from << " includes " << what);
    CHECK_FALSE(what.starts_with("probes/"));
  }
}

TEST_CASE("a probe includes of the frame only its contract", "[layers]") {
  const std::set<std::string> contract{"agent/probe.h",      "agent/cause.h", "agent/clock.h",
                                       "agent/options.h",    "agent/text.h",  "agent/state_file.h",
                                       "agent/system_user.h"};
  for (const auto& [from, what] : includes()) {
    if (!from.starts_with("probes/") || !what.starts_with("agent/")) continue;
    INFO(from << " includes " << what);
    CHECK(contract.contains(what));
  }
}

TEST_CASE("the contract needs the standard library only", "[layers]") {
  const std::set<std::string> contract{"agent/probe.h", "agent/cause.h", "agent/clock.h"};
  for (const auto& [from, what] : includes()) {
    if (!contract.contains(from)) continue;
    INFO(from << " includes " << what);
    CHECK((contract.contains(what) || what.find('.') == std::string::npos));
  }
}
