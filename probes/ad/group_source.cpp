#include "probes/ad/group_source.h"

#include "probes/ad/distinguished_name.h"
#include "probes/ad/group.h"
#include "probes/ad/whole_attribute.h"
#include "probes/ldap/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cal::ad {

namespace {

std::size_t size_of(const SeenGroup& group) {
  auto octets = sizeof group + ldap::size_of(group.dn) + ldap::size_of(group.name);
  for (const auto& dn : group.member_of) octets += ldap::size_of(dn);
  return octets;
}

}  // namespace

bool GroupKey::matches(const SeenGroup& group) const {
  return sid ? sid == group.sid : equal_ignoring_case(dn, group.dn);
}

ldap::Result<std::vector<SeenGroup>> DirectoryGroups::look(const std::vector<GroupKey>& keys) {
  std::string filter = "(|";
  for (const auto& key : keys) {
    filter += key.sid ? fmt::format("(objectSid={})", ldap::escape_filter(key.sid->octets()))
                      : filter_by_dn(key.dn);
  }
  return search(filter + ")");
}

ldap::Result<std::vector<SeenGroup>> DirectoryGroups::search(const std::string& filter) {
  auto found =
      session_.search({.base = domain_.dn,
                       .filter = filter,
                       .attributes = {"sAMAccountName", "objectSid", "groupType", "memberOf"}},
                      deadline_);
  if (!found) return tl::unexpected(std::move(found.error()));
  std::vector<SeenGroup> groups;
  for (const auto& entry : *found) {
    auto member_of = whole_attribute(session_, entry, "memberOf", deadline_);
    if (!member_of) return tl::unexpected(std::move(member_of.error()));
    groups.push_back({entry.dn(), shown_name(entry),
                      security::Sid::parse_octets(entry.first("objectSid").value_or("")),
                      is_security_group(entry), std::move(member_of->values),
                      std::move(member_of->cut)});
  }
  for (const auto& group : groups) seen_octets_ += size_of(group);
  if (auto kept = session_.keep(seen_octets_, deadline_); !kept) {
    return tl::unexpected(std::move(kept.error()));
  }
  seen_.insert(seen_.end(), groups.begin(), groups.end());
  return groups;
}

ldap::Result<std::vector<SeenGroup>> KnownGroups::look(const std::vector<GroupKey>& keys) {
  std::vector<SeenGroup> found;
  for (const auto& group : groups_) {
    const auto asked = [&](const GroupKey& key) { return key.matches(group); };
    if (std::ranges::any_of(keys, asked)) found.push_back(group);
  }
  return found;
}

}  // namespace cal::ad
