#include "probes/inventory/session_hosts.h"

#include "agent/base/text.h"
#include "probes/inventory/product_key.h"
#include "probes/inventory/table_file.h"
#include "probes/inventory/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>

namespace cal::inventory {

namespace {

constexpr std::string_view host_names[]{"computer", "computer_name", "server_name", "host"};

using std::chrono::days;
using std::filesystem::path;

constexpr std::int64_t longest_grace = 3650;  // days; Windows gives 120
// Enough time to buy licenses and to install them.
constexpr auto grace_ends_soon = days(30);

tl::expected<SessionHost, TextFault> host_of(const Row& row) {
  const auto fault = [&](std::string_view what) {
    return tl::unexpected(TextFault{row.line(), std::string(what)});
  };
  const auto name = row.find(host_names);
  const auto type = parse_count(row.find({"licensing_type"}));
  const auto left = parse_count(row.find({"days_left", "grace_period_days"}));
  if (name.empty()) return fault("no name under computer");
  if (!type) return fault("no number under licensing_type");
  if (!left || *left > longest_grace) return fault("no number of days under days_left");
  return SessionHost{shown(name), *type, *left};
}

// `room`: how many more hosts are allowed.
tl::expected<SessionHosts, FileFault> read_file(const path& file, std::size_t room) {
  const auto content = read_table(file, host_names);
  if (!content) return tl::unexpected(content.error());
  return session_hosts_of(file, *content, room);
}

tl::expected<std::vector<path>, FileFault> files_in(const path& folder) {
  std::vector<path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto extension = folded(entry->path().extension().string());
    if (extension == ".json" || extension == ".csv") files.push_back(entry->path());
    if (files.size() <= max_session_hosts) continue;
    return tl::unexpected(
        unreadable(folder, {0, "it contains more than 200 files of session hosts"}));
  }
  if (error) return tl::unexpected(unreadable(folder, {0, error.message()}));
  if (files.empty()) {
    return tl::unexpected(FileFault{
        FileFaultKind::missing,
        fmt::format("read {}: it contains no .json or .csv file; let every session host write its "
                    "export there",
                    folder.string()),
        folder});
  }
  std::ranges::sort(files);
  return files;
}

std::string_view mode_of(const SessionHost& host) {
  return host.licensing_type == 2 ? "per device" : "per user";
}

}  // namespace

bool mode_is_set(std::int64_t licensing_type) { return licensing_type == 2 || licensing_type == 4; }

bool mode_is_not_set(std::int64_t licensing_type) {
  constexpr std::array not_set{0, 1, 3, 5};
  return std::ranges::find(not_set, licensing_type) != not_set.end();
}

tl::expected<SessionHosts, FileFault> session_hosts_of(const path& file, const TableFile& content,
                                                       std::size_t max) {
  if (auto fault = missing_column(file, content.table, host_names)) {
    return tl::unexpected(std::move(*fault));
  }
  SessionHosts found{.hosts = {}, .data_at = content.data_at};
  for (const auto& row : content.table.rows) {
    auto host = host_of(row);
    if (!host) return tl::unexpected(unreadable(file, host.error()));
    if (found.hosts.size() == max) {
      return tl::unexpected(unreadable(file, {row.line(), "more than 200 session hosts"}));
    }
    found.hosts.push_back(std::move(*host));
  }
  if (found.hosts.empty())
    return tl::unexpected(unreadable(file, {0, "it contains no session host"}));
  return found;
}

std::vector<SessionHostsFile> read_session_hosts(const path& file_or_folder) {
  std::error_code ignored;  // if it is neither a file nor a folder, reading it reports that
  if (!std::filesystem::is_directory(file_or_folder, ignored)) {
    return {{file_or_folder, read_file(file_or_folder, max_session_hosts)}};
  }
  const auto folder = file_or_folder.has_filename() ? file_or_folder : file_or_folder.parent_path();
  const auto files = files_in(folder);
  if (!files) return {{folder, tl::unexpected(files.error())}};
  std::vector<SessionHostsFile> read;
  auto room = max_session_hosts;
  for (const auto& file : *files) {
    read.push_back({file, read_file(file, room)});
    if (const auto& hosts = read.back().hosts) room -= hosts->hosts.size();
  }
  return read;
}

HostFinding judge_host(const SessionHost& host, SystemTime data_at, SystemTime now) {
  constexpr std::int64_t another_scheme = 6;  // of multi-session Windows
  if (host.licensing_type == another_scheme) {
    return {HostState::in_order, "licensed in another way (LicensingType 6)", std::nullopt};
  }
  const bool is_set = mode_is_set(host.licensing_type);
  if (!is_set && !mode_is_not_set(host.licensing_type)) {
    return {HostState::not_known,
            fmt::format("what its LicensingType {} means is not known", host.licensing_type),
            std::nullopt};
  }
  const auto ends = std::chrono::floor<days>(data_at) + days(host.days_left);
  const bool over = host.days_left == 0 || ends <= now;
  const auto mode = is_set ? fmt::format("licensing mode {}", mode_of(host))
                           : fmt::format("licensing mode not set ({})", host.licensing_type);
  if (over && is_set) {
    return {HostState::in_order, fmt::format("{}; its grace period is over", mode), std::nullopt};
  }
  if (over) {
    return {HostState::unlicensed,
            fmt::format("{}, and its grace period is over: no user gets a license to log on", mode),
            std::nullopt};
  }
  const auto left = std::chrono::ceil<days>(ends - now);
  const auto in_days = counted(left.count(), "day");
  const auto until = day_text(ends);
  if (!is_set) {
    return {HostState::mode_not_set,
            fmt::format("{}: no user can log on once its grace period ends, in {} ({})", mode,
                        in_days, until),
            ends};
  }
  const bool soon = left <= grace_ends_soon;
  return {soon ? HostState::grace_ending : HostState::in_order,
          fmt::format("{}; its grace period ends in {} ({}); whether a license server has "
                      "registered it is not in this export",
                      mode, in_days, until),
          ends};
}

}  // namespace cal::inventory
