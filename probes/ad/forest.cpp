#include "probes/ad/forest.h"

#include "agent/base/text.h"
#include "probes/ad/distinguished_name.h"
#include "probes/ad/group.h"
#include "probes/ldap/escape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>

namespace cal::ad {

namespace {

using security::Sid;

// A part of the time left, so that one server that does not answer leaves some to the others.
constexpr int parts = 3;
constexpr std::size_t max_groups_in_catalog = 50;  // looked up by one search

AccountLookup not_found_anywhere(std::string detail) {
  return {AccountLookup::Result::not_found, std::nullopt, std::move(detail)};
}

AccountLookup elsewhere(std::string detail) {
  return {AccountLookup::Result::other_domain, std::nullopt, std::move(detail)};
}

bool is_named(std::string_view name, const DomainNames& names) {
  return !name.empty() && (equal_ignoring_case(name, names.dns_name) ||
                           equal_ignoring_case(name, names.netbios_name));
}

PrincipalName by_dn(const std::string& dn) { return {NameForm::distinguished_name, dn, "", dn}; }

}  // namespace

ldap::Result<void> Forest::learn_domains(Deadline deadline) {
  if (others_) return {};
  auto trusts = read_trusts(home_, domain_, deadline);
  if (!trusts) return tl::unexpected(std::move(trusts.error()));
  std::vector<OtherDomain> others;
  std::map<std::string, std::size_t> by_name;  // of `others`, by DNS name
  const auto other = [&](const DomainNames& names, bool is_in_forest) -> OtherDomain& {
    const auto [at, is_new] = by_name.try_emplace(folded(names.dns_name), others.size());
    if (is_new) others.push_back({names, {}, is_in_forest, {}});
    return others[at->second];
  };
  for (const auto& names : domain_.others) other(names, true);
  for (auto& trust : *trusts) {
    auto& known = other(trust.partner, false);
    known.sid = trust.sid;
    known.trust = std::move(trust);
  }
  for (const auto& name : directory_.settings().other_domains.names) {
    if (!equal_ignoring_case(name, domain_.dns_name)) other({dn_of_domain(name), name, ""}, false);
  }
  const auto configuration = home_.root_dse().first("configurationNamingContext").value_or("");
  const auto partitions = home_.read("CN=Partitions," + configuration, {"uPNSuffixes"}, deadline);
  if (!partitions) return tl::unexpected(partitions.error());
  if (*partitions) upn_suffixes_ = (*partitions)->values("uPNSuffixes");
  others_ = std::move(others);
  return {};
}

const OtherDomain* Forest::domain_of_dn(std::string_view dn) const {
  const auto found = std::ranges::find_if(
      *others_, [&](const OtherDomain& other) { return is_of_domain(dn, other.names.dn); });
  return found == others_->end() ? nullptr : &*found;
}

// The domain that the name itself says; null if it does not say one that is known.
const OtherDomain* Forest::locate(const PrincipalName& name) const {
  if (name.form == NameForm::distinguished_name) return domain_of_dn(name.name);
  const auto sid = name.form == NameForm::sid ? Sid::parse_text(name.name) : std::nullopt;
  const auto found = std::ranges::find_if(*others_, [&](const OtherDomain& other) {
    return sid ? other.sid == sid->domain() : is_named(name.domain, other.names);
  });
  return found == others_->end() ? nullptr : &*found;
}

bool Forest::allows(const OtherDomain& other) const {
  const auto& allowed = directory_.settings().other_domains;
  switch (allowed.which) {
    case ldap::OtherDomains::Which::off:
      return false;
    case ldap::OtherDomains::Which::forest:
      return other.is_in_forest;
    case ldap::OtherDomains::Which::named:
      return std::ranges::any_of(allowed.names, [&](const auto& name) {
        return equal_ignoring_case(name, other.names.dns_name);
      });
  }
  return false;
}

std::string Forest::why_not_allowed(const OtherDomain& other) const {
  const auto& name = other.names.dns_name;
  return fmt::format(
      "{} itself was not asked: `other_domains: {}` in `directory` lets the agent "
      "bind there, or watch the account from a network of that domain",
      name, other.is_in_forest ? "forest" : fmt::format("[{}]", name));
}

Forest::Reached& Forest::global_catalog(Deadline deadline) {
  if (catalog_) return *catalog_;
  catalog_.emplace();
  const auto directory = directory_.global_catalog_of(home_.server());
  auto session = directory ? (*directory)->open(deadline.share(parts))
                           : ldap::Result<ldap::Session>(tl::unexpected(directory.error()));
  if (session) {
    catalog_->session = std::move(*session);
  } else {
    catalog_->fault = session.error().message;
  }
  return *catalog_;
}

Forest::Reached& Forest::session_of(const OtherDomain& other, Deadline deadline) {
  const auto [at, is_new] = sessions_.try_emplace(other.names.dns_name);
  auto& reached = at->second;
  if (!is_new) return reached;
  const auto& bind = directory_.settings().bind;
  if (bind.method == ldap::BindMethod::simple && bind.user.find_first_of("\\@") == bind.user.npos) {
    reached.fault =
        "the agent's account can bind there only if `user` is NAME@DOMAIN or DOMAIN\\NAME";
    return reached;
  }
  const auto limit = deadline.share(parts);
  auto session = directory_.of_domain(other.names.dns_name)->open(limit);
  if (!session) {
    reached.fault = session.error().message;
    return reached;
  }
  auto domain = read_domain(*session, limit);
  if (!domain) {
    reached.fault = domain.error().message;
  } else if (!equal_ignoring_case(domain->dn, other.names.dn)) {
    reached.fault =
        fmt::format("{} serves {}, not {}", session->server(), domain->dn, other.names.dn);
  } else {
    reached.domain = std::move(*domain);
    reached.session = std::move(*session);
  }
  return reached;
}

std::optional<ForeignAccount> Forest::find_at_home(const PrincipalName& name,
                                                   const OtherDomain& other, Deadline deadline) {
  auto& reached = session_of(other, deadline);
  if (!reached.session) {
    return ForeignAccount{elsewhere(fmt::format("it is of {}", other.names.dns_name)),
                          other,
                          {},
                          fmt::format("its domain could not be asked: {}", reached.fault)};
  }
  const auto failed = [&](const ldap::Fault& fault) {
    return ForeignAccount{
        elsewhere(fmt::format("it is of {}", other.names.dns_name)), other, {}, fault.message};
  };
  auto lookup = find_account(*reached.session, reached.domain, name, deadline);
  if (!lookup) return failed(lookup.error());
  if (lookup->result == AccountLookup::Result::unusable_name) {
    return ForeignAccount{std::move(*lookup), other, {}, ""};
  }
  if (!lookup->account) return std::nullopt;
  ForeignAccount found{std::move(*lookup), other, {}, ""};
  const auto& account = *found.lookup.account;
  constexpr std::string_view attribute = "tokenGroupsGlobalAndUniversal";
  const auto token = reached.session->read(account.dn, {std::string(attribute)}, deadline);
  if (!token) return failed(token.error());
  if (*token) {
    for (const auto& octets : (*token)->values(attribute)) {
      const auto sid = Sid::parse_octets(octets);
      if (sid && !sid->is_builtin()) found.groups.push_back(*sid);
    }
  }
  if (found.groups.empty()) {
    found.needed = fmt::format(
        "{} of {} was not returned: make the agent's account a member of "
        "Windows Authorization Access Group in {}",
        attribute, account.name, other.names.dns_name);
  }
  return found;
}

Forest::InCatalog Forest::look_in_catalog(const PrincipalName& name, const OtherDomain* target,
                                          Deadline deadline) {
  const bool in_forest = target != nullptr && target->is_in_forest;
  const bool names_its_domain = name.form != NameForm::sid && name.form != NameForm::upn;
  if (names_its_domain && !in_forest) return {};
  auto& catalog = global_catalog(deadline);
  if (!catalog.session) return {"", false, catalog.fault};
  InCatalog result;
  const auto search = [&](const std::string& base, const std::string& filter) {
    if (!result.dn.empty() || !result.fault.empty()) return false;
    const auto found = catalog.session->search(
        {.base = base, .filter = filter, .attributes = {"objectSid"}}, deadline);
    if (!found) {
      result.fault = found.error().message;
      return false;
    }
    if (!found->empty()) result.dn = found->front().dn();
    return found->empty();
  };
  const auto by_name = fmt::format("(sAMAccountName={})", ldap::escape_filter(name.name));
  switch (name.form) {
    case NameForm::sid: {
      const auto sid = Sid::parse_text(name.name).value_or(Sid{});
      if (!search("", fmt::format("(objectSid={})", ldap::escape_filter(sid.octets())))) break;
      // It would be there if its domain is.
      result.is_sure =
          in_forest ||
          (!search("", fmt::format("(objectSid={})", ldap::escape_filter(sid.domain().octets()))) &&
           result.fault.empty());
      result.dn.clear();
      break;
    }
    case NameForm::distinguished_name: {
      const auto entry = catalog.session->read(name.name, {"objectSid"}, deadline);
      if (!entry) {
        result.fault = entry.error().message;
      } else if (*entry) {
        result.dn = (*entry)->dn();
      }
      result.is_sure = result.fault.empty();
      break;
    }
    case NameForm::upn: {
      search("", fmt::format("(userPrincipalName={})",
                             ldap::escape_filter(name.name + "@" + name.domain)));
      if (in_forest) search(target->names.dn, by_name);
      // Its own domain has looked for it at home.
      const bool is_of_home = equal_ignoring_case(name.domain, domain_.dns_name) ||
                              equal_ignoring_case(name.domain, domain_.netbios_name);
      const bool is_of_forest = std::ranges::any_of(upn_suffixes_, [&](const auto& suffix) {
        return equal_ignoring_case(suffix, name.domain);
      });
      result.is_sure = (in_forest || is_of_home || is_of_forest) && result.fault.empty();
      break;
    }
    case NameForm::domain_and_name:
    case NameForm::bare_name:
      search(target->names.dn, by_name);
      result.is_sure = result.fault.empty();
      break;
  }
  return result;
}

ForeignAccount Forest::read_in_catalog(const std::string& dn, const OtherDomain& other,
                                       Deadline deadline) {
  auto& session = *global_catalog(deadline).session;
  ForeignAccount found{elsewhere(fmt::format("it is of {}", other.names.dns_name)), other, {}, ""};
  const Domain domain{other.names.dn, other.names.dns_name, other.names.netbios_name, Sid{}, {}};
  auto lookup = find_account(session, domain, by_dn(dn), deadline);
  if (lookup && lookup->result == AccountLookup::Result::unusable_name) {
    found.lookup = std::move(*lookup);
    return found;
  }
  if (!lookup || !lookup->account) {
    found.needed =
        lookup ? fmt::format("{} is hidden in the Global Catalog", dn) : lookup.error().message;
    return found;
  }
  found.lookup = std::move(*lookup);
  const auto& account = *found.lookup.account;
  if (account.primary_group_rid) {
    found.groups.push_back(account.sid.domain().with_rid(*account.primary_group_rid));
  }
  if (account.member_of.empty()) return found;
  const std::span dns(account.member_of);
  const auto filter = filter_by_dns(dns.first(std::min(dns.size(), max_groups_in_catalog)));
  const auto groups = session.search(
      {.base = "", .filter = filter, .attributes = {"objectSid", "groupType"}}, deadline);
  if (!groups) return found;
  for (const auto& entry : *groups) {
    const auto sid = Sid::parse_octets(entry.first("objectSid").value_or(""));
    if (sid && !sid->is_builtin() && is_security_group(entry) == true) {
      found.groups.push_back(*sid);
    }
  }
  return found;
}

ldap::Result<ForeignAccount> Forest::find(const PrincipalName& name, Deadline deadline) {
  if (auto done = learn_domains(deadline); !done) return tl::unexpected(std::move(done.error()));
  const auto* target = locate(name);
  std::string needed;
  if (target != nullptr && allows(*target)) {
    auto found = find_at_home(name, *target, deadline);
    if (!found) {
      return ForeignAccount{
          not_found_anywhere(fmt::format("{} in {}", name.text, target->names.dns_name)),
          *target,
          {},
          ""};
    }
    if (found->is_settled()) return std::move(*found);
    needed = found->needed;
  }
  const auto in_catalog = look_in_catalog(name, target, deadline);
  if (!in_catalog.dn.empty()) {
    const auto* other = domain_of_dn(in_catalog.dn);
    if (other == nullptr) {
      return ForeignAccount{elsewhere(in_catalog.dn), {}, {}, "its domain is not visible"};
    }
    if (other != target && allows(*other)) {
      auto found = find_at_home(by_dn(in_catalog.dn), *other, deadline);
      if (found && found->is_settled()) return std::move(*found);
      if (found) needed = found->needed;
    }
    auto found = read_in_catalog(in_catalog.dn, *other, deadline);
    if (found.lookup.result == AccountLookup::Result::unusable_name) return found;
    if (found.needed.empty()) found.needed = needed.empty() ? why_not_allowed(*other) : needed;
    return found;
  }
  if (in_catalog.is_sure) {
    return ForeignAccount{
        not_found_anywhere(fmt::format("{} in the Global Catalog of the forest", name.text)),
        target == nullptr ? OtherDomain{} : *target,
        {},
        ""};
  }
  if (target == nullptr) {
    for (const auto& other : *others_) {
      if (!allows(other)) continue;
      auto found = find_at_home(name, other, deadline);
      if (found && found->is_settled()) return std::move(*found);
    }
  }
  if (needed.empty()) {
    needed = target == nullptr
                 ? "no domain that was asked has it: set `other_domains: [DOMAIN]` in `directory` "
                   "for its domain, or watch it from a network of that domain"
                 : why_not_allowed(*target);
    if (!in_catalog.fault.empty()) {
      needed =
          fmt::format("the Global Catalog could not be asked ({}); {}", in_catalog.fault, needed);
    }
  }
  return ForeignAccount{
      elsewhere(""), target == nullptr ? OtherDomain{} : *target, {}, std::move(needed)};
}

}  // namespace cal::ad
