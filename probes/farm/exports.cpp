#include "probes/farm/exports.h"

#include "agent/base/text.h"
#include "probes/farm/export_objects.h"
#include "probes/farm/key_packs.h"
#include "probes/inventory/session_hosts.h"
#include "probes/inventory/table_file.h"
#include "probes/inventory/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

namespace cal::farm {

namespace {

using inventory::FileFault;
using inventory::FileFaultKind;
using inventory::unreadable;
using std::filesystem::path;

class ExportReader {
 public:
  void read(const path& file_or_folder) {
    std::error_code ignored;  // if it is neither a file nor a folder, reading it reports that
    if (!std::filesystem::is_directory(file_or_folder, ignored)) return read_file(file_or_folder);
    const auto files = files_in(file_or_folder);
    if (!files) return exports_.faults.push_back({"", files.error()});
    for (const auto& file : *files) read_file(file);
  }

  Exports take() { return std::move(exports_); }

 private:
  tl::expected<std::vector<path>, FileFault> files_in(const path& folder) {
    std::vector<path> files;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator entry(folder, error), end;
         !error && entry != end; entry.increment(error)) {
      if (entry.depth() > 0) entry.disable_recursion_pending();
      const auto extension = entry->path().extension();
      if (extension == ".json" || extension == ".csv") files.push_back(entry->path());
      if (files.size() > max_hosts + max_servers) {
        return tl::unexpected(
            unreadable(folder, {0, fmt::format("more than {} exports", max_hosts + max_servers)}));
      }
    }
    if (error) return tl::unexpected(unreadable(folder, {0, error.message()}));
    std::ranges::sort(files);
    return files;
  }

  void read_file(const path& file) {
    const auto content = inventory::read_text_file(file, max_export_size);
    if (!content) return refuse(file, content.error());
    const auto json = Json::parse(inventory::view_of(content->text), nullptr, false);
    const bool listed = json.is_array() && !json.empty();
    if (!is_export(listed ? json.front() : json)) return read_old(file);
    if (!listed) return add(file, json, content->written_at);
    for (const auto& each : json) add(file, each, content->written_at);
  }

  void add(const path& file, const Json& object, SystemTime written_at) {
    auto read = is_export(object) ? read_export(object, written_at)
                                  : tl::unexpected(std::string("no kind in an item of the list"));
    if (!read) return refuse(file, unreadable(file, {0, read.error()}));
    if (read->host) add(file, std::move(*read->host));
    if (read->server) add(file, std::move(*read->server));
  }

  void add(const path& file, SessionHost host) {
    if (exports_.hosts.size() < max_hosts) return exports_.hosts.push_back(std::move(host));
    refuse(file, unreadable(file, {0, fmt::format("more than {} session hosts", max_hosts)}));
  }

  void add(const path& file, LicenseServer server) {
    if (exports_.servers.size() < max_servers) return exports_.servers.push_back(std::move(server));
    refuse(file, unreadable(file, {0, fmt::format("more than {} license servers", max_servers)}));
  }

  // The formats of 0.1: tables, in CSV or JSON.
  void read_old(const path& file) {
    constexpr std::string_view column[]{"ProductVersionID"};
    const auto table = inventory::read_table(file, column);
    const bool packs = table && std::ranges::any_of(table->table.rows, [](const auto& row) {
                         return !row.find({"ProductVersionID"}).empty();
                       });
    if (packs) return add(file, old_packs(file, *table));
    for (const auto& [from, read] : inventory::read_session_hosts(file)) {
      if (!read) return refuse(file, read.error());
      for (const auto& old : read->hosts) {
        SessionHost host{old.name, read->data_at};
        host.licensing_type = inventory::parse_count(old.licensing_type);
        host.days_left = old.days_left;
        host.problems.push_back("its export has the format of 0.1: mode and grace period only");
        add(file, std::move(host));
      }
    }
  }

  static LicenseServer old_packs(const path& file, const inventory::TableFile& table) {
    LicenseServer server{file.stem().string(), table.data_at};
    auto& packs = server.key_packs.emplace();
    for (const auto& row : table.table.rows) {
      add_key_pack([&](const char* name) { return std::string(row.find({name})); }, packs);
    }
    server.problems.push_back("its export has the format of 0.1: key packs only");
    return server;
  }

  void refuse(const path& file, const FileFault& fault) {
    const bool missing = fault.kind == FileFaultKind::missing;
    exports_.faults.push_back({missing ? "" : file.stem().string(), fault});
  }

  Exports exports_;
};

// A computer whose domain is not known is the one of that name.
template <class Computer>
void keep_newest(std::vector<Computer>& computers) {
  std::ranges::stable_sort(computers, std::ranges::greater{}, &Computer::data_at);
  std::map<std::string, std::vector<std::optional<std::string>>> domains_of;
  std::erase_if(computers, [&](const Computer& each) {
    auto& domains = domains_of[folded(each.name)];
    const auto domain = each.domain ? std::optional(folded(*each.domain)) : std::nullopt;
    const bool known = std::ranges::any_of(
        domains, [&](const auto& other) { return !other || !domain || *other == *domain; });
    domains.push_back(domain);
    return known;
  });
  std::ranges::stable_sort(computers, {}, [](const Computer& each) { return folded(each.name); });
}

}  // namespace

Exports read_exports(const path& file_or_folder) {
  ExportReader reader;
  reader.read(file_or_folder);
  auto exports = reader.take();
  unite(exports);
  return exports;
}

void unite(Exports& exports) {
  keep_newest(exports.hosts);
  keep_newest(exports.servers);
}

}  // namespace cal::farm
