#include "tests/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::uint64_t> count{0};

}  // namespace

// The forms for arrays call these, but in builds with sanitizers, where they are not counted.
// std::stable_sort takes the one without exceptions, and frees with the common delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  count.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size > 0 ? size : 1);
}

void* operator new(std::size_t size) {
  if (auto* const memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace cal::test {

std::uint64_t allocations() { return count.load(std::memory_order_relaxed); }

Growth growth_of(const std::function<std::function<void()>(std::size_t)>& prepare, std::size_t n) {
  const auto counted = [&](std::size_t size) {
    const auto work = prepare(size);
    const auto before = allocations();
    work();
    return allocations() - before;
  };
  return {counted(n), counted(2 * n), counted(3 * n)};
}

}  // namespace cal::test
