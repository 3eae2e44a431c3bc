// Events for the tests in this folder, made from the few values that each test needs.
#pragma once

#include "probes/events/event.h"

#include <chrono>
#include <initializer_list>
#include <string>

namespace cal::winlog::samples {

using namespace std::chrono_literals;

inline const std::string ebs = "Microsoft-Windows-Windows Server Solutions Client Access Licensing";
inline const std::string infrastructure = "Microsoft-Windows-Server Infrastructure Licensing";
inline const std::string rds = "Microsoft-Windows-TerminalServices-Licensing";
inline const std::string session_host =
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager";

// 2026-11-24T10:00:00Z
inline const SystemTime ten_o_clock = SystemTime(std::chrono::seconds{1'795'514'400});

inline Event event(const std::string& provider, std::uint32_t id, std::uint64_t record_id,
                   SystemTime time, std::initializer_list<std::string> data = {}) {
  Event made{.provider = provider,
             .id = id,
             .record_id = record_id,
             .computer = "srv1",
             .channel = provider + "/Operational",
             .time = time,
             .user = "EBS\\admin",
             .data_in_order = true};
  for (const auto& value : data) made.data.push_back({"", value});
  return made;
}

}  // namespace cal::winlog::samples
