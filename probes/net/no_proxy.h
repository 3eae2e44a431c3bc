// The variable no_proxy, read as curl reads it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cal::net {

// Whether the list exempts the host (a name without a final dot, or an address without brackets):
//   *                      alone: every host
//   example.com            the name and every name below it; dots at both ends do not matter
//   192.0.2.7, 2001:db8::7 that address
//   192.0.2.0/24           every address in that network
// Entries are separated by commas or blanks. A name is never resolved.
bool is_exempt(const std::string& host, std::string_view no_proxy);

// The entries that can exempt no host, though other programs read them: with a port, a * beside
// others or in a name, or brackets.
std::vector<std::string> entries_without_effect(std::string_view no_proxy);

}  // namespace cal::net
