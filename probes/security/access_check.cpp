#include "probes/security/access_check.h"

#include <cstring>

namespace cal::security {

namespace {

// How to read the entries that cannot be evaluated: all against the requester, or all in favor. The
// check is monotone (one more allow entry, or one less deny entry, never removes a right), so every
// other reading lies between these two.
enum class Reading { against, in_favor };

// Rights that an object entry grants for exactly one GUID, not for a branch of the tree: control
// access rights (MS-ADTS 5.1.3.3.4) and validated writes (5.1.3.3.5).
constexpr AccessMask exact_rights = right::control_access | right::validated_write;

constexpr ObjectTree whole_object;

// The requester: which trustees match it.
class Requester {
 public:
  Requester(const DescriptorView& descriptor, const AccessRequest& request)
      : token_(request.token), self_(request.self) {
    for (const Sid& sid : token_) last_words_ |= bit_of(sid.rid().value_or(0));
    owns_ = !descriptor.owner().empty() && carries(descriptor.owner());
    is_self_ = self_ != nullptr && carries(*self_);
  }

  bool owns() const { return owns_; }

  bool is(std::span<const std::byte> trustee) const {
    if (self_ != nullptr && well_known::principal_self.is(trustee)) return is_self_;
    if (owns_ && well_known::owner_rights.is(trustee)) return true;
    return carries(trustee);
  }

 private:
  // One bit of 64 for the last sub-authority, which rules out most trustees of a list quickly.
  static std::uint64_t bit_of(std::uint32_t last_word) {
    return std::uint64_t{1} << ((last_word ^ last_word >> 6) & 63);
  }

  bool carries(const Sid& sid) const {
    for (const Sid& own : token_) {
      if (own == sid) return true;
    }
    return false;
  }

  bool carries(std::span<const std::byte> sid) const {
    const std::uint32_t last_word = sid.size() > 8 ? load_u32(sid.data() + sid.size() - 4) : 0;
    if ((last_words_ & bit_of(last_word)) == 0) return false;
    for (const Sid& own : token_) {
      if (own.is(sid)) return true;
    }
    return false;
  }

  std::span<const Sid> token_;
  const Sid* self_;
  std::uint64_t last_words_ = 0;
  bool owns_ = false;
  bool is_self_ = false;
};

// What is granted and denied on every node of the tree (G and D of MS-ADTS 5.1.3.3.3). A right
// stays in whichever of the two it enters first.
class Rights {
 public:
  explicit Rights(const ObjectTree& tree) : tree_(tree) {
    for (std::size_t i = 0; i < tree.size(); ++i) nodes_[i] = {0, 0};
  }

  AccessMask granted() const { return nodes_[tree_.target()].granted; }
  AccessMask denied() const { return nodes_[tree_.target()].denied; }

  void allow_everywhere(AccessMask mask) {
    for (std::size_t i = 0; i < tree_.size(); ++i) nodes_[i].allow(mask);
  }

  void deny_everywhere(AccessMask mask) {
    for (std::size_t i = 0; i < tree_.size(); ++i) nodes_[i].deny(mask);
  }

  void allow(std::size_t node, AccessMask mask) {
    nodes_[node].allow(mask & exact_rights);
    for (std::size_t i = node; i < tree_.end_of(node); ++i) nodes_[i].allow(mask & ~exact_rights);
    while (node != 0) {
      node = tree_.parent_of(node);
      nodes_[node].allow(granted_on_all_children(node) & ~exact_rights);
    }
  }

  void deny(std::size_t node, AccessMask mask) {
    const AccessMask newly = mask & ~nodes_[node].granted & ~exact_rights;
    nodes_[node].deny(mask & exact_rights);
    for (std::size_t i = node; i < tree_.end_of(node); ++i) nodes_[i].deny(mask & ~exact_rights);
    while (node != 0) {
      node = tree_.parent_of(node);
      nodes_[node].deny(newly);
    }
  }

