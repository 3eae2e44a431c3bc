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
#include <set>
#include <system_error>

namespace cal::farm {

namespace {

using inventory::FileFault;
using inventory::FileFaultKind;
using inventory::unreadable;
using std::filesystem::path;

// Folders below the folder: one for each computer, in it one for each of its roles.
constexpr int max_depth = 2;

// Without this text, no key of an export says its kind: it is a table of 0.1, and as such parsed
// only once.
bool may_be_export(std::string_view text) { return text.find(R"("kind")") != std::string::npos; }

class ExportReader {
 public:
  explicit ExportReader(Deadline deadline) : deadline_(deadline) {}

  void read(const path& file_or_folder) {
    exports_.read_from = file_or_folder;
    std::error_code ignored;  // if it is neither a file nor a folder, reading it reports that
    if (!std::filesystem::is_directory(file_or_folder, ignored)) return read_file(file_or_folder);
    const auto files = files_in(file_or_folder);
    if (!files) return exports_.faults.push_back({"", files.error()});
    for (std::size_t i = 0; i < files->size() && exports_.cut_short.empty(); ++i) {
      if (deadline_.passed()) {
        exports_.cut_short =
            fmt::format("read {}: only {} of {} exports were read within the timeout",
                        file_or_folder.string(), i, files->size());
      } else {
        read_file((*files)[i]);
      }
    }
  }

  Exports take() { return std::move(exports_); }

 private:
  tl::expected<std::vector<path>, FileFault> files_in(const path& folder) {
    std::vector<path> files;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator entry(folder, error), end;
         !error && entry != end; entry.increment(error)) {
      if (entry.depth() == max_depth) entry.disable_recursion_pending();
      const auto extension = folded(entry->path().extension().string());
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
    auto content = inventory::read_text_file(file, max_export_size);
    if (!content) return refuse(file, content.error());
    if (!may_be_export(inventory::view_of(content->text))) {
      return read_old(file, std::move(*content));
    }
    const auto json = Json::parse(inventory::view_of(content->text), nullptr, false);
    const bool listed = json.is_array() && !json.empty();
    if (!is_export(listed ? json.front() : json)) return read_old(file, std::move(*content));
    if (!listed) {
      if (const auto fault = add(file, json, content->written_at); !fault.empty()) {
        refuse(file, fault);
      }
      return;
    }
    read_list(file, json, content->written_at);
  }

  // Which computer the fault of an item is of is not known.
  void read_list(const path& file, const Json& list, SystemTime written_at) {
    if (list.size() > max_hosts) {
      return refuse_list(file, fmt::format("more than {} exports in a list", max_hosts));
    }
    std::string first_fault;
    std::size_t faults = 0;
    for (const auto& each : list) {
      const auto fault = add(file, each, written_at);
      if (!fault.empty() && ++faults == 1) first_fault = fault;
    }
    if (faults > 0) {
      refuse_list(file, fmt::format("{} of {} exports in the list cannot be used: {}", faults,
                                    list.size(), first_fault));
    }
  }

  // Returns why it cannot be used; empty: it was added.
  std::string add(const path& file, const Json& object, SystemTime written_at) {
    if (!is_export(object)) return "no kind in an item of the list";
    auto read = read_export(object, written_at);
    if (!read) return read.error();
    return read->host ? add(file, std::move(*read->host)) : add(file, std::move(*read->server));
  }

  std::string add(const path& file, SessionHost host) {
    if (exports_.hosts.size() == max_hosts) {
      return fmt::format("more than {} session hosts", max_hosts);
    }
    host.file = file.string();
    exports_.hosts.push_back(std::move(host));
    return {};
  }

  std::string add(const path& file, LicenseServer server) {
    if (exports_.servers.size() == max_servers) {
      return fmt::format("more than {} license servers", max_servers);
    }
    server.file = file.string();
    exports_.servers.push_back(std::move(server));
    return {};
  }

  // The formats of 0.1: tables, in CSV or JSON.
  void read_old(const path& file, inventory::TextFile content) {
    const auto table = inventory::table_of(file, std::move(content));
    if (!table) return refuse(file, table.error());
    const auto& rows = table->table.rows;
    const bool packs = std::ranges::any_of(
        rows, [](const auto& row) { return !row.find({"ProductVersionID"}).empty(); });
    if (packs) {
      const auto fault = rows.size() > max_key_packs
                             ? fmt::format("more than {} key packs", max_key_packs)
                             : add(file, old_packs(file, *table));
      if (!fault.empty()) refuse(file, fault);
      return;
    }
    const auto read = inventory::session_hosts_of(file, *table);
    if (!read) return refuse(file, read.error());
    for (const auto& old : read->hosts) {
      SessionHost host{old.name, read->data_at};
      host.licensing_type = old.licensing_type;
      host.days_left = old.days_left;
      host.problems.push_back("its export has the format of 0.1: mode and grace period only");
      if (const auto fault = add(file, std::move(host)); !fault.empty()) {
        return refuse_list(file, fault);
      }
    }
  }

  static LicenseServer old_packs(const path& file, const inventory::TableFile& table) {
    LicenseServer server{file.stem().string(), table.data_at};
    auto& packs = server.key_packs.emplace();
    KeyPackReader reader;
    for (const auto& row : table.table.rows) {
      add_key_pack(
          reader, [&](const char* name) { return std::string(row.find({name})); }, packs);
    }
    server.problems.push_back("its export has the format of 0.1: key packs only");
    return server;
  }

  void refuse(const path& file, std::string_view what) {
    refuse(file, unreadable(file, {0, std::string(what)}));
  }

  void refuse_list(const path& file, std::string_view what) {
    exports_.faults.push_back({"", unreadable(file, {0, std::string(what)})});
  }

  void refuse(const path& file, const FileFault& fault) {
    const bool missing = fault.kind == FileFaultKind::missing;
    exports_.faults.push_back({missing ? "" : file.stem().string(), fault});
  }

  Deadline deadline_;
  Exports exports_;
};

// A computer whose domain is not known is the one of that name.
template <class Computer>
void keep_newest(std::vector<Computer>& computers) {
  std::ranges::stable_sort(computers, std::ranges::greater{}, &Computer::data_at);
  std::map<std::string, std::set<std::optional<std::string>>> domains_of;
  std::erase_if(computers, [&](const Computer& each) {
    auto& domains = domains_of[folded(each.name)];
    const auto domain = each.domain ? std::optional(folded(*each.domain)) : std::nullopt;
    const bool known =
        !domains.empty() && (!domain || domains.contains(domain) || domains.contains(std::nullopt));
    domains.insert(domain);
    return known;
  });
  std::ranges::stable_sort(computers, {}, [](const Computer& each) { return folded(each.name); });
}

}  // namespace

Exports read_exports(const path& file_or_folder, Deadline deadline) {
  ExportReader reader(deadline);
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
