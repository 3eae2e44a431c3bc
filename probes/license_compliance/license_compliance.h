// The final check: how many licenses are installed, assigned and free, by edition and kind, and do
// they comply with the license terms? The README in this folder is the runbook.
#pragma once

#include "agent/contract/probe.h"
#include "probes/ad/user_licenses.h"
#include "probes/inventory/license_counts.h"
#include "probes/inventory/session_hosts.h"
#include "probes/ldap/directory.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cal::license_compliance {

struct Settings {
  std::optional<std::string> inventory_file;
  std::optional<std::string> key_packs_file = std::nullopt;
  std::optional<std::string> session_hosts_file = std::nullopt;  // or a folder of files
  bool directory_users = false;
  // By edition: fewer free licenses than this are worth an alert; 0: the edition is meant to be
  // full.
  std::map<std::string, int> warn_below = {};
  Milliseconds max_age = std::chrono::days(1);
};

// One of the configured files, read.
struct Source {
  std::filesystem::path file;
  tl::expected<inventory::LicenseCounts, inventory::FileFault> counts;
};

// A filter on an attribute that may not be read matches nothing, so that the licenses count only
// with the rights, each checked on a sample of users.
struct DirectoryCount {
  std::string server;  // the URI that answered
  ad::UserLicenses licenses;
  Right read;         // by the agent's account
  Right self_writes;  // by each user; `seen` also tells where they may not
};

struct Facts {
  SystemTime now;
  std::optional<Source> inventory;
  std::optional<Source> key_packs = std::nullopt;
  std::vector<inventory::SessionHostsFile> session_hosts = {};
  // Empty if the directory was not asked.
  std::optional<ldap::Result<DirectoryCount>> directory = std::nullopt;
  std::string host = {};  // that the agent runs on, and its files are on
};

// Reads the files, and counts in `directory` unless it is null. The age of the data is measured
// against the current system time.
Facts gather(ldap::Directory* directory, const Settings& settings, Deadline deadline,
             std::vector<Phase>& phases);

// Pure.
Outcome judge(const Facts& facts, const Settings& settings);

ProbeKind kind();

}  // namespace cal::license_compliance
