// Whether this process can still open a socket. libcurl and c-ares report a lack of descriptors as
// a peer that refuses or is silent, which would be a false statement about the network.
#pragma once

namespace cal::net {

// Whether the error is a lack of local resources and not an answer from the network.
bool is_lack_of_resources(int error);

// Throws a std::system_error about the lack of resources.
[[noreturn]] void throw_lack_of_resources(int error);

// Throws if no socket can be opened now.
void require_free_descriptor();

}  // namespace cal::net
