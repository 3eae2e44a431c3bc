// What `licenses` prints. Pure.
#pragma once

#include "agent/base/terminal.h"
#include "agent/contract/license_outlook.h"

#include <memory>
#include <string>
#include <vector>

namespace cal {

// What one probe of one network counted.
struct NetworkLicenses {
  std::string network;
  std::string probe;
  std::shared_ptr<const LicenseOutlook> outlook;  // null: nothing was counted
  std::string summary;                            // of its run
  SystemTime data_at;
  std::optional<LicenseHolders> holders = std::nullopt;  // empty: not asked for
};

TerminalText licenses_text(const std::vector<NetworkLicenses>& found, SystemTime now);

std::string licenses_json(const std::vector<NetworkLicenses>& found, SystemTime now);

// RFC 4180, one number a line. A text that a spreadsheet would take for a formula has ' in front.
TerminalText licenses_csv(const std::vector<NetworkLicenses>& found, SystemTime now);

}  // namespace cal
