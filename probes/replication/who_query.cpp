#include "probes/replication/who_query.h"

#include "agent/base/powershell.h"
#include "probes/ad/distinguished_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace cal::replication {

namespace {

// Which events record a write, and the subcategory of auditing that they need (a GUID is the same
// in every language).
struct Recorded {
  std::string_view attribute;
  std::string_view events;
  std::string_view subcategory;
  std::string_view name;
};

constexpr std::string_view directory_changes = "5136";
constexpr std::string_view user_management = "{0cce9235-69ae-11d9-bed3-505054503030}";

constexpr std::array recorded{
    Recorded{"member", "4728, 4729, 4732, 4733, 4756, 4757",
             "{0cce9237-69ae-11d9-bed3-505054503030}", "Security Group Management"},
    Recorded{"nTSecurityDescriptor", directory_changes, "{0cce923c-69ae-11d9-bed3-505054503030}",
             "Directory Service Changes"},
    Recorded{"userAccountControl", "4722, 4725, 4738, 4742", user_management,
             "User Account Management"},
    Recorded{"accountExpires", "4738", user_management, "User Account Management"},
    Recorded{"pwdLastSet", "4723, 4724, 4738", user_management, "User Account Management"},
    Recorded{"lockoutTime", "4740, 4767", user_management, "User Account Management"},
};

}  // namespace

std::optional<WhoQuery> find_out_who(const Write& write, const std::string& server,
                                     std::string_view why) {
  const auto* const row = std::ranges::find_if(recorded, [&](const Recorded& each) {
    return ad::equal_ignoring_case(each.attribute, write.attribute);
  });
  const auto from = powershell_literal(server);
  const auto writer = powershell_literal(write.on);
  if (row == recorded.end() || !from || !writer || server.empty() || write.on.empty() ||
      !write.object) {
    return std::nullopt;
  }
  constexpr int seconds_around = 5;  // the event is written within two seconds of the change
  const auto at = std::chrono::system_clock::to_time_t(write.at);
  WhoQuery query{fmt::format("The attribute {} of {}, changed on {}: {}. These commands only read.",
                             row->attribute, write.dn, text_of(write), why)};
  query.setup = fmt::format(
      "$dc = {}\n"
      "$object = '{}'  {}\n"
      "$writer = {}\n"
      "$from = [DateTimeOffset]::FromUnixTimeSeconds({}).LocalDateTime\n"
      "$to = [DateTimeOffset]::FromUnixTimeSeconds({}).LocalDateTime\n",
      *from, write.object->text(), powershell_comment(write.dn), *writer, at - seconds_around,
      at + seconds_around);
  const bool is_link = row->attribute == "member";
  // The record of a change in the directory names the object; those of accounts and groups are few.
  const bool names_object = row->events == directory_changes;
  query.command = fmt::format(
      "Get-ADReplicationAttributeMetadata -Object $object -Server $dc -ErrorAction Continue "
      "-Properties {}{}\n"
      "Get-WinEvent -ComputerName $writer -ErrorAction Continue -FilterHashtable @{{\n"
      "  LogName = 'Security'; Id = {}; StartTime = $from; EndTime = $to }} |\n{}"
      "  Format-List TimeCreated, Id, Message\n",
      row->attribute,
      is_link ? " -ShowAllLinkedValues |\n"
                "  Sort-Object LastOriginatingChangeTime -Descending | Select-Object -First 10"
              : "",
      row->events, names_object ? "  Where-Object { $_.ToXml() -like \"*$object*\" } |\n" : "");
  query.beside = {
      fmt::format(
          "It needs the module ActiveDirectory, Active Directory Web Services on {} "
          "(Windows Server 2008 R2 or newer; else repadmin /showobjmeta shows the same), the "
          "right to read the security log of {} (Event Log Readers), and there the firewall "
          "rules of the group *Remote Event Log Management*.",
          server, write.on),
      fmt::format("An empty log proves nothing: on {}, auditpol /get /subcategory:\"{}\" shows "
                  "whether {} is recorded there, and the log may not reach back.",
                  write.on, row->subcategory, row->name)};
  if (row->attribute == "nTSecurityDescriptor") {
    query.beside.emplace_back(
        "Changes of permissions are recorded only for objects that have an audit entry for them: "
        "by default the licensing object, users and OUs have none.");
  }
  return query;
}

}  // namespace cal::replication
