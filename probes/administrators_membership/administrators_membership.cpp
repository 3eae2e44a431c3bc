#include "probes/administrators_membership/administrators_membership.h"

#include "agent/contract/options.h"
#include "probes/administrators_membership/account_rights.h"
#include "probes/administrators_membership/membership_reasons.h"
#include "probes/administrators_membership/who_questions.h"
#include "probes/security/well_known_sids.h"
#include "probes/shared/directory_probe.h"
#include "probes/shared/network_clients.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace cal::administrators_membership {

namespace {

// An item of `accounts`: a text, or { account, group }.
Requirement read_requirement(Options::Item item, const std::string& usual_group) {
  if (!item.mapping) return {item.text, usual_group};
  Requirement required{item.mapping->text("account"), item.mapping->text_or("group", usual_group)};
  item.mapping->reject_unknown_keys();
  return required;
}

class MembershipProbe : public DirectoryProbe<Settings, gather, judge> {
 public:
  using DirectoryProbe::DirectoryProbe;

  std::vector<Cause> causes() const override {
    std::set<Cause> causes;
    for (const auto& required : settings().requirements) causes.insert(required.cause());
    return {causes.begin(), causes.end()};
  }

  ldap::Result<std::vector<Right>> ask_rights(const BoundAccount& self, Deadline by) override {
    std::vector<Right> rights;
    for (const auto& required : settings().requirements) {
      auto found =
          ad::find_account(self.session, self.domain, ad::parse_principal(required.account), by);
      if (!found && concerns_all(found.error())) {
        return tl::unexpected(std::move(found.error()));
      }
      if (!found) {
        rights.push_back({fmt::format("find {} in the directory", required.account), std::nullopt,
                          found.error().message});
        continue;
      }
      std::ranges::move(rights_to(required.account, *found, self), std::back_inserter(rights));
    }
    return rights;
  }

  Profile profile() const override {
    return std::ranges::any_of(settings().requirements, &Requirement::is_license_server)
               ? Profile::rds
               : Profile::ebs;
  }

  bool stops_activation() const override {
    return !std::ranges::all_of(settings().requirements, &Requirement::is_license_server);
  }

  std::vector<actors::Question> questions(const Facts& facts) const override {
    return who_questions(facts);
  }
};

std::unique_ptr<Probe> make(Options& options, const ProbeContext& context) {
  if (!options.has("accounts")) {
    options.error("accounts", "'accounts' is missing: list the accounts that install CAL packs");
  }
  const auto usual_group = options.text_or("group", Requirement{}.group);
  Settings settings;
  std::set<std::pair<std::string, std::string>> listed;
  for (auto& item : options.items("accounts")) {
    auto required = read_requirement(std::move(item), usual_group);
    if (required.group == "Terminal Server License Servers") {
      options.error("accounts", "write this group as S-1-5-32-561: its name differs by language");
    }
    if (!listed.emplace(required.account, required.group).second) {
      options.error("accounts",
                    fmt::format("'{}' is already listed with this group", required.account));
    }
    settings.requirements.push_back(std::move(required));
  }
  settings.licensing_server = options.text_or("licensing_server", "");
  auto directory = require_directory(options, context);
  return std::make_unique<MembershipProbe>(std::move(directory), std::move(settings),
                                           context.clients->security_log);
}

}  // namespace

bool Requirement::is_license_server() const {
  return security::Sid::parse_text(group) == security::well_known::terminal_server_license_servers;
}

Cause Requirement::cause() const {
  return is_license_server() ? Cause::directory_not_writable : Cause::account_not_administrator;
}

ProbeKind kind() {
  return {"administrators_membership",
          "Is each account that licenses depend on a member of its group, and can it log on?",
          reasons,
          families,
          make,
          Cause::account_not_administrator,
          "accounts"};
}

}  // namespace cal::administrators_membership
