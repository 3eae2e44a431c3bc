// The dependencies between folders: one table lists what each folder may include. agent/README.md
// and probes/README.md say what the folders are for.
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path root = cal::fakes::source_tree();

using Names = std::vector<std::string_view>;

struct Room {
  std::string_view folder;
  Names rooms;    // other folders whose headers it may include
  Names headers;  // third-party headers, by the start of their name; fmt and tl are free to all
};

const std::vector<Room> rooms{
    {"agent/base", {}, {"gnutls/", "nlohmann/", "spdlog/"}},
    {"agent/contract", {"agent/base"}, {"yaml-cpp/"}},
    {"agent/run", {"agent/base", "agent/contract"}, {}},
    {"agent/config", {"agent/base", "agent/contract", "agent/run"}, {"yaml-cpp/"}},
    {"agent/diagnosis", {"agent/base", "agent/contract", "agent/run"}, {}},
    {"agent/http",
     {"agent/base", "agent/contract", "agent/config"},
     {"microhttpd.h", "gnutls/", "crypt.h"}},
    {"agent/metrics",
     {"agent/base", "agent/contract", "agent/run", "agent/diagnosis", "agent/http"},
     {"prometheus/", "zlib.h"}},
    {"agent/pages",
     {"agent/base", "agent/contract", "agent/run", "agent/diagnosis", "agent/http"},
     {"cmark-gfm"}},
    {"agent/commands",
     {"agent/base", "agent/contract", "agent/run", "agent/config", "agent/diagnosis", "agent/http",
      "agent/metrics", "agent/pages"},
     {"CLI/", "nlohmann/", "systemd/"}},
    {"agent/program",
     {"agent/base", "agent/contract", "agent/commands", "probes", "probes/security",
      "probes/winlog"},
     {}},

    {"probes/security", {"agent/base"}, {"nlohmann/"}},
    {"probes/net", {"agent/base", "agent/contract"}, {"ares.h", "curl/", "openssl/", "libmnl/"}},
    {"probes/ldap_io",
     {"agent/base", "agent/contract", "probes/net"},
     {"ldap.h", "lber.h", "openldap.h", "gnutls/"}},
    {"probes/ldap",
     {"agent/base", "agent/contract", "probes/net", "probes/ldap_io"},
     {"ldap.h", "lber.h", "openldap.h", "sasl/", "gssapi/", "gnutls/", "krb5.h"}},
    {"probes/ad", {"agent/base", "agent/contract", "probes/security", "probes/ldap"}, {}},
    {"probes/inventory", {"agent/base", "agent/contract"}, {"rapidjson/"}},
    {"probes/farm", {"agent/base", "agent/contract", "probes/inventory"}, {"nlohmann/"}},
    {"probes/host_verdict",
     {"agent/base", "agent/contract", "probes/inventory", "probes/farm"},
     {}},
    {"probes/evtx", {"agent/base"}, {"zlib.h"}},
    {"probes/events", {"agent/base"}, {"expat.h", "nlohmann/", "rapidjson/"}},
    {"probes/winlog",
     {"agent/base", "agent/contract", "probes/evtx", "probes/events"},
     {"nlohmann/"}},
    {"probes/replication",
     {"agent/base", "agent/contract", "probes/security", "probes/ldap", "probes/ad"},
     {"expat.h"}},
    {"probes/actors",
     {"agent/base", "agent/contract", "probes/security", "probes/events", "probes/winlog"},
     {}},
    {"probes/repair", {"agent/base", "agent/contract", "probes/security"}, {}},
    {"probes/shared",
     {"agent/base", "agent/contract", "probes/security", "probes/net", "probes/ldap", "probes/ad",
      "probes/inventory", "probes/farm", "probes/events", "probes/winlog", "probes/actors"},
     {}},
    // And every probe.
    {"probes", {"agent/base", "agent/contract", "probes/shared"}, {}},
};

// A folder that is not in the table is a probe: it may include what the probes share and everything
// below it, but never another probe.
const Room probe{"a probe",
                 {"agent/base", "agent/contract", "probes/shared", "probes/security", "probes/net",
                  "probes/ldap", "probes/ad", "probes/inventory", "probes/farm", "probes/events",
                  "probes/winlog", "probes/actors", "probes/repair", "probes/replication",
                  "probes/host_verdict"},
                 {}};

struct Include {
  std::string file;    // from the root
  std::string folder;  // of the file
  std::string header;
};

std::vector<Include> includes(const std::vector<std::string>& tops) {
  std::vector<Include> found;
  for (const auto& top : tops) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      const auto file = fs::relative(entry.path(), root);
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        constexpr std::string_view word = "#include ";
        if (!line.starts_with(word) || line.size() < word.size() + 2) continue;
        const auto end = line.find_first_of(">\"", word.size() + 1);
        found.push_back({file.string(), file.parent_path().string(),
                         line.substr(word.size() + 1, end - word.size() - 1)});
      }
    }
  }
  return found;
}

