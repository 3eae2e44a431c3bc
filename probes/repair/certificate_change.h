// Removes the certificate that a session host has from its license server, so that it gets a new
// one. Pure.
#pragma once

#include "agent/contract/repair.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::repair {

// Run on one of `hosts`. The values are saved in a file of whoever runs it, and only they: the key
// below which they are holds the grace period, too. Both the command and the undo can be run again
// after they stopped halfway. Without `text`, `beside` and the prediction.
// Empty if a name cannot be in a command.
std::optional<RepairStep> remove_certificate(const std::vector<std::string>& hosts);

// Where they are saved, in PowerShell.
inline constexpr auto saved_certificate = "$HOME\\cal-host-certificate.clixml";

}  // namespace cal::repair
