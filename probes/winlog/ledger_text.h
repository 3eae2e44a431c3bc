// The ledger's book as text, for the state file, and back. Pure.
#pragma once

#include "probes/winlog/ledger.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::winlog {

// What later programs added has a default, so that texts of older ones are read and the version
// stays. An older program skips keys that it does not know. A cause or a source that it does not
// know makes it set the whole state aside (0.1 starts over without a word): the changelog of a
// version that adds one says so.
inline constexpr int ledger_version = 1;

std::string ledger_text(const Book& book);

// Empty when the text is not one of ours.
std::optional<Book> parse_ledger(std::string_view text);

}  // namespace cal::winlog
