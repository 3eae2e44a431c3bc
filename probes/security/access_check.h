// The access check of Active Directory (MS-ADTS 5.1.3.3): whether a token is granted a set of
// rights on the object that the descriptor protects, and which entries decide. Pure, without
// allocations; every answer can be traced to entries. README.md lists where it interprets the
// specifications.
#pragma once

#include "probes/security/descriptor_view.h"
#include "probes/security/object_tree.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace cal::security {

// `unknown`: the answer depends on entries that this program cannot evaluate (conditional ones,
// unknown types). If every reading of them gives the same answer, that is the answer.
enum class Decision : std::uint8_t { granted, denied, unknown };

enum class Because : std::uint8_t {
  aces,             // granted by the entries named
  owner,            // granted, because the token owns the object
  owner_and_aces,   // granted, in part by each
  no_dacl,          // granted, because nothing protects the object
  nothing_asked,    // granted: no right was requested
  deny,             // denied by the entries named
  nothing_grants,   // denied: no entry grants what is missing
  empty_dacl,       // denied: the list exists and has no entries
  needs_privilege,  // denied: only a privilege grants ACCESS_SYSTEM_SECURITY
  unknown_aces,     // unknown, because of the entries named (the first, if many)
};

std::string_view name_of(Decision decision);
std::string_view name_of(Because because);

struct AccessRequest {
  // All SIDs that the requester carries; nothing is added to them.
  std::span<const Sid> token;
  // Generic rights are mapped; `right::maximum_allowed` is refused as a right that nothing grants.
  AccessMask desired = 0;
  // The object types that matter; null: the object as a whole.
  const ObjectTree* tree = nullptr;
  // The SID of the object itself if it is a principal, which PRINCIPAL SELF then stands for.
  // Without it, PRINCIPAL SELF is an ordinary SID.
  const Sid* self = nullptr;
  // What owning the object grants without an entry. Less for a computer object where
  // BlockOwnerImplicitRights holds (MS-ADTS 6.1.3.4).
  AccessMask implied_for_owner = right::read_control | right::write_dacl;
};

// Positions in the DACL, in order. Each entry, except those of `unknown_aces`, decides at least one
// of 32 rights, so they fit.
class AceIndices {
 public:
  static constexpr std::size_t capacity = 32;

  // Inserts in order and once; drops the index if there is no room.
  void add(std::size_t index) {
    std::size_t at = count_;
    while (at > 0 && values_[at - 1] > index) --at;
    if (count_ == capacity || (at > 0 && values_[at - 1] == index)) return;
    std::copy_backward(values_.begin() + at, values_.begin() + count_,
                       values_.begin() + count_ + 1);
    values_[at] = static_cast<std::uint16_t>(index);
    ++count_;
  }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  const std::uint16_t* begin() const { return values_.data(); }
  const std::uint16_t* end() const { return values_.data() + count_; }

 private:
  std::array<std::uint16_t, capacity> values_;  // the first `count_` are set
  std::size_t count_ = 0;
};

struct AccessResult {
  Decision decision;
  Because because;
  AccessMask missing;  // requested rights that are not granted; for `unknown`, not certainly
  AceIndices aces;
};

AccessResult access_check(const DescriptorView& descriptor, const AccessRequest& request);

}  // namespace cal::security