 private:
  struct Node {
    AccessMask granted;
    AccessMask denied;

    void allow(AccessMask mask) { granted |= mask & ~denied; }
    void deny(AccessMask mask) { denied |= mask & ~granted; }
  };

  AccessMask granted_on_all_children(std::size_t node) const {
    AccessMask granted = ~AccessMask{0};
    for (std::size_t child = node + 1; child < tree_.end_of(node); child = tree_.end_of(child)) {
      granted &= nodes_[child].granted;
    }
    return granted;
  }

  const ObjectTree& tree_;
  std::array<Node, ObjectTree::max_nodes> nodes_;
};

// One walk over the list in one reading.
struct Walk {
  AccessMask granted = 0;  // of the requested rights
  AccessMask denied = 0;   // of the requested rights
  bool by_owner = false;
  AceIndices granting;
  AceIndices denying;
  AceIndices undecidable;  // entries that depend on the reading; the first, if many
};

// Whether an entry is for OWNER RIGHTS, and so removes the owner's implied rights
// (MS-DTYP 2.4.2.4). An entry that cannot be evaluated may be one; read in favor of the requester
// it is not.
bool about_owner_rights(const AceView& ace, Reading reading) {
  if (ace.inherit_only()) return false;
  const AceShape shape = shape_of(ace.type());
  if (shape.effect == AceEffect::none) return false;
  if (shape.effect == AceEffect::unknown) return reading == Reading::against;
  if (shape.callback && reading == Reading::in_favor) return false;
  return well_known::owner_rights.is(ace.sid());
}

class Walker {
 public:
  Walker(const DescriptorView& descriptor, const Requester& requester, const ObjectTree& tree,
         AccessMask desired, AccessMask implied_for_owner, Reading reading)
      : dacl_(descriptor.dacl()),
        requester_(requester),
        tree_(tree),
        implied_for_owner_(desired & implied_for_owner),
        undecided_(desired),
        reading_(reading),
        rights_(tree) {}

  Walk walk() {
    grant_to_owner();
    take_decided();
    for (auto at = dacl_.begin(); at != dacl_.end() && undecided_ != 0; ++at) {
      const AceView ace = *at;
      if (ace.inherit_only() || !apply(ace, at.index())) continue;
      const Decided decided = take_decided();
      if (decided.granted != 0) walk_.granting.add(at.index());
      if (decided.denied != 0) walk_.denying.add(at.index());
    }
    return walk_;
  }

 private:
  struct Decided {
    AccessMask granted;
    AccessMask denied;
  };

  // Records what has been decided at the target since the last call.
  Decided take_decided() {
    const Decided decided{rights_.granted() & undecided_, rights_.denied() & undecided_};
    walk_.granted |= decided.granted;
    walk_.denied |= decided.denied;
    undecided_ &= ~(decided.granted | decided.denied);
    return decided;
  }

  void grant_to_owner() {
    if (!requester_.owns() || implied_for_owner_ == 0) return;
    for (auto at = dacl_.begin(); at != dacl_.end(); ++at) {
      const AceView ace = *at;
      if (!about_owner_rights(ace, reading_)) continue;
      if (!evaluable(shape_of(ace.type()))) walk_.undecidable.add(at.index());
      return;
    }
    rights_.allow_everywhere(implied_for_owner_);
    walk_.by_owner = true;
  }

  static bool evaluable(const AceShape& shape) {
    return shape.effect != AceEffect::unknown && !shape.callback;
  }

