#include "probes/winlog/events_command.h"

#include "agent/base/file.h"
#include "agent/base/terminal.h"
#include "agent/base/text.h"
#include "probes/events/json_event.h"
#include "probes/events/layout_hint.h"
#include "probes/winlog/error_code.h"
#include "probes/winlog/evtx_file.h"
#include "probes/winlog/json_log.h"
#include "probes/winlog/licensing_event.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>

namespace cal::winlog {

namespace {

using namespace std::chrono_literals;

std::string_view word_of(EventKind kind) {
  switch (kind) {
    case EventKind::activation_success:
      return "activation_success";
    case EventKind::activation_failure:
      return "activation_failure";
    case EventKind::refusal:
    case EventKind::assignment_failure:
      return "assignment_failure";
    case EventKind::warning:
      return "warning";
    case EventKind::directory_fault:
      return "directory_fault";
    case EventKind::hint:
      return "hint";
    case EventKind::note:
      return "note";
  }
  return "";
}

// The members that decoding adds to a line of json_event(): ',"decoded":{…}'.
std::string decoded_member(const Event& event) {
  const auto decoded = decode(event);
  if (!decoded) return "";
  nlohmann::ordered_json json{{"source", name_of(decoded->source)},
                              {"kind", word_of(decoded->kind)},
                              {"meaning", decoded->meaning}};
  if (decoded->code) json["code"] = error_code_text(*decoded->code);
  if (!decoded->named_user.empty()) json["named_user"] = decoded->named_user;
  if (decoded->cause) {
    json["cause"] = name_of(*decoded->cause);
    json["strength"] = name_of(decoded->strength);
  }
  return ",\"decoded\":" + json.dump();
}

bool is_evtx(const std::filesystem::path& file) {
  std::array<char, 8> signature{};
  const auto opened = open_file(file);
  return opened && read_into(*opened, signature) == signature.size() &&
         std::string_view(signature.data(), signature.size()) == std::string_view("ElfFile\0", 8);
}

// Prints the events that pass the filter, and counts events that could not be read.
class Printer : public EventSink {
 public:
  Printer(const EventsArguments& arguments, std::FILE* out, std::FILE* err)
      : arguments_(arguments), out_(out), err_(err) {}

  void event(const Event& event) override {
    ++read_;
    show_progress();
    if (arguments_.provider && event.provider != *arguments_.provider) return;
    if (arguments_.id && event.id != *arguments_.id) return;
    auto line = json_event(event);
    line.insert(line.size() - 1, decoded_member(event));
    json_to_terminal(out_, line);
  }
  void others(std::uint64_t count, std::uint64_t) override { read_ += count; }
  void unparsed(std::uint64_t count, Origin) override { unparsed_ += count; }
  void start_over() override {}
  void damaged() { damaged_ = true; }

  int finish() {
    if (arguments_.show_progress) over_line_of_terminal(err_, "");
    if (damaged_) {
      to_terminal(err_, "{}: events are missing or damaged\n", arguments_.file.string());
      if (unparsed_ == 0) return read_ > 0 ? 1 : 3;
    }
    if (unparsed_ == 0) return 0;
    to_terminal(err_, "{}: {} {} could not be read\n", arguments_.file.string(), unparsed_,
                unparsed_ == 1 ? "event" : "events");
    if (read_ > 0) return 1;
    if (!is_evtx(arguments_.file)) {
      to_terminal(err_, "line 1 is {}\n", layout_hint(first_line(arguments_.file)));
    }
    to_terminal(err_,
                "it contains no events; give an .evtx file, or JSON lines of Winlogbeat, "
                "NXLog, Grafana Alloy, Fluent Bit, OpenTelemetry, Wazuh or evtx_dump\n");
    return 3;
  }

 private:
  void show_progress() {
    if (!arguments_.show_progress || std::chrono::steady_clock::now() < next_progress_) return;
    next_progress_ = std::chrono::steady_clock::now() + 200ms;
    over_line_of_terminal(err_, counted(read_, "event"));
  }

  const EventsArguments& arguments_;
  std::FILE* out_;
  std::FILE* err_;
  std::uint64_t read_ = 0;
  std::uint64_t unparsed_ = 0;
  bool damaged_ = false;
  std::chrono::steady_clock::time_point next_progress_ = std::chrono::steady_clock::now() + 500ms;
};

// Empty if the file was read, otherwise why not.
std::string read_events(const EventsArguments& arguments, Printer& sink) {
  const auto& file = arguments.file;
  if (is_evtx(file)) {
    std::vector<std::string_view> providers;
    if (arguments.provider) providers.push_back(*arguments.provider);
    const auto report =
        read_evtx(file, {.providers = providers}, [&](const Event& event) { sink.event(event); });
    if (!report) return report.error();
    sink.others(report->others, report->elsewhere);
    if (report->damaged) sink.damaged();
    if (report->unparsed > 0) sink.unparsed(report->unparsed, Origin::maybe_licensing);
    return "";
  }
  FilePosition start;
  const auto state =
      follow_json_log(file, start, sink, Deadline(SteadyTime::max()), LogEnd::closed);
  return state ? "" : state.error().text;
}

}  // namespace

int events_command(const EventsArguments& arguments, std::FILE* out, std::FILE* err) {
  Printer printer(arguments, out, err);
  const auto wrong = read_events(arguments, printer);
  const int code = printer.finish();
  if (wrong.empty()) return code;
  to_terminal(err, "cannot read {}: {}\n", arguments.file.string(), wrong);
  return 3;
}

}  // namespace cal::winlog
