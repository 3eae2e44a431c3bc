// Finds the rows of a probe's table of reasons by their words, at compile time: a word that is not
// in the table does not compile. Each probe has one:
//
//   constexpr std::array reasons{Reason{...}, ...};
//   constexpr ReasonTable reason{reasons};
//   outcome.reason = &reason("log_missing");
#pragma once

#include "agent/contract/probe.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace cal {

struct ReasonTable {
  std::span<const Reason> rows;

  consteval const Reason& operator()(std::string_view word) const {
    return *std::ranges::find(rows, word, &Reason::word);
  }
};

}  // namespace cal