  // Whether the entry may have changed a right.
  bool apply(const AceView& ace, std::size_t index) {
    const AceShape shape = shape_of(ace.type());
    if (shape.effect == AceEffect::none) return false;
    if (shape.effect == AceEffect::unknown) return apply_unknown(index);
    // Rights are independent of each other, so only those still undecided matter.
    const AccessMask mask = map_generic(ace.mask()) & undecided_;
    if (mask == 0 || !requester_.is(ace.sid())) return false;
    const std::byte* type = ace.object_type();
    const std::size_t node = type == nullptr ? 0 : tree_.find(type);
    if (node == tree_.size()) return false;
    if (shape.callback) {
      walk_.undecidable.add(index);
      const bool counts = (shape.effect == AceEffect::deny) == (reading_ == Reading::against);
      if (!counts) return false;
    }
    if (shape.effect == AceEffect::allow) {
      type == nullptr ? rights_.allow_everywhere(mask) : rights_.allow(node, mask);
    } else {
      type == nullptr ? rights_.deny_everywhere(mask) : rights_.deny(node, mask);
    }
    return true;
  }

  // It may apply to any trustee and any right.
  bool apply_unknown(std::size_t index) {
    walk_.undecidable.add(index);
    reading_ == Reading::against ? rights_.deny_everywhere(undecided_)
                                 : rights_.allow_everywhere(undecided_);
    return true;
  }

  const AclView& dacl_;
  const Requester& requester_;
  const ObjectTree& tree_;
  AccessMask implied_for_owner_;  // of what was asked
  AccessMask undecided_;          // at the target
  Reading reading_;
  Rights rights_;
  Walk walk_;
};

AccessResult granted_by(const Walk& walk) {
  const Because because = walk.granting.empty() ? Because::owner
                          : walk.by_owner       ? Because::owner_and_aces
                                                : Because::aces;
  return {Decision::granted, because, 0, walk.granting};
}

AccessResult denied_by(const Walk& walk, AccessMask desired, bool empty) {
  const Because because = walk.denied != 0 ? Because::deny
                          : empty          ? Because::empty_dacl
                                           : Because::nothing_grants;
  return {Decision::denied, because, desired & ~walk.granted, walk.denying};
}

}  // namespace

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::granted:
      return "granted";
    case Decision::denied:
      return "denied";
    case Decision::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view name_of(Because because) {
  switch (because) {
    case Because::aces:
      return "aces";
    case Because::owner:
      return "owner";
    case Because::owner_and_aces:
      return "owner_and_aces";
    case Because::no_dacl:
      return "no_dacl";
    case Because::nothing_asked:
      return "nothing_asked";
    case Because::deny:
      return "deny";
    case Because::nothing_grants:
      return "nothing_grants";
    case Because::empty_dacl:
      return "empty_dacl";
    case Because::needs_privilege:
      return "needs_privilege";
    case Because::unknown_aces:
      return "unknown_aces";
  }
  return "unknown_aces";
}

AccessResult access_check(const DescriptorView& descriptor, const AccessRequest& request) {
  const AccessMask desired = map_generic(request.desired);
  if (desired == 0) return {Decision::granted, Because::nothing_asked, 0, {}};
  constexpr AccessMask never_by_aces = right::access_system_security | right::maximum_allowed;
  if ((desired & never_by_aces) != 0) {
    return {Decision::denied, Because::needs_privilege, desired & never_by_aces, {}};
  }
  if (descriptor.dacl_presence() != AclPresence::present) {
    return {Decision::granted, Because::no_dacl, 0, {}};
  }

  const ObjectTree& tree = request.tree != nullptr ? *request.tree : whole_object;
  const Requester requester(descriptor, request);
  const bool empty = descriptor.dacl().size() == 0;
  const auto walk = [&](Reading reading) {
    return Walker(descriptor, requester, tree, desired, request.implied_for_owner, reading).walk();
  };

  const Walk against = walk(Reading::against);
  if (against.granted == desired) return granted_by(against);
  if (against.undecidable.empty()) return denied_by(against, desired, empty);
  const Walk in_favor = walk(Reading::in_favor);
  if (in_favor.granted != desired) return denied_by(in_favor, desired, empty);
  return {Decision::unknown, Because::unknown_aces, desired & ~against.granted,
          against.undecidable};
}

}  // namespace cal::security
