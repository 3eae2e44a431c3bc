// Reads tls_server_config of the web configuration.
#pragma once

#include "agent/contract/options.h"
#include "agent/http/tls.h"

#include <cstddef>
#include <optional>

namespace cal {

inline constexpr std::size_t max_web_file_size = std::size_t{16} << 20U;  // bytes, of each file

// Empty if no key switches TLS on, as in exporter-toolkit: certificate, key, or what is demanded of
// clients. Errors are collected in the options. `proven`: settings with which a handshake has
// worked; it is not tried again with the same ones.
std::optional<HttpTls> read_tls(Options options, const HttpTls* proven = nullptr);

}  // namespace cal
