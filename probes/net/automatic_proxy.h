// Whether the settings of this host name a file that chooses a proxy for each URL (PAC). Such a
// file is a program in JavaScript, which this agent does not run.
#pragma once

#include "probes/net/endpoint.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace cal::net {

struct AutomaticProxy {
  std::string file;   // a URL, as written; empty: it is to be discovered (WPAD)
  std::string where;  // the setting that names it
};

// In a settings file: GNOME's `autoconfig-url='…'` and `mode='auto'`, or KDE's
// `Proxy Config Script=…`. Pure.
std::optional<std::string> automatic_proxy_in(std::string_view settings);

// In the environment (auto_proxy), or in the settings files below `root` for all users.
std::optional<AutomaticProxy> automatic_proxy(const Variable& variable,
                                              const std::filesystem::path& root = "/");

}  // namespace cal::net
