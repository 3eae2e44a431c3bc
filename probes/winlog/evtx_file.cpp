#include "probes/winlog/evtx_file.h"

#include "probes/evtx/event_log.h"
#include "probes/winlog/event_fields.h"
#include "probes/winlog/known_events.h"

#include <cstring>
#include <fstream>

namespace cal::winlog {

tl::expected<EvtxReport, std::string> read_evtx(const std::string& path, const EventFilter& filter,
                                                const OnEvent& on_event, const OnEvent& on_other) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::unexpected(std::string(std::strerror(errno)));
  EvtxReport report;
  const auto log = evtx::read_log(file, [&](const evtx::Record& record) {
    EventFields fields(filter);
    try {
      evtx::decode_binary_xml(record.chunk, record.begin, record.end, fields);
    } catch (const evtx::Damaged&) {
      ++report.unparsed;
      return;
    }
    if (fields.is_unwanted()) {
      ++report.others;
      if (!is_licensing_log(fields.channel())) ++report.elsewhere;
      if (!on_other) return;
      if (const auto other = fields.take()) on_other(*other);
    } else if (const auto event = fields.take()) {
      on_event(*event);
    } else {
      ++report.unparsed;
    }
  });
  if (!log) return tl::unexpected(log.error());
  report.unparsed += log->lost;
  report.damaged = !log->damage.empty();
  return report;
}

}  // namespace cal::winlog
