#include "probes/host_verdict/host_judgment.h"

#include "agent/base/text.h"
#include "probes/farm/contact.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/hygiene.h"
#include "probes/host_verdict/logged_events.h"
#include "probes/host_verdict/reasons.h"
#include "probes/inventory/session_hosts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cal::session_host_licensing {

namespace {

using farm::SessionHost;

// Event ids as in Windows Server 2012 R2 and older, see farm::event_id().
constexpr std::int64_t invalid_client = 1003;
constexpr std::int64_t temporary_ended = 1011;
constexpr std::int64_t not_renewed = 1028;
constexpr std::int64_t unregistered = 1128;
constexpr std::int64_t bad_certificate = 1133;

// While everything looks right, an older refusal is one that was repaired since.
constexpr std::chrono::hours still_refusing{1};
constexpr auto reset_is_shown_for = std::chrono::days(7);
constexpr std::size_t max_problems = 3;  // in a sentence

std::vector<std::string> short_names(std::vector<std::string> names) {
  std::ranges::transform(names, names.begin(), farm::short_name);
  return names;
}

std::string_view name_of_refusal(std::int64_t id) {
  switch (id) {
    case invalid_client:
      return "1003";
    case temporary_ended:
      return "1011";
    case not_renewed:
      return "50180 or 1028";
    default:
      return "50280 or 1128";
  }
}

class HostJudge {
 public:
  HostJudge(const SessionHost& host, const Surroundings& around)
      : host_(host), around_(around), grace_ends_(host.grace_ends()) {
    verdict_.host = host.name;
    verdict_.dns_name = dns_name_of(host);
    verdict_.data_at = host.data_at;
    verdict_.os_build = host.os_build;
    verdict_.licensing_type = host.licensing_type;
    past_grace_ = grace_ends_ ? std::optional(*grace_ends_ <= around.now) : std::nullopt;
  }

  HostVerdict judge() {
    if (const auto why = not_applicable(); !why.empty()) {
      conclude(reason("not_applicable"), why);
    } else if (has_mode() && has_list() && has_server() && is_registered()) {
      judge_records();
    }
    add_refusals();
    verdict_.refusing_not_known = refusing_not_known();
    verdict_.refusal = refusal();
    const bool ends_grace = verdict_.refusal == Refusal::grace;
    verdict_.refusal_at = ends_grace ? grace_ends_ : verdict_.when;
    return std::move(verdict_);
  }

 private:
  // Returns false, so that no later stage is looked at.
  bool conclude(const Reason& why, std::string text) {
    verdict_.reason = &why;
    verdict_.severity = why.severity;
    verdict_.text = std::move(text);
    const auto logged = logged_about(host_, why, around_.now - around_.failure_window);
    if (!logged.empty()) verdict_.text += "; " + logged;
    verdict_.stages.push_back(verdict_.text);
    return false;
  }

  // Of what decides and was not read.
  bool conclude_incomplete(std::string_view what, ExportGap gap = ExportGap::host_unread) {
    verdict_.gap = gap;
    auto problems = host_.problems;
    if (problems.size() > max_problems) problems.resize(max_problems);
    return conclude(reason("export_incomplete"),
                    problems.empty() ? std::string(what)
                                     : fmt::format("{} ({})", what,
                                                   list_of_first(problems, host_.problems.size())));
  }

  // Of a fault that refuses users only when the grace period is over.
  bool conclude_after_grace(const Reason& why, std::string text) {
    depends_on_grace_ = true;
    if (past_grace_ == true) {
      text += "; the grace period is over";
    } else if (past_grace_ == false) {
      text += fmt::format("; the grace period ends on {}", day_text(*grace_ends_));
      verdict_.when = grace_ends_;
    } else {
      text += "; the days left of the grace period were not read";
    }
    conclude(why, std::move(text));
    if (past_grace_ != true) verdict_.severity = Severity::warning;
    return false;
  }

  std::string not_applicable() const {
    if (host_.terminal_server_mode == 0) return "remote administration only, not a session host";
    if (host_.licensing_type == 6) return "licensed in another way (LicensingType 6)";
    if (host_.drain_mode == 1 || host_.drain_mode == 2)
      return "in drain mode: it accepts no new sessions";
    if (host_.allow_connections == 0) return "it accepts no Remote Desktop connections";
    if (host_.logons == 1) return "new sessions are switched off";
    return {};
  }

