// Reads the exports of a farm: session hosts and license servers, in the format of
// config/farm_export.schema.json and in the older ones (a table of session hosts, or of the key
// packs of one license server).
#pragma once

#include "probes/farm/license_server.h"
#include "probes/inventory/fault.h"

#include <filesystem>
#include <vector>

namespace cal::farm {

// They bound the labels of metrics, and the work.
inline constexpr std::size_t max_hosts = 500;
inline constexpr std::size_t max_servers = 64;
inline constexpr std::size_t max_export_size = 4U << 20U;  // octets

// A file that could not be read. Files are named after the computer that writes them.
struct ExportFault {
  std::string computer;  // empty: of several or all computers, such as a folder
  inventory::FileFault fault;
};

struct Exports {
  std::vector<SessionHost> hosts = {};  // a computer may be in several files: unite() decides
  std::vector<LicenseServer> servers = {};
  std::vector<ExportFault> faults = {};  // one of a file
  std::string cut_short = {};            // at the deadline, for people; empty: all was read
  std::filesystem::path read_from = {};  // the file or folder
};

// A file, or every .json and .csv file of a folder and of the folders in it, two levels deep. An
// old table of key packs has no name of its server, which is taken from the file: LS1.json. At the
// deadline it stops between two files.
Exports read_exports(const std::filesystem::path& file_or_folder, Deadline deadline);

// Keeps the newest export of each computer. Computers of different domains are different ones.
// Pure.
void unite(Exports& exports);

}  // namespace cal::farm
