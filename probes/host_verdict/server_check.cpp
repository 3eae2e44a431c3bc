#include "probes/host_verdict/server_check.h"

#include "agent/base/text.h"
#include "probes/farm/contact.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/reasons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <unordered_map>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using farm::Contact;
using farm::LicenseKind;
using farm::LicenseServer;
using farm::Reach;
using farm::SessionHost;

// Enough time to buy licenses and to install them.
constexpr auto ends_soon = std::chrono::days(30);
// One failure may be a restart of the server.
constexpr std::int64_t enough_failures = 2;

class Checker {
 public:
  // `contact`: what the host got for this server; null: it did not say.
  Checker(const SessionHost& host, std::string_view listed, const Contact* contact,
          const Surroundings& around)
      : host_(host), contact_(contact), around_(around), check_{farm::short_name(listed)} {
    check_.data = around_.servers.find(listed, host_.domain);
    if (check_.data) stock_ = &around_.stocks.at(check_.data);
  }

  ServerCheck check() {
    // Each returns whether the stage is passed.
    if (is_reached() && has_export() && is_authorized() && is_activated() && has_version()) {
      if (has_kind()) has_free();
    }
    return std::move(check_);
  }

 private:
  bool stop(Stage stage, const Reason& why, std::string text) {
    check_.stage = stage;
    check_.reason = &why;
    check_.text = std::move(text);
    return false;
  }

  // An export does not decide.
  bool stop_at_gap(Stage stage, ExportGap gap, std::string text) {
    check_.gap = gap;
    return stop(stage,
                stage == Stage::reachable ? reason("status_unknown") : reason("export_incomplete"),
                std::move(text));
  }

  bool is_reached() {
    const auto& name = check_.server;
    if (!contact_) {
      return stop_at_gap(Stage::reachable, ExportGap::host_unread,
                         fmt::format("its export does not say whether it reaches {}", name));
    }
    const auto status = farm::status_text(*contact_);
    reach_ = farm::reach_of(*contact_, host_.collected);
    switch (reach_) {
      case Reach::valid:
      case Reach::answers:
        return true;
      case Reach::lower:
        return stop(Stage::version, reason("license_server_too_old"),
                    fmt::format("{} is too old for this host: {}", name, status));
      case Reach::not_in_group:
        return stop(Stage::authorized, reason("host_not_authorized"),
                    fmt::format("{} does not serve this host: {}", name, status));
      case Reach::unsuitable:
        return stop(Stage::version, reason("license_server_incompatible"),
                    fmt::format("{} does not suit this host: {}", name, status));
      case Reach::failed:
      case Reach::unknown:
        break;
    }
    return is_not_reached(*contact_, status);
  }

  bool is_not_reached(const Contact& asked, const std::string& status) {
    const auto& name = check_.server;
    if (is_refused_as_anonymous(asked)) {
      return stop(Stage::reachable, reason("workgroup_auth_refused"),
                  fmt::format("{} accepts connections (TCP 135), but not this host, which is in a "
                              "workgroup: {}",
                              name, status));
    }
    if (reach_ == Reach::unknown) {
      const bool asked_itself = host_.collected == farm::Collected::local;
      return stop_at_gap(
          Stage::reachable, asked_itself ? ExportGap::no_status : ExportGap::asked_by_other,
          fmt::format("whether it reaches {} is not known: {}", name, why_unknown(status)));
    }
    const auto* const outage = outage_of(asked.server);
    if (!outage || outage->exports < enough_failures) {
      return stop_at_gap(
          Stage::reachable, ExportGap::missed_once,
          fmt::format("{} was not reached once ({}); the next export decides", name, status));
    }
    check_.since = outage->since;
    const bool no_role = check_.data && check_.data->role_installed == false;
    return stop(Stage::reachable, reason("license_server_unreachable"),
                fmt::format("{} is unreachable since {}: {}{}", name, time_text(outage->since),
                            status, no_role ? "; its role RD Licensing is not installed" : ""));
  }

  std::string why_unknown(const std::string& status) const {
    switch (host_.collected) {
      case farm::Collected::local:
        return status;
      case farm::Collected::remote:
        return "another computer asked for it, whose credentials end at this host";
      case farm::Collected::unknown:
        break;
    }
    return "its export does not say whether the host itself asked";
  }