  bool has_mode() {
    if (!host_.licensing_type) {
      return conclude_incomplete("its licensing mode was not read");
    }
    const bool is_set = inventory::mode_is_set(*host_.licensing_type);
    if (!is_set && !inventory::mode_is_not_set(*host_.licensing_type)) {
      return conclude_incomplete(
          fmt::format("what its LicensingType {} means is not known", *host_.licensing_type),
          ExportGap::not_understood);
    }
    if (!is_set) {
      const auto text =
          fmt::format("its licensing mode is not set (LicensingType {})", *host_.licensing_type);
      return conclude_after_grace(
          past_grace_ == true ? reason("mode_not_set_expired") : reason("mode_not_set"), text);
    }
    const bool per_user = host_.licensing_type == 4;
    if (per_user && host_.domain == "") {
      return conclude(reason("per_user_in_workgroup"),
                      fmt::format("it is in a workgroup and asks for per-user licenses, which "
                                  "need a domain{}",
                                  throws_out() ? ": users are disconnected after 60 minutes" : ""));
    }
    verdict_.stages.push_back(per_user ? "mode per user" : "mode per device");
    return true;
  }

  bool has_list() {
    if (!host_.specified_servers) {
      return conclude_incomplete("its list of license servers was not read");
    }
    if (host_.specified_servers->empty()) {
      const auto& registered = host_.registered_servers;
      const auto published = registered && !registered->empty()
                                 ? fmt::format(" (published in the directory: {})",
                                               fmt::join(short_names(*registered), ", "))
                                 : std::string();
      return conclude_after_grace(reason("no_license_server"),
                                  "no license server is specified" + published);
    }
    verdict_.stages.push_back(fmt::format("license servers {}{}",
                                          fmt::join(short_names(*host_.specified_servers), ", "),
                                          list_origin(host_)));
    return true;
  }

  bool has_server() {
    checks_ = check_servers(host_, around_);
    const auto passed = std::ranges::find(checks_, Stage::passed, &ServerCheck::stage);
    if (passed != checks_.end()) {
      serving_ = &*passed;
      verdict_.servers = {{passed->server}};
      verdict_.stages.push_back(passed->text);
      return true;
    }
    // A server that was not seen may serve the host, so that no other one is the cause.
    const auto unknown = std::ranges::find(
        checks_, Verdict::unknown, [](const ServerCheck& each) { return each.reason->verdict; });
    // The one that comes furthest is the nearest to serving the host.
    const auto& decisive = unknown != checks_.end()
                               ? *unknown
                               : *std::ranges::max_element(checks_, {}, &ServerCheck::stage);
    const auto why = decisive.reason;
    verdict_.gap = decisive.gap;
    const auto is_cause = [&](const ServerCheck& check) {
      return check.reason == why && check.gap == decisive.gap;
    };
    auto found = blame(is_cause);
    verdict_.other_servers = found.size() < checks_.size();
    for (const auto* check : found) {
      if (check->when && (!verdict_.when || *check->when < *verdict_.when)) {
        verdict_.when = check->when;
      }
    }
    for (const auto& check : checks_) {
      if (!is_cause(check)) found.push_back(&check);
    }
    return why->severity == Severity::critical ? conclude_after_grace(*why, text_of(found))
                                               : conclude(*why, text_of(found));
  }

  // The servers that are the cause, in the order of their names, so that hosts that list them in
  // another order have the same.
  template <class Is>
  std::vector<const ServerCheck*> blame(Is is_blamed) {
    std::vector<const ServerCheck*> found;
    for (const auto& check : checks_) {
      if (is_blamed(check)) found.push_back(&check);
    }
    std::ranges::stable_sort(found, {}, &ServerCheck::server);
    verdict_.servers.clear();
    for (const auto* check : found) {
      auto& servers = verdict_.servers;
      if (!servers.empty() && servers.back().name == check->server) continue;
      servers.push_back({check->server, check->since});
    }
    return found;
  }

