// Text that may hold product keys: its memory is wiped whenever it is given back, on every path and
// also when the text grows. Whoever looks at it through a string_view copies nothing.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

namespace cal::inventory {

template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class U>
  explicit WipingAllocator(const WipingAllocator<U>&) {}

  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) {
    ::explicit_bzero(memory, count * sizeof(T));
    ::operator delete(memory);
  }

  bool operator==(const WipingAllocator&) const { return true; }
};

// Not a std::string: that keeps short texts inside itself, where no allocator sees them.
using WipedText = std::vector<char, WipingAllocator<char>>;

inline std::string_view view_of(const WipedText& text) { return {text.data(), text.size()}; }

}  // namespace cal::inventory
