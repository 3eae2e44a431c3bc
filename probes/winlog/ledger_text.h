// The ledger's book as text, for the state file, and back. Pure.
#pragma once

#include "probes/winlog/ledger.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::winlog {

// Fields that were added later have a default, so that older texts can be read and the version
// stays the same. An older program skips keys that it does not know. A cause or a source that it
// does not know makes it discard the whole state (0.1 starts over without a message), so the
// changelog of a version that adds one says so.
inline constexpr int ledger_version = 1;

std::string ledger_text(const Book& book);

// Empty if the text is not a valid ledger.
std::optional<Book> parse_ledger(std::string_view text);

}  // namespace cal::winlog
