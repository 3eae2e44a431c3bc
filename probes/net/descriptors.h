// Whether this process can still open a socket. libcurl and c-ares tell the lack of descriptors as
// a peer that refuses or is silent, which would be a lie about the network.
#pragma once

namespace cal::net {

// A lack of our own, and no answer of the network.
bool is_lack_of_resources(int error);

// Throws std::system_error that says so.
[[noreturn]] void throw_lack_of_resources(int error);

// Throws when no socket can be opened now.
void require_free_descriptor();

}  // namespace cal::net
