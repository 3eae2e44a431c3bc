#include "probes/repair/local_group_change.h"

#include "agent/base/powershell.h"
#include "probes/repair/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::repair {

namespace {

constexpr std::size_t max_groups = 200;  // an account with more has them in the check by hand

constexpr std::string_view functions = R"($administrators = 'S-1-5-32-544'
$target = "$administrators on $env:COMPUTERNAME"
$change = "add $account"
function Get-Way($sids) {
  Get-LocalGroupMember -SID $administrators | Where-Object { $sids -contains $_.SID.Value }
}
)";

constexpr std::string_view check =
    R"(if ((Get-CimInstance Win32_OperatingSystem).ProductType -eq 2) {
  throw 'This computer is a domain controller, whose Administrators are those of the domain: name it as licensing_server in the configuration, then make a new plan.'
}
$way = @(Get-Way (@($account) + $groups))
if ($way) { throw "It is an administrator of this computer already, through $($way[0].Name)." }
)";

}  // namespace

RepairStep add_local_administrator(const AccountPlace& place,
                                   const std::vector<security::Sid>& groups) {
  RepairStep step{"", Shell::powershell};
  std::string sids;
  for (std::size_t i = 0; i < std::min(groups.size(), max_groups); ++i) {
    sids += fmt::format("{}'{}'", i == 0 ? "" : ", ", groups[i].text());
  }
  step.setup = fmt::format("$account = '{}'  {}\n$groups = @({})\n{}", place.sid.text(),
                           powershell_comment(place.name), sids, functions);
  step.check = check;
  step.command = "Add-LocalGroupMember -SID $administrators -Member $account\n";
  step.check_after =
      "if (-not (Get-Way $account)) { throw 'The change cannot be seen on this computer.' }\n";
  step.undo_check = fmt::format("if (-not (Get-Way $account)) {{ throw '{}' }}\n", not_as_left);
  step.undo = "Remove-LocalGroupMember -SID $administrators -Member $account\n";
  step.undo += fmt::format("if (Get-Way $account) {{ throw '{}' }}\n", undo_not_seen);
  return step;
}

}  // namespace cal::repair
