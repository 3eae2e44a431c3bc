#include "probes/net/automatic_proxy.h"

#include "agent/base/file.h"
#include "agent/base/text.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <vector>

namespace cal::net {

namespace {

constexpr std::size_t max_settings = std::size_t{64} * 1024;
constexpr std::size_t max_settings_files = 100;
constexpr std::size_t max_shown_name = 200;

// The value of "key=value", without quotes; empty: another key.
std::string value_in(std::string_view line, std::string_view key) {
  const auto equals = line.find('=');
  if (equals == line.npos || folded(line.substr(0, equals)) != key) return "";
  return std::string(trimmed(line.substr(equals + 1), " \t\r'\"").substr(0, max_shown_name));
}

// Nothing of a folder that cannot be read.
std::vector<std::filesystem::path> listed(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::directory_iterator each(folder, error);
  while (!error && each != std::filesystem::directory_iterator() &&
         files.size() < max_settings_files) {
    files.push_back(each->path());
    each.increment(error);
  }
  std::ranges::sort(files);
  return files;
}

// The settings for all users: those of GNOME in the folders of dconf, and that of KDE.
std::vector<std::filesystem::path> settings_files(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  for (const auto& folder : listed(root / "etc/dconf/db")) {
    if (folder.extension() != ".d") continue;
    std::ranges::move(listed(folder), std::back_inserter(files));
  }
  files.push_back(root / "etc/xdg/kioslaverc");
  return files;
}

}  // namespace

std::optional<std::string> automatic_proxy_in(std::string_view settings) {
  bool automatic = false;
  std::string file;
  while (!settings.empty()) {
    const auto end = std::min(settings.find('\n'), settings.size());
    const auto line = settings.substr(0, end);
    settings.remove_prefix(std::min(end + 1, settings.size()));
    automatic = automatic || value_in(line, "mode") == "auto";
    for (const auto* key : {"autoconfig-url", "proxy config script"}) {
      if (auto value = value_in(line, key); !value.empty()) file = std::move(value);
    }
  }
  if (file.empty() && !automatic) return std::nullopt;
  return file;
}

std::optional<AutomaticProxy> automatic_proxy(const Variable& variable,
                                              const std::filesystem::path& root) {
  if (auto file = variable("auto_proxy"); !file.empty()) {
    return AutomaticProxy{file.substr(0, max_shown_name), "the variable auto_proxy"};
  }
  for (const auto& path : settings_files(root)) {
    const auto settings = read_file(path, max_settings);
    if (!settings) continue;
    if (auto file = automatic_proxy_in(*settings)) return AutomaticProxy{*file, path.string()};
  }
  return std::nullopt;
}

}  // namespace cal::net
