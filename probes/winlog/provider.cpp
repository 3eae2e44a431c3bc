#include "probes/winlog/provider.h"

#include <algorithm>
#include <array>

namespace cal::winlog {

namespace {

using enum Source;

struct Provider {
  std::string_view name;
  Source source;
};

constexpr std::array providers{
    Provider{"Microsoft-Windows-Windows Server Solutions Client Access Licensing", ebs_cal},
    Provider{"Microsoft-Windows-Server Infrastructure Licensing", infrastructure_licensing},
    Provider{"Microsoft-Windows-TerminalServices-Licensing", rds_licensing},
    Provider{"Microsoft-Windows-TerminalServices-RemoteConnectionManager", rds_session_host},
    Provider{"TermServLicensing", rds_licensing},  // its name for Windows' older interface
};

constexpr auto provider_names = [] {
  std::array<std::string_view, providers.size()> names;
  std::ranges::transform(providers, names.begin(), &Provider::name);
  return names;
}();

// A part of each name, and the GUIDs of those whose GUID is known.
constexpr std::array<std::string_view, 7> marks{"client access licensing",
                                                "server infrastructure licensing",
                                                "terminalservices-licensing",
                                                "terminalservices-remoteconnectionmanager",
                                                "termservlicensing",
                                                "4d99f017-0eb1",
                                                "c76baa63-ae81"};

constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool contains_ignoring_case(std::string_view text, std::string_view lower) {
  const auto found = std::search(text.begin(), text.end(), lower.begin(), lower.end(),
                                 [](char a, char b) { return lower_case(a) == b; });
  return found != text.end();
}

}  // namespace

std::string_view name_of(Source source) {
  switch (source) {
    case ebs_cal:
      return "ebs_cal";
    case infrastructure_licensing:
      return "infrastructure_licensing";
    case rds_licensing:
      return "rds_licensing";
    case rds_session_host:
      return "rds_session_host";
  }
  return "";
}

bool is_same_provider(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower_case, lower_case);
}

std::optional<Source> source_of(std::string_view provider) {
  const auto* const found = std::ranges::find_if(
      providers, [&](const Provider& each) { return is_same_provider(each.name, provider); });
  return found == providers.end() ? std::nullopt : std::optional(found->source);
}

bool may_name_provider(std::string_view text) {
  return std::ranges::any_of(
      marks, [&](std::string_view mark) { return contains_ignoring_case(text, mark); });
}

bool is_all_licensing(Source source) { return source != rds_session_host; }

// EBS's events may be in Application (its channels are not documented).
bool is_licensing_log(std::string_view channel) {
  return channel.empty() || channel == "System" || channel == "Application" ||
         std::ranges::any_of(providers, [&](const Provider& each) {
           return is_same_provider(channel.substr(0, each.name.size()), each.name);
         });
}

std::span<const std::string_view> licensing_providers() { return provider_names; }

}  // namespace cal::winlog
