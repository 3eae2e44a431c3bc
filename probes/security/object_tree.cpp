#include "probes/security/object_tree.h"

#include <vector>

namespace cal::security {

std::optional<ObjectTree> ObjectTree::make(std::span<const ObjectType> types, std::size_t target) {
  if (types.empty() || types.size() > max_nodes || target >= types.size()) return std::nullopt;
  ObjectTree tree;
  tree.size_ = 0;
  tree.named_ = true;
  tree.target_ = target;
  std::array<std::size_t, max_levels> last_of_level{};
  for (const ObjectType& type : types) {
    const std::size_t i = tree.size_;
    const std::size_t deepest = i == 0 ? 0 : types[i - 1].level + 1;
    if (type.level >= max_levels || type.level > deepest || (type.level == 0) != (i == 0)) {
      return std::nullopt;
    }
    if (tree.find(type.guid.wire().data()) != tree.size_) return std::nullopt;
    last_of_level[type.level] = i;
    const std::size_t parent = i == 0 ? 0 : last_of_level[type.level - 1];
    tree.nodes_[i] = {type.guid, static_cast<std::uint8_t>(parent), 0};
    tree.size_ = i + 1;
    // So far, the node and everything above it end after it.
    for (std::size_t level = 0; level <= type.level; ++level) {
      tree.nodes_[last_of_level[level]].end = static_cast<std::uint8_t>(tree.size_);
    }
  }
  return tree;
}

std::optional<ObjectTree> ObjectTree::chain(std::span<const Guid> types) {
  std::vector<ObjectType> list;
  for (const Guid& guid : types) list.push_back({list.size(), guid});
  return make(list, list.empty() ? 0 : list.size() - 1);
}

}  // namespace cal::security
