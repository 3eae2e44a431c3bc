// Where a walk through groups gets them from: the directory, or what was seen of it before.
#pragma once

#include "probes/ad/domain.h"
#include "probes/ldap/session.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cal::ad {

// A group, or a foreign security principal such as Everyone, as the directory shows it.
struct SeenGroup {
  std::string dn;
  std::string name;  // for people
  std::optional<security::Sid> sid = {};
  std::optional<bool> security = true;  // as of Group
  std::vector<std::string> member_of = {};
  std::string cut = {};  // why `member_of` lacks some, or empty
};

// Of one group: its SID, or its DN where there is none.
struct GroupKey {
  std::string dn = {};
  std::optional<security::Sid> sid = {};

  bool matches(const SeenGroup& group) const;
};

class GroupSource {
 public:
  GroupSource() = default;
  GroupSource(const GroupSource&) = delete;
  GroupSource& operator=(const GroupSource&) = delete;
  virtual ~GroupSource() = default;
  // Those that exist and can be seen, in any order.
  virtual ldap::Result<std::vector<SeenGroup>> look(const std::vector<GroupKey>& keys) = 0;
};

class DirectoryGroups : public GroupSource {
 public:
  DirectoryGroups(ldap::Session& session, const Domain& domain, Deadline deadline)
      : session_(session), domain_(domain), deadline_(deadline) {}

  ldap::Result<std::vector<SeenGroup>> look(const std::vector<GroupKey>& keys) override;

  // The groups of the domain that the filter selects.
  ldap::Result<std::vector<SeenGroup>> search(const std::string& filter);

  // All that it returned.
  const std::vector<SeenGroup>& seen() const { return seen_; }

 private:
  ldap::Session& session_;
  const Domain& domain_;
  Deadline deadline_;
  std::vector<SeenGroup> seen_;
  std::size_t seen_octets_ = 0;
};

// Groups that were seen before, some of them perhaps edited since. Pure.
class KnownGroups : public GroupSource {
 public:
  explicit KnownGroups(const std::vector<SeenGroup>& groups) : groups_(groups) {}

  ldap::Result<std::vector<SeenGroup>> look(const std::vector<GroupKey>& keys) override;

 private:
  const std::vector<SeenGroup>& groups_;
};

}  // namespace cal::ad
