#include "probes/activation_events/activation_events.h"

#include "agent/base/host_name.h"
#include "agent/contract/options.h"
#include "agent/contract/state_file.h"
#include "probes/activation_events/event_judgment.h"
#include "probes/events/layout_hint.h"
#include "probes/shared/file_options.h"
#include "probes/shared/file_rights.h"
#include "probes/winlog/evtx_log.h"
#include "probes/winlog/json_log.h"
#include "probes/winlog/ledger_text.h"
#include "probes/winlog/log_series.h"

#include <fmt/format.h>

#include <memory>
#include <system_error>

namespace cal::activation_events {

namespace {

// Adds the events that are read to the ledger.
class LedgerSink : public winlog::EventSink {
 public:
  LedgerSink(winlog::Ledger& ledger, SystemTime now, const winlog::Windows& windows)
      : ledger_(ledger), now_(now), windows_(windows) {}

  void event(const winlog::Event& event) override { ledger_.add(event, now_, windows_); }
  void others(std::uint64_t count, std::uint64_t elsewhere) override {
    ledger_.add_others(count, elsewhere);
  }
  void unparsed(std::uint64_t count, winlog::Origin origin) override {
    ledger_.add_unparsed(count, origin);
  }
  void start_over() override {
    ledger_.finish_pass();
    ledger_.start_over();
  }

 private:
  winlog::Ledger& ledger_;
  SystemTime now_;
  const winlog::Windows& windows_;
};

tl::expected<winlog::LogState, winlog::FileFault> read_log(const Settings& settings,
                                                           winlog::FilePosition& position,
                                                           winlog::EventSink& sink,
                                                           Deadline deadline) {
  try {
    return settings.format == Format::evtx
               ? winlog::read_evtx_log(settings.file, position, sink, deadline)
               : winlog::follow_json_log(settings.file, position, sink, deadline);
  } catch (const std::system_error& error) {
    return tl::unexpected(
        winlog::FileFault{false, fmt::format("{}: {}", settings.file, error.what())});
  }
}

class EventsProbe : public Probe {
 public:
  EventsProbe(Settings settings, std::shared_ptr<StateFile> state)
      : settings_(std::move(settings)), state_(std::move(state)) {}

  Outcome run(Deadline deadline) override {
    if (!ledger_) load();
    const auto facts = gather(*ledger_, settings_, std::chrono::system_clock::now(), deadline);
    // Before the counters are published, so that a restart cannot lower them.
    state_->save(winlog::ledger_version, winlog::ledger_text(ledger_->book()));
    return judge(facts, settings_);
  }

  std::vector<Right> rights(Deadline) override {
    const auto series = winlog::log_series(settings_.file);
    return {right_to_read(series.empty() ? settings_.file : series.back().string())};
  }

 private:
  void load() {
    const auto saved = state_->load(winlog::ledger_version);
    auto book = saved ? winlog::parse_ledger(saved->text) : std::nullopt;
    if (!book) state_->set_aside();
    ledger_.emplace(std::move(book).value_or(winlog::Book{}));
  }

  Settings settings_;
  std::shared_ptr<StateFile> state_;
  std::optional<winlog::Ledger> ledger_;
};

std::unique_ptr<Probe> make(Options& options, const ProbeContext& context) {
  Settings settings;
  auto source = options.section("source");
  const auto evtx = optional_file(source, "evtx");
  const auto jsonl = optional_file(source, "jsonl");
  if (evtx.has_value() == jsonl.has_value()) {
    options.error("source", "give either { evtx: FILE } or { jsonl: FILE }");
  }
  settings.format = evtx ? Format::evtx : Format::jsonl;
  settings.file = evtx.value_or(jsonl.value_or(""));
  source.reject_unknown_keys();
  constexpr Milliseconds longest = 365 * 24h;
  if (evtx || options.has("max_age")) {
    settings.max_age = read_max_age(options, 24h);
  }
  settings.windows.failure =
      options.duration_or("failure_window", settings.windows.failure, 1min, longest);
  settings.windows.event_12 =
      options.duration_or("event_12_window", settings.windows.event_12, 1s, 1h);
  return std::make_unique<EventsProbe>(std::move(settings), context.state());
}

}  // namespace

Facts gather(winlog::Ledger& ledger, const Settings& settings, SystemTime now, Deadline deadline) {
  LedgerSink sink(ledger, now, settings.windows);
  auto read = read_log(settings, ledger.position(), sink, deadline);
  ledger.finish_pass();
  const auto& in_file = ledger.book().in_file;
  const bool is_strange =
      read && settings.format == Format::jsonl && in_file.read == 0 && in_file.unparsed > 0;
  return {std::move(read), &ledger.book(), now,
          is_strange ? winlog::layout_hint(winlog::first_line(settings.file)) : "", host_name()};
}

ProbeKind kind() {
  return {"activation_events",
          "What do the licensing providers' events say about the last activations?",
          event_reasons(), event_families(), make};
}

}  // namespace cal::activation_events