const Room& room_of(std::string_view folder) {
  const auto row = std::ranges::find(rooms, folder, &Room::folder);
  return row == rooms.end() ? probe : *row;
}

bool may_include(const Room& room, std::string_view folder) {
  if (room.folder == "probes" && &room_of(folder) == &probe) return true;
  return std::ranges::find(room.rooms, folder) != room.rooms.end();
}

bool is_ours(std::string_view header) {
  return header.starts_with("agent/") || header.starts_with("probes/");
}

// The headers of the C++ standard library have neither a folder nor an extension; these are the
// headers of C and of the system.
bool is_free_to_all(std::string_view header) {
  for (const std::string_view start :
       {"fmt/", "tl/", "sys/", "net/", "netinet/", "arpa/", "linux/"}) {
    if (header.starts_with(start)) return true;
  }
  static const std::set<std::string_view> system{
      "dirent.h", "fcntl.h", "fnmatch.h", "malloc.h", "netdb.h", "poll.h",  "pthread.h", "pwd.h",
      "resolv.h", "sched.h", "signal.h",  "unistd.h", "grp.h",   "spawn.h", "strings.h", "time.h"};
  return header.find_first_of("./") == std::string_view::npos || system.contains(header);
}

}  // namespace

TEST_CASE("a room includes only what its row of the table allows", "[layers]") {
  for (const auto& [file, folder, header] : includes({"agent", "probes"})) {
    const auto& room = room_of(folder);
    INFO(file << " includes " << header << ", which the row \"" << room.folder
              << "\" of the table in tests/layers_test.cpp does not allow");
    if (is_ours(header)) {
      const auto from = fs::path(header).parent_path().string();
      const bool is_allowed = from == folder || may_include(room, from);
      CHECK(is_allowed);
    } else if (!is_free_to_all(header)) {
      const bool is_allowed = std::ranges::any_of(
          room.headers,
          [&name = header](std::string_view start) { return name.starts_with(start); });
      CHECK(is_allowed);
    }
  }
}

// It recurses once per character, so that a long text overflows the stack.
TEST_CASE("std::regex is not used", "[layers]") {
  for (const auto& include : includes({"agent", "probes"})) {
    INFO(include.file);
    CHECK(include.header != "regex");
  }
}

// Names from directories, events and files may contain what a terminal obeys.
TEST_CASE("the program prints through agent/base/terminal alone", "[layers]") {
  // A child writes to a pipe, which its parent reads.
  const std::set<std::string_view> may_print{"agent/base/terminal.cpp",
                                             "probes/winlog/evtx_log.cpp"};
  std::set<std::string> printing;
  for (const auto* top : {"agent", "probes"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      for (const auto* call :
           {"fmt::print(", "puts(", " printf(", ":printf(", "fprintf(", "fwrite(", "putc(",
            "putchar(", "std::cout", "std::cerr", "std::clog", "perror("}) {
        if (text.view().find(call) == std::string_view::npos) continue;
        const auto file = fs::relative(entry.path(), root).string();
        INFO(file << " calls " << call << "; use to_terminal() of agent/base/terminal.h");
        CHECK(may_print.contains(file));
        printing.insert(file);
      }
    }
  }
  CHECK(printing.size() == may_print.size());
}

TEST_CASE("the table names the rooms that there are, each below those that it may include",
          "[layers]") {
  std::set<std::string_view> above;
  for (const auto& room : rooms) {
    INFO(room.folder);
    CHECK(fs::is_directory(root / room.folder));
    for (const auto& used : room.rooms) CHECK(fs::is_directory(root / used));
    if (!room.folder.starts_with("agent/") || room.folder == "agent/program") continue;
    for (const auto& used : room.rooms) CHECK(above.contains(used));
    above.insert(room.folder);
  }
}

TEST_CASE("a room has about twenty units at most, and says what it is", "[layers]") {
  for (const auto* top : {"agent", "probes"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_directory()) continue;
      std::set<std::string> units;
      for (const auto& file : fs::directory_iterator(entry.path())) {
        const auto extension = file.path().extension();
        if (extension == ".h" || extension == ".cpp") units.insert(file.path().stem().string());
      }
      if (units.empty()) continue;
      INFO(fs::relative(entry.path(), root));
      CHECK(units.size() <= 24);
      CHECK(fs::exists(entry.path() / "README.md"));
    }
  }
}

TEST_CASE("tests take Catch2 from tests/catch.h, so that they build with 2 and 3", "[layers]") {
  for (const auto& [file, folder, header] : includes({"tests"})) {
    INFO(file << " includes " << header);
    if (header.starts_with("catch2/")) CHECK(file == "tests/catch.h");
  }
}
