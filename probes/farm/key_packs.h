// The key packs of a license server, from rows with the names of Win32_TSLicenseKeyPack: in the
// export of a license server, and in older exports of the packs alone.
#pragma once

#include "probes/farm/license_server.h"

#include <functional>

namespace cal::farm {

// The value of a column of one row; empty: it has none.
using PackColumn = std::function<std::string(const char* name)>;

// Adds a row to the packs, or to what is not understood.
void add_key_pack(const PackColumn& column, KeyPacks& packs);

}  // namespace cal::farm
