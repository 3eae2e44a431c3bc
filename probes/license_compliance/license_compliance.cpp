#include "probes/license_compliance/license_compliance.h"

#include "agent/base/host_name.h"
#include "probes/farm/key_pack_file.h"
#include "probes/license_compliance/compliance_reasons.h"
#include "probes/license_compliance/license_rights.h"
#include "probes/shared/directory_probe.h"
#include "probes/shared/file_options.h"
#include "probes/shared/file_rights.h"
#include "probes/shared/network_clients.h"

#include <fmt/format.h>

namespace cal::license_compliance {

namespace {

class ComplianceProbe : public Probe {
 public:
  ComplianceProbe(std::shared_ptr<ldap::Directory> directory, Settings settings)
      : directory_(std::move(directory)), settings_(std::move(settings)) {}

  Outcome run(Deadline deadline) override {
    std::vector<Phase> phases;
    auto outcome = judge(gather(directory_.get(), settings_, deadline, phases), settings_);
    outcome.phases = std::move(phases);
    return outcome;
  }

  bool counts_licenses() const override {
    return settings_.inventory_file || settings_.key_packs_file;
  }

  LicenseHolders holders(Deadline deadline) override {
    if (!directory_) return {{}, "names of users are in the directory: set `directory_users`"};
    auto session = directory_->open(deadline);
    if (!session) return {{}, session.error().message};
    auto found = ad::list_user_licenses(*session, deadline);
    if (!found) return {{}, found.error().message};
    LicenseHolders holders;
    for (auto& each : *found) {
      holders.holders.push_back({std::move(each.user), std::move(each.version),
                                 std::move(each.server), std::move(each.expires)});
    }
    return holders;
  }

  std::vector<Right> rights(Deadline deadline) override {
    std::vector<Right> rights;
    for (const auto& file :
         {settings_.inventory_file, settings_.key_packs_file, settings_.session_hosts_file}) {
      if (file) rights.push_back(right_to_read(*file));
    }
    if (directory_) {
      std::ranges::move(directory_rights(*directory_, ask_user_licenses, deadline),
                        std::back_inserter(rights));
    }
    return rights;
  }

 private:
  std::shared_ptr<ldap::Directory> directory_;
  Settings settings_;
};

std::map<std::string, int> read_editions(Options options) {
  constexpr int most = 1'000'000;
  std::map<std::string, int> warn_below;
  for (auto& [edition, settings] : options.named_sections()) {
    const bool full = settings.choice_or("expected", false, {{"full", true}});
    if (full == settings.has("warn_below")) {
      settings.error("", fmt::format("edition '{}': give 'warn_below: NUMBER', or 'expected: full' "
                                     "if all its licenses are meant to be assigned",
                                     edition));
    }
    const int least = settings.number_or("warn_below", 1, 1, most);
    warn_below[edition] = full ? 0 : least;
    settings.reject_unknown_keys();
  }
  return warn_below;
}

std::unique_ptr<Probe> make(Options& options, const ProbeContext& context) {
  Settings settings;
  settings.inventory_file = optional_file(options, "inventory_file");
  settings.key_packs_file = optional_file(options, "key_packs_file");
  settings.session_hosts_file = optional_file(options, "session_hosts_file");
  settings.directory_users = options.flag_or("directory_users", false);
  settings.warn_below = read_editions(options.section("editions"));
  settings.max_age = read_max_age(options, settings.max_age);
  if (!settings.inventory_file && !settings.key_packs_file && !settings.session_hosts_file) {
    options.error("",
                  "give 'inventory_file', 'key_packs_file' or 'session_hosts_file': they say what "
                  "is installed and configured");
  }
  std::shared_ptr<ldap::Directory> directory;
  if (settings.directory_users) directory = require_directory(options, context);
  return std::make_unique<ComplianceProbe>(std::move(directory), std::move(settings));
}

ldap::Result<DirectoryCount> count_in(ldap::Directory& directory, SystemTime now, Deadline deadline,
                                      std::vector<Phase>& phases) {
  auto session = directory.open(deadline);
  if (!session) return tl::unexpected(std::move(session.error()));
  phases = session->phases();
  const PhaseTimer timer(phases, "search");
  auto rights = ask_as(*session, directory.settings().bind.user, ask_directory_count, deadline);
  if (!rights) return tl::unexpected(std::move(rights.error()));
  auto licenses = ad::count_user_licenses(*session, now, deadline);
  if (!licenses) return tl::unexpected(std::move(licenses.error()));
  return DirectoryCount{session->server(), std::move(*licenses), std::move(rights->at(0)),
                        std::move(rights->at(1))};
}

}  // namespace

Facts gather(ldap::Directory* directory, const Settings& settings, Deadline deadline,
             std::vector<Phase>& phases) {
  Facts facts{std::chrono::system_clock::now(), std::nullopt};
  facts.host = host_name();
  if (const auto& file = settings.inventory_file) {
    facts.inventory = Source{*file, inventory::read_license_inventory(*file)};
  }
  if (const auto& file = settings.key_packs_file) {
    facts.key_packs = Source{*file, farm::read_key_packs(*file, facts.now)};
  }
  if (const auto& file = settings.session_hosts_file) {
    facts.session_hosts = inventory::read_session_hosts(*file);
  }
  if (directory) facts.directory = count_in(*directory, facts.now, deadline, phases);
  return facts;
}

ProbeKind kind() {
  return {"license_compliance",
          "Are no more licenses assigned than installed, and how many are left?", all_reasons,
          families, make};
}

}  // namespace cal::license_compliance
