// One export of version 1 (config/farm_export.schema.json), already parsed as JSON.
#pragma once

#include "probes/farm/fields.h"
#include "probes/farm/license_server.h"

#include <tl/expected.hpp>

namespace cal::farm {

struct HostOrServer {
  std::optional<SessionHost> host;
  std::optional<LicenseServer> server;
};

// Whether it claims to be of this format, in any version.
bool is_export(const Json& object);

// The error says what is wrong with the object as a whole; members that cannot be read are problems
// of the result. `written_at` bounds the time of the data.
tl::expected<HostOrServer, std::string> read_export(const Json& object, SystemTime written_at);

}  // namespace cal::farm
