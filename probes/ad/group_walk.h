// A walk upward through memberOf, breadth first, so the first chain found is a shortest one. Each
// object is visited once, so cycles end. It knows what it could not see. Through the directory for
// what is, through edited groups for what would be.
#pragma once

#include "probes/ad/account.h"
#include "probes/ad/domain.h"
#include "probes/ad/group_source.h"
#include "probes/ldap/entry.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cal::ad {

class GroupWalk {
 public:
  // A distribution group grants nothing. It is followed only to find out what it would grant.
  enum class Through { security_groups, all_groups };

  // A node of the walk: a group, the account, or a foreign security principal.
  struct Node {
    std::string name;
    std::string reached_from;  // DN; empty for the start of the walk
    bool by_primary_group = false;
    bool distribution = false;
    std::optional<security::Sid> sid = {};
  };
  using Nodes = std::map<std::string, Node, ldap::detail::CaseInsensitiveLess>;  // by DN

  // `token`: the account's tokenGroups, or empty if it was not returned.
  GroupWalk(GroupSource& groups, const Domain& domain, std::set<security::Sid> token,
            Through through);

  void begin_at(const std::string& dn, std::string name) { nodes_[dn] = {std::move(name), ""}; }
  void look_at_dn(const std::string& dn, const std::string& from);
  void look_at_sid(const security::Sid& sid, const std::string& from, bool by_primary_group);
  void note_cut(const std::string& why);

  // Until the group is reached or nothing is left to visit.
  ldap::Result<void> until(const std::string& group_dn);

  const Nodes& nodes() const { return nodes_; }
  // What the walk did not see; empty if it saw everything.
  const std::string& cut() const { return cut_; }
  // Until nothing is left to visit.
  ldap::Result<void> to_the_end() { return until(""); }

  // From the start of the walk to `dn`.
  std::vector<const Node*> chain_to(const std::string& dn) const;

 private:
  struct Key {
    GroupKey group;
    std::string what;  // for people
    std::string from;
    bool by_primary_group = false;
    bool found = false;
  };

  ldap::Result<void> look(std::vector<Key> keys);
  void visit(const SeenGroup& group, const Key& key);
  bool leads_on(const SeenGroup& group);

  GroupSource& groups_;
  const Domain& domain_;
  std::set<security::Sid> token_;
  Through through_;
  Nodes nodes_;
  std::vector<Key> keys_;
  std::string cut_;
};

// The groups of an account, walked until the group is reached; empty text: all of them.
ldap::Result<GroupWalk> walk_of_account(GroupSource& groups, const Domain& domain,
                                        const Account& account, const std::string& group_dn,
                                        GroupWalk::Through through);

}  // namespace cal::ad
