// The key packs of a license server, from rows with the names of Win32_TSLicenseKeyPack: in the
// export of a license server, and in exports of the packs alone.
#pragma once

#include "probes/farm/license_server.h"

#include <tl/expected.hpp>

#include <functional>
#include <map>

namespace cal::farm {

// The value of a column of one row; empty: it has none.
using PackColumn = std::function<std::string(const char* name)>;

enum class PackUse {
  counts,
  temporary,  // for 90 days each, as many as devices ask for
  overused,   // issued to users for whom no pack had a license
  built_in,   // for clients of Windows 2000
  unlimited,  // and its type is not known
};

struct PackRow {
  PackUse use;
  KeyPack pack;
};

struct PackFault {
  std::string what;          // "no number under TotalLicenses"
  bool unknown_id = false;   // a version or a kind that this release does not know
  bool temporary = false;    // it is a pack of temporary licenses, or may be one
  bool contradicts = false;  // the same pack was read before, with other numbers
};

// A pack is known by its server (PSComputerName, if the row has it) and its ID, so that one that is
// listed twice counts once. Packs of one ID but another kind or version are of different servers.
class KeyPackReader {
 public:
  // Empty: the same pack was read before.
  tl::expected<std::optional<PackRow>, PackFault> read(const PackColumn& column);

 private:
  std::map<std::string, std::string> seen_;  // its numbers, by pack
};

// Adds a row to the packs, or to what is not understood.
void add_key_pack(KeyPackReader& reader, const PackColumn& column, KeyPacks& packs);

}  // namespace cal::farm
