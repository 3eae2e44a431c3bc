// A self-relative security descriptor (MS-DTYP 2.4.6) read in place: checked once as a whole, then
// walked without copies or allocations. Pure; a view must not outlive the bytes it was made from.
#pragma once

#include "probes/security/ace.h"
#include "probes/security/parsed.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

namespace cal::security {

namespace control {  // MS-DTYP 2.4.6
inline constexpr std::uint16_t dacl_present = 0x0004;
inline constexpr std::uint16_t sacl_present = 0x0010;
inline constexpr std::uint16_t dacl_auto_inherit_required = 0x0100;
inline constexpr std::uint16_t sacl_auto_inherit_required = 0x0200;
inline constexpr std::uint16_t dacl_auto_inherited = 0x0400;
inline constexpr std::uint16_t sacl_auto_inherited = 0x0800;
inline constexpr std::uint16_t dacl_protected = 0x1000;
inline constexpr std::uint16_t sacl_protected = 0x2000;
inline constexpr std::uint16_t self_relative = 0x8000;
}  // namespace control

// `absent`: the "present" bit is clear. `null`: the bit is set, but there is no list; it protects
// nothing.
enum class AclPresence : std::uint8_t { absent, null, present };

// The ACEs of a list that `DescriptorView::parse` checked, in order.
class AclView {
 public:
  class Iterator {
   public:
    using value_type = AceView;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    Iterator() = default;
    Iterator(const std::byte* at, std::size_t index) : at_(at), index_(index) {}

    AceView operator*() const { return AceView(at_); }
    std::size_t index() const { return index_; }
    Iterator& operator++() {
      at_ += AceView(at_).size();
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const std::byte* at_ = nullptr;
    std::size_t index_ = 0;
  };

  AclView() = default;
  AclView(std::uint8_t revision, std::size_t count, const std::byte* first)
      : revision_(revision), count_(count), first_(first) {}

  std::uint8_t revision() const { return revision_; }
  std::size_t size() const { return count_; }
  Iterator begin() const { return {first_, 0}; }
  Iterator end() const { return {nullptr, count_}; }

 private:
  std::uint8_t revision_ = 0;
  std::size_t count_ = 0;
  const std::byte* first_ = nullptr;
};

class DescriptorView {
 public:
  // The parts may be in any order and share bytes. An offset outside `bytes`, or a damaged part,
  // rejects the whole descriptor. A list whose "present" bit is clear is absent, whatever its
  // offset.
  static Parsed<DescriptorView> parse(std::span<const std::byte> bytes);

  std::uint16_t control() const { return control_; }
  std::uint8_t resource_manager_control() const { return resource_manager_control_; }
  std::span<const std::byte> owner() const { return owner_; }  // a SID; empty when absent
  std::span<const std::byte> group() const { return group_; }  // a SID; empty when absent
  AclPresence dacl_presence() const { return dacl_presence_; }
  AclPresence sacl_presence() const { return sacl_presence_; }
  const AclView& dacl() const { return dacl_; }  // without ACEs unless present
  const AclView& sacl() const { return sacl_; }  // without ACEs unless present

 private:
  std::uint16_t control_ = 0;
  std::uint8_t resource_manager_control_ = 0;
  AclPresence dacl_presence_ = AclPresence::absent;
  AclPresence sacl_presence_ = AclPresence::absent;
  std::span<const std::byte> owner_;
  std::span<const std::byte> group_;
  AclView dacl_;
  AclView sacl_;
};

}  // namespace cal::security