  // The status of a host in a workgroup whose anonymous request the server refuses is 6 or 7 [I].
  bool is_refused_as_anonymous(const Contact& asked) const {
    const bool refused = reach_ == Reach::failed || asked.status == 7;
    const bool enforced = !check_.data || check_.data->workgroup_auth_enforced != false;
    return host_.collected == farm::Collected::local && host_.domain == "" && refused &&
           asked.port_135 == true && enforced && check_.server != farm::short_name(host_.name);
  }

  const farm::Outage* outage_of(const std::string& server) const {
    const auto known = around_.memory.find(farm::key_of(host_));
    if (known == around_.memory.end()) return nullptr;
    const auto outage = known->second.outages.find(server);
    return outage == known->second.outages.end() ? nullptr : &outage->second;
  }

  bool has_export() {
    const auto& name = check_.server;
    if (!check_.data) {
      return stop(Stage::activated, reason("server_not_exported"),
                  fmt::format("{} answers, but there is no export of it, so that its licenses are "
                              "not known",
                              name));
    }
    const auto age = std::chrono::duration_cast<Milliseconds>(around_.now - check_.data->data_at);
    if (age <= around_.max_age && age >= -max_clock_difference) return true;
    return stop(Stage::activated, reason("server_not_exported"),
                fmt::format("{} answers, but its export is from {}, so that its licenses are not "
                            "known",
                            name, time_text(check_.data->data_at)));
  }

  bool is_authorized() {
    if (reach_ == Reach::valid) return true;
    const auto& server = *check_.data;
    if (server.security_group_policy == false) return true;
    const auto allowed = stock_->serves(farm::short_name(host_.name));
    if (allowed == true) return true;
    if (allowed == false) {
      return stop(Stage::authorized, reason("host_not_authorized"),
                  fmt::format("{} serves only members of Terminal Server Computers, and this host "
                              "is not one",
                              check_.server));
    }
    const bool members_only = server.security_group_policy == true;
    return stop_at_gap(
        Stage::authorized, members_only ? ExportGap::membership : ExportGap::server_unread,
        fmt::format("whether {} serves only members of Terminal Server Computers was not "
                    "read, or whether this host is one",
                    check_.server));
  }

  bool is_activated() {
    const auto status = check_.data->activation_status;
    if (status == 0) return true;
    if (status == 1) {
      if (kind() == LicenseKind::device) check_.when = stock_->first_expiry(LicenseKind::device);
      return stop(Stage::activated, reason("license_server_not_activated"),
                  fmt::format("{} is not activated", check_.server));
    }
    return stop_at_gap(Stage::activated, ExportGap::server_unread,
                       fmt::format("whether {} is activated was not read", check_.server));
  }

  bool has_version() {
    version_ = farm::version_of_build(host_.os_build);
    if (!version_) {
      return stop_at_gap(
          Stage::version, host_.os_build ? ExportGap::not_understood : ExportGap::host_unread,
          host_.os_build ? fmt::format("its build {} is not one of a Windows Server that we know",
                                       *host_.os_build)
                         : std::string("its build was not read"));
    }
    const auto server = farm::version_of_build(check_.data->os_build);
    if (server && *server < *version_) {
      return stop(
          Stage::version, reason("license_server_too_old"),
          fmt::format("{} is too old for this host: {} cannot issue licenses for {}", check_.server,
                      farm::version_name(*server), farm::version_name(*version_)));
    }
    if (server || reach_ == Reach::valid) return true;
    const bool was_read = check_.data->os_build.has_value();
    return stop_at_gap(Stage::version,
                       was_read ? ExportGap::not_understood : ExportGap::server_unread,
                       fmt::format("the build of {} was not read, or is not known", check_.server));
  }

  bool has_kind() {
    if (!check_.data->key_packs) {
      return stop_at_gap(Stage::kind, ExportGap::server_unread,
                         fmt::format("the key packs of {} were not read", check_.server));
    }
    const auto& supply = stock_->supply(kind(), *version_);
    if (supply.total > 0) return true;
    const auto wanted =
        fmt::format("{} licenses of {}", farm::name_of(kind()), farm::license_version(*version_));
    if (!supply.not_understood.empty()) return has_unknown_packs(Stage::kind, wanted);
    // Users are never refused for lack of a license; devices live on temporary ones.
    if (kind() == LicenseKind::device) check_.when = stock_->first_expiry(LicenseKind::device);
    if (supply.expired > 0) {
      return stop(Stage::kind, reason("pack_expired"),
                  fmt::format("the {} on {} have expired", wanted, check_.server));
    }
    if (supply.other_kind) {
      const auto other = kind() == LicenseKind::device ? LicenseKind::user : LicenseKind::device;
      return stop(
          Stage::kind, reason("wrong_cal_kind"),
          fmt::format("{} has no {}, only {} ones", check_.server, wanted, farm::name_of(other)));
    }
    return stop(Stage::kind, reason("no_fitting_cals"),
                fmt::format("{} has no {} or newer", check_.server, wanted));
  }

