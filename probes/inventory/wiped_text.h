// Text that may hold product keys: its memory is wiped whenever it is freed, on every path and also
// when the text grows. Reading it through a string_view makes no copy.
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

// Not a std::string, which keeps short texts inside itself, outside the allocator's memory.
using WipedText = std::vector<char, WipingAllocator<char>>;

inline std::string_view view_of(const WipedText& text) { return {text.data(), text.size()}; }

}  // namespace cal::inventory