  bool is_registered() {
    const auto* const bad = event({bad_certificate}, around_.failure_window);
    if (bad) {
      return conclude(reason("host_certificate_bad"),
                      fmt::format("the certificate that it has from its license server is damaged "
                                  "(event 50285 or 1133 at {})",
                                  time_text(bad->newest_at)));
    }
    if (past_grace_ != true || host_.certificate_present != false) return true;
    return conclude(reason("not_registered"),
                    "no license server has registered it yet: the first user after each start is "
                    "refused once");
  }

  // Everything is there; what is left does not refuse users, or only one, or later.
  void judge_records() {
    const auto* const serving = serving_;
    if (serving->expiring) {
      verdict_.when = serving->expiring;
      conclude(reason("pack_expiring"), fmt::format("licenses on {} that it needs expire on {}",
                                                    serving->server, day_text(*serving->expiring)));
      return;
    }
    if (const auto* const other = other_fault(); other) {
      const bool activation = other->stage == Stage::activated;
      const auto found = blame([&](const ServerCheck& check) {
        return is_fault(check) && (check.stage == Stage::activated) == activation;
      });
      conclude(
          activation ? reason("license_server_not_activated") : reason("license_server_degraded"),
          fmt::format("{} serves it, but {}", serving->server, text_of(found)));
      return;
    }
    const auto* const client = event({invalid_client}, around_.failure_window);
    if (client && client->clients == 1) {
      conclude(reason("client_store_damaged"),
               fmt::format("one client is refused: its stored license is invalid (event 1003 at "
                           "{})",
                           time_text(client->newest_at)));
      return;
    }
    if (const auto what = not_read(); !what.empty()) {
      conclude_incomplete(what);
      return;
    }
    judge_hygiene(*serving);
  }

  // What would have shown a fault of this host, but was not read.
  std::string not_read() const {
    if (host_.licensing_type == 4 && !host_.domain) {
      return "whether it is in a domain was not read, which per-user licenses need";
    }
    if (host_.certificate_present != true && past_grace_ != false) {
      if (past_grace_.has_value()) return "whether a license server has registered it was not read";
      return host_.certificate_present
                 ? "no license server has registered it yet, and the days left of its grace period "
                   "were not read"
                 : "neither the days left of its grace period were read nor whether a license "
                   "server has registered it";
    }
    if (!host_.events) return "its licensing events were not read";
    if (host_.events_not_understood > 0) {
      return "not all of its licensing events were understood";
    }
    const auto* const client = event({invalid_client}, around_.failure_window);
    if (client && client->clients.value_or(0) < 1) {
      return "how many clients event 1003 is about was not read";
    }
    return {};
  }

  static bool is_fault(const ServerCheck& check) {
    return check.reason && check.reason->verdict == Verdict::present && check.stage < Stage::kind;
  }

  // A listed server beside the one that serves, which would not if that one failed. One without
  // free licenses is not one: it would issue temporary ones, or over-issue.
  const ServerCheck* other_fault() const {
    const auto found = std::ranges::find_if(checks_, is_fault);
    return found == checks_.end() ? nullptr : &*found;
  }

  void judge_hygiene(const ServerCheck& serving) {
    if (!serving.over_issued.empty()) {
      conclude(reason("user_cals_over_issued"), serving.over_issued);
    } else if (const auto text =
                   recording_fault(host_, *serving.data, around_.now - around_.failure_window);
               !text.empty()) {
      conclude(reason("cals_not_recorded"), text);
    } else if (const auto drift = policy_drift(host_); !drift.text.empty()) {
      conclude(reason("configuration_drift"), drift.text);
      verdict_.step = drift.step;
    } else if (const auto at = reset_at(); at) {
      conclude(reason("grace_reset"),
               fmt::format("its grace period began again, seen at {}", time_text(*at)));
    } else {
      const auto logged = logged_about_servers(host_, around_.now - still_refusing);
      conclude(reason("licensed"), fmt::format("gets a license from {}{}{}{}", serving.server,
                                               recording_not_known(host_, *serving.data),
                                               logged.empty() ? "" : "; but ", logged));
    }
  }

  std::optional<SystemTime> reset_at() const {
    const auto known = around_.memory.find(farm::key_of(host_));
    if (known == around_.memory.end()) return std::nullopt;
    const auto& at = known->second.reset_at;
    return at && *at >= around_.now - reset_is_shown_for ? at : std::nullopt;
  }

