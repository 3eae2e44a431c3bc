// How many tokens a YAML text can have at most, before yaml-cpp reads it: its scanner keeps every
// token of a flow collection until the collection ends, at 88 bytes each and more.
#pragma once

#include <cstddef>
#include <string_view>

namespace cal {

// The places at which a token can begin that is not a plain scalar, in the text as it is: comments
// and quoted text count, too. There are at most three tokens for each of them, since one may have a
// plain scalar before it, and the scanner adds a token for the beginning of a mapping or a key.
std::size_t token_places(std::string_view yaml);

}  // namespace cal
