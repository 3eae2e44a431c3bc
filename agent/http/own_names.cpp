#include "agent/http/own_names.h"

#include "agent/base/file.h"
#include "agent/base/host_name.h"
#include "agent/base/text.h"

#include <fmt/format.h>
#include <resolv.h>

#include <algorithm>
#include <sstream>

namespace cal {

namespace {

constexpr std::size_t max_hosts_file = std::size_t{1} << 20U;  // bytes

std::vector<std::string> search_domains() {
  struct __res_state state {};
  if (res_ninit(&state) != 0) return {};
  std::vector<std::string> domains;
  for (const auto* domain : state.dnsrch) {
    if (domain == nullptr) break;
    domains.emplace_back(domain);
  }
  res_nclose(&state);
  return domains;
}

}  // namespace

std::vector<std::string> names_beside(std::string_view hosts_file, std::string_view name) {
  std::vector<std::string> names;
  std::istringstream lines{std::string(hosts_file)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string address;
    words >> address;
    std::vector<std::string> of_line;
    for (std::string word; words >> word;) of_line.push_back(folded(word));
    if (std::ranges::find(of_line, folded(name)) == of_line.end()) continue;
    names.insert(names.end(), of_line.begin(), of_line.end());
  }
  return names;
}

std::vector<std::string> own_names() {
  std::vector<std::string> names{"localhost"};
  const auto name = host_name();
  const auto label = name.substr(0, name.find('.'));
  if (label.empty()) return names;
  names.push_back(name);
  names.push_back(label);
  for (const auto& domain : search_domains()) names.push_back(fmt::format("{}.{}", label, domain));
  if (const auto hosts = read_file("/etc/hosts", max_hosts_file)) {
    const auto beside = names_beside(*hosts, name);
    names.insert(names.end(), beside.begin(), beside.end());
  }
  return names;
}

}  // namespace cal