  bool has_unknown_packs(Stage stage, const std::string& wanted) {
    return stop_at_gap(
        stage, ExportGap::not_understood,
        fmt::format("whether {} has {} is not known: {}", check_.server, wanted,
                    fmt::join(stock_->supply(kind(), *version_).not_understood, "; ")));
  }

  bool has_free() {
    const auto& supply = stock_->supply(kind(), *version_);
    if (supply.next_end && *supply.next_end <= around_.now + ends_soon) {
      check_.expiring = supply.next_end;
    }
    const auto text =
        fmt::format("{} has {} {} {} of {} or newer, {} of them issued", check_.server,
                    supply.total, farm::name_of(kind()), plural(supply.total, "license"),
                    farm::license_version(*version_), supply.issued);
    if (kind() == LicenseKind::user) {
      const auto over = std::max<std::int64_t>(0, supply.issued - supply.total);
      if (over + supply.overused > 0) {
        check_.over_issued = fmt::format("{}: {} too many", text, over + supply.overused);
      }
    } else if (supply.free == 0) {
      if (!supply.not_understood.empty()) return has_unknown_packs(Stage::free, "a free one");
      check_.when = stock_->first_expiry(LicenseKind::device);
      return stop(Stage::free, reason("device_cals_exhausted"), text);
    }
    check_.text = text;
    return true;
  }

  LicenseKind kind() const {
    return host_.licensing_type == 2 ? LicenseKind::device : LicenseKind::user;
  }

  const SessionHost& host_;
  const Contact* contact_;
  const Surroundings& around_;
  ServerCheck check_;
  const Stock* stock_ = nullptr;  // null: no export of the server
  Reach reach_ = Reach::unknown;
  std::optional<std::int64_t> version_;
};

bool is_part_of_word(std::string_view text, std::size_t at) {
  return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 ||
                              text[at] == '-' || text[at] == '_');
}

// Each mention of the name, as a word, is replaced.
std::string renamed(std::string_view text, const std::string& from, std::string_view to) {
  std::string result;
  while (!text.empty()) {
    const auto at = text.find(from);
    if (at == text.npos) break;
    const auto end = at + from.size();
    const bool is_word = !is_part_of_word(text, end) && (at == 0 || !is_part_of_word(text, at - 1));
    result += text.substr(0, at);
    result += is_word ? to : std::string_view(from);
    text.remove_prefix(end);
  }
  return result.append(text);
}

}  // namespace

std::string text_of(const std::vector<const ServerCheck*>& checks) {
  constexpr std::string_view anybody("\0", 1);
  std::vector<std::pair<std::string, std::vector<std::string>>> texts;  // and the names
  for (const auto* check : checks) {
    auto text = renamed(check->text, check->server, anybody);
    auto same = std::ranges::find(texts, text, [](auto& each) { return each.first; });
    if (same == texts.end())
      same = texts.emplace(same, std::move(text), std::vector<std::string>{});
    auto& names = same->second;
    if (std::ranges::find(names, check->server) == names.end()) names.push_back(check->server);
  }
  std::vector<std::string> parts;
  for (const auto& [text, names] : texts) {
    const auto who =
        names.size() == 1 ? names.front() : fmt::format("each of {}", fmt::join(names, ", "));
    parts.push_back(renamed(text, std::string(anybody), who));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<ServerCheck> check_servers(const SessionHost& host, const Surroundings& around) {
  std::unordered_map<std::string, const Contact*> contacts;  // the first of each server
  if (host.contacts) {
    for (const auto& each : *host.contacts) contacts.try_emplace(folded(each.server), &each);
  }
  std::vector<ServerCheck> checks;
  for (const auto& listed : *host.specified_servers) {
    const auto contact = contacts.find(folded(listed));
    checks.push_back(
        Checker(host, listed, contact == contacts.end() ? nullptr : contact->second, around)
            .check());
  }
  return checks;
}

}  // namespace cal::session_host_licensing
