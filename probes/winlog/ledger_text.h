// The ledger's book as text, for the state file, and back. Pure.
#pragma once

#include "probes/winlog/ledger.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::winlog {

// What later programs added has a default, so that texts of older ones are read and the version
// stays.
inline constexpr int ledger_version = 1;

std::string ledger_text(const Book& book);

// Empty when the text is not one of ours.
std::optional<Book> parse_ledger(std::string_view text);

}  // namespace cal::winlog