  // Windows logs nothing when it is good again: a license server that answers as valid, or a
  // registration, ends 50280 (1128).
  void add_refusals() {
    const auto verdict = verdict_.reason->verdict;
    const bool cause_found = verdict == Verdict::present;
    if (verdict_.reason == &reason("not_applicable")) return;
    const auto window = cause_found ? around_.failure_window : Milliseconds(still_refusing);
    const auto* refused = event({temporary_ended, not_renewed}, window);
    if (!refused && !is_valid_somewhere() && host_.certificate_present != true) {
      refused = event({unregistered}, window);
    }
    if (const auto* const clients = event({invalid_client}, window); !refused && clients) {
      if (clients->clients.value_or(0) > 1) refused = clients;
    }
    if (!refused) return;
    const auto text = fmt::format("a user was refused at {} (event {})",
                                  time_text(refused->newest_at), name_of_refusal(refused->id));
    if (cause_found) {
      if (past_grace_ == false) return;
      verdict_.severity = Severity::critical;
      verdict_.when.reset();
      verdict_.text += "; " + text;
      verdict_.stages.back() = verdict_.text;
      return;
    }
    conclude(reason("users_refused"), fmt::format("{}; otherwise {}", text, verdict_.text));
  }

  // In grace nobody is refused; a host that is licensed has shown what was asked.
  std::string refusing_not_known() const {
    if (verdict_.reason->verdict != Verdict::present || verdict_.refuses() ||
        past_grace_ == false) {
      return {};
    }
    if (depends_on_grace_) return "the days left of the grace period were not read";
    if (!host_.events) return "the licensing events were not read";
    if (host_.events_not_understood > 0) return "not all licensing events were understood";
    return {};
  }

  Refusal refusal() const {
    const auto& why = *verdict_.reason;
    if (why.verdict == Verdict::unknown) return Refusal::not_checked;
    if (why.verdict == Verdict::clear) return Refusal::none;
    if (verdict_.refuses()) return Refusal::now;
    if (!verdict_.refusing_not_known.empty()) return Refusal::not_known;
    if (depends_on_grace_) return Refusal::users_from;
    if (&why == &reason("pack_expiring")) return Refusal::licenses_end;
    if (&why == &reason("not_registered")) return Refusal::first_of_each_start;
    if (&why == &reason("client_store_damaged")) return Refusal::one_client;
    if (&why == &reason("per_user_in_workgroup")) {
      return throws_out() ? Refusal::thrown_out : Refusal::maybe_thrown_out;
    }
    if (serving_) return Refusal::other_server;
    const bool not_activated = &why == &reason("license_server_not_activated");
    if (host_.licensing_type == 2) {
      if (verdict_.when) return Refusal::devices_from;
      return not_activated ? Refusal::devices_unactivated : Refusal::devices_in_time;
    }
    if (!not_activated) return Refusal::not_enforced;
    return past_grace_ == false ? Refusal::grace : Refusal::none_logged;
  }

  // Windows Server 2019, from a workgroup, users with per-user licenses; of later versions that is
  // not known.
  bool throws_out() const { return farm::version_of_build(host_.os_build) == 6; }

  bool is_valid_somewhere() const {
    return host_.contacts && std::ranges::any_of(*host_.contacts, [&](const auto& contact) {
             return farm::reach_of(contact, host_.collected) == farm::Reach::valid;
           });
  }

  const farm::LoggedEvent* event(std::initializer_list<std::int64_t> ids,
                                 Milliseconds window) const {
    return farm::newest_event(host_.events, ids, around_.now - window);
  }

  const SessionHost& host_;
  const Surroundings& around_;
  std::optional<SystemTime> grace_ends_;
  std::optional<bool> past_grace_;
  bool depends_on_grace_ = false;
  std::vector<ServerCheck> checks_;
  const ServerCheck* serving_ = nullptr;
  HostVerdict verdict_{"", nullptr, Severity::ok, ""};
};

}  // namespace

std::string dns_name_of(const SessionHost& host) {
  if (!host.dns_name.empty()) return folded(host.dns_name);
  if (host.domain.value_or("").empty()) return {};
  return folded(fmt::format("{}.{}", host.name, *host.domain));
}

HostVerdict judge_host(const SessionHost& host, const Surroundings& around) {
  return HostJudge(host, around).judge();
}

}  // namespace cal::session_host_licensing
