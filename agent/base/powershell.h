// Text inside a command of PowerShell. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cal {

// As one literal of PowerShell. Empty if the text is not UTF-8, or has a character that ends the
// line, steers a terminal or turns the direction of the text: then use a SID or a GUID.
std::optional<std::string> powershell_literal(std::string_view text);

// For a comment: "# EBS\licadmin", or "# (a name that cannot be shown)".
std::string powershell_comment(std::string_view text);

}  // namespace cal
