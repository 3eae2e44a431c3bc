#include "probes/net/automatic_proxy.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"

using namespace cal::net;
using cal::fakes::ScratchFolder;

namespace {

const Variable no_variable = [](const std::string&) { return std::string(); };

}  // namespace

TEST_CASE("a settings file may name a PAC file, or have it discovered", "[automatic_proxy]") {
  const auto& [settings, file] = GENERATE(table<std::string, std::optional<std::string>>({
      {"", std::nullopt},
      {"[system/proxy]\nmode='none'\n", std::nullopt},
      {"[system/proxy]\nmode='auto'\nautoconfig-url='http://config/proxy.pac'\n",
       "http://config/proxy.pac"},
      {"[system/proxy]\nmode = 'auto'", ""},
      {"[Proxy Settings]\r\nProxy Config Script=file:///etc/proxy.pac\r\nProxyType=2\r\n",
       "file:///etc/proxy.pac"},
      {"autoconfig-url=''\n", std::nullopt},
  }));
  CHECK(automatic_proxy_in(settings) == file);
}

TEST_CASE("the environment and the settings for all users are searched", "[automatic_proxy]") {
  const ScratchFolder root;
  CHECK_FALSE(automatic_proxy(no_variable, root.path()));
  std::filesystem::create_directories(root / "etc/dconf/db/local.d/locks");
  std::filesystem::create_directories(root / "etc/xdg");
  root.write("etc/xdg/kioslaverc", "Proxy Config Script=http://kde/p.pac\n");
  CHECK(automatic_proxy(no_variable, root.path())->file == "http://kde/p.pac");
  root.write("etc/dconf/db/local.d/00-proxy", "autoconfig-url='http://gnome/p.pac'\n");
  const auto found = automatic_proxy(no_variable, root.path());
  CHECK(found->file == "http://gnome/p.pac");
  CHECK(found->where == root / "etc/dconf/db/local.d/00-proxy");
  const auto by_variable = automatic_proxy(
      [](const std::string& name) { return name == "auto_proxy" ? "http://e" : ""; }, root.path());
  CHECK(by_variable->file == "http://e");
  CHECK(by_variable->where == "the variable auto_proxy");
}
