#include "probes/ad/member_search.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/group_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <span>

namespace cal::ad {

namespace {

using security::Sid;

constexpr std::size_t max_members = 5'000;  // looked at, of all groups
constexpr std::size_t dns_per_search = 50;  // in one filter

// A group whose members are to be looked at, and how it is reached from the first one.
struct Visit {
  std::string dn;
  std::vector<std::string> chain;  // from it to the first group
  std::vector<std::string> distribution_groups = {};
};

std::vector<std::string> with_first(std::string name, std::vector<std::string> chain) {
  chain.insert(chain.begin(), std::move(name));
  return chain;
}

class DownwardWalk {
 public:
  DownwardWalk(ldap::Session& session, const Domain& domain, const std::set<Sid>& sids,
               Deadline deadline)
      : session_(session), domain_(domain), sids_(sids), deadline_(deadline) {}

  ldap::Result<FoundMember> from(const Group& group) {
    Visit first{group.dn, {group.name}};
    if (group.security == false) first.distribution_groups = {group.name};
    queue_.push_back(std::move(first));
    seen_.insert(group.dn);
    while (!queue_.empty() && !found_.sid) {
      const auto visit = std::move(queue_.front());
      queue_.pop_front();
      if (auto done = look_at(visit); !done) return tl::unexpected(std::move(done.error()));
    }
    return std::move(found_);
  }

 private:
  void note_cut(const std::string& why) {
    if (found_.cut.empty()) found_.cut = why;
  }

  ldap::Result<void> look_at(const Visit& visit) {
    const auto members = read_members(session_, visit.dn, deadline_);
    if (!members) return tl::unexpected(members.error());
    if (!members->cut.empty()) note_cut(members->cut);
    if (visit.chain.size() == 1) found_.members = members->values;
    std::vector<std::string> unknown;  // which may be groups of this domain
    for (const auto& member : members->values) {
      if (member.sid && sids_.contains(*member.sid)) {
        take(*member.sid, visit, shown_member(member));
        if (found_.sid) return {};
      }
      const bool is_foreign = Sid::parse_text(first_value(member.dn)).has_value() ||
                              !is_of_domain(member.dn, domain_.dn);
      if (is_foreign && !member.sid) {
        note_cut(fmt::format("the SID of {} was not returned", shown_member(member)));
      }
      if (!is_foreign && seen_.insert(member.dn).second) unknown.push_back(member.dn);
    }
    return look_for_groups(unknown, visit);
  }

  void take(const Sid& sid, const Visit& visit, const std::string& name) {
    if (visit.distribution_groups.empty()) {
      found_.sid = sid;
      found_.chain = with_first(name, visit.chain);
    } else if (found_.distribution_groups.empty()) {
      found_.distribution_groups = visit.distribution_groups;
    }
  }

  ldap::Result<void> look_for_groups(const std::vector<std::string>& dns, const Visit& from) {
    for (std::size_t i = 0; i < dns.size(); i += dns_per_search) {
      if (seen_.size() > max_members) {
        note_cut(fmt::format("there are more than {} members", max_members));
        return {};
      }
      const auto asked = std::span(dns).subspan(i, std::min(dns_per_search, dns.size() - i));
      auto found = session_.search(
          {.base = domain_.dn,
           .filter = filter_by_dns(asked),
           .attributes = {"sAMAccountName", "objectSid", "groupType", "objectClass"}},
          deadline_);
      if (!found && found.error().kind != ldap::FaultKind::server_error) {
        return tl::unexpected(std::move(found.error()));
      }
      if (!found || found->size() < asked.size()) {
        note_cut(found ? fmt::format("a member of {} is hidden from the agent", from.chain.front())
                       : found.error().message);
      }
      if (!found) continue;
      for (const auto& entry : *found) consider(entry, from);
    }
    return {};
  }

  void consider(const ldap::Entry& entry, const Visit& from) {
    const auto& classes = entry.values("objectClass");
    const bool is_group = std::ranges::any_of(
        classes, [](const auto& name) { return equal_ignoring_case(name, "group"); });
    const auto sid = Sid::parse_octets(entry.first("objectSid").value_or(""));
    if (sid && sids_.contains(*sid) && (!is_group || is_security_group(entry) == true)) {
      return take(*sid, from, shown_name(entry));
    }
    if (!is_group) return;
    const auto security = is_security_group(entry);
    if (!security) {
      return note_cut(fmt::format("groupType of {} was not returned", shown_name(entry)));
    }
    Visit visit{entry.dn(), with_first(shown_name(entry), from.chain), from.distribution_groups};
    if (*security) {
      // Before the distribution groups: those are followed only to name them.
      if (visit.distribution_groups.empty()) {
        queue_.push_front(std::move(visit));
        return;
      }
    } else {
      visit.distribution_groups.insert(visit.distribution_groups.begin(), shown_name(entry));
    }
    queue_.push_back(std::move(visit));
  }

  ldap::Session& session_;
  const Domain& domain_;
  const std::set<Sid>& sids_;
  Deadline deadline_;
  std::deque<Visit> queue_;
  std::set<std::string, ldap::detail::CaseInsensitiveLess> seen_;
  FoundMember found_;
};

}  // namespace

ldap::Result<FoundMember> search_members(ldap::Session& session, const Domain& domain,
                                         const Group& group, const std::set<Sid>& sids,
                                         Deadline deadline) {
  return DownwardWalk(session, domain, sids, deadline).from(group);
}

}  // namespace cal::ad
