// The object type tree of an access check (MS-ADTS 5.1.3.3.3): the object's class, and those of its
// property sets and attributes that matter for the question. A value without allocations.
#pragma once

#include "probes/security/guid.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace cal::security {

// A node and its depth: 0 the class, 1 a property set or an attribute outside of any, 2 an
// attribute. In a list, the parent of a node is the nearest one before it that is one level higher.
struct ObjectType {
  std::size_t level;
  Guid guid;
};

class ObjectTree {
 public:
  static constexpr std::size_t max_nodes = 64;
  static constexpr std::size_t max_levels = 5;  // MS-DTYP 2.4.8

  // One node without a GUID: the object as a whole, without object types.
  ObjectTree() = default;

  // The list must start with its only node of level 0, skip no level on the way down, and have no
  // GUID twice. `target` is the node to decide.
  static std::optional<ObjectTree> make(std::span<const ObjectType> types, std::size_t target);

  // Class, property set, attribute: each below the one before; the last is the target.
  static std::optional<ObjectTree> chain(std::span<const Guid> types);

  std::size_t size() const { return size_; }
  std::size_t target() const { return target_; }

  // The node with the GUID in wire form; `size()` if there is none.
  std::size_t find(const std::byte* guid) const {
    for (std::size_t i = 0; i < size_; ++i) {
      if (named_ && nodes_[i].guid.is(guid)) return i;
    }
    return size_;
  }

  // The end of the range [node, end) of the node and everything below it.
  std::size_t end_of(std::size_t node) const { return nodes_[node].end; }

  // The parent of the root is the root.
  std::size_t parent_of(std::size_t node) const { return nodes_[node].parent; }

 private:
  struct Node {
    Guid guid;
    std::uint8_t parent;
    std::uint8_t end;
  };

  bool named_ = false;
  std::size_t size_ = 1;
  std::size_t target_ = 0;
  std::array<Node, max_nodes> nodes_{Node{{}, 0, 1}};
};

}  // namespace cal::security
