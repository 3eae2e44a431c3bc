// A probe kind for tests of the agent: the test sets its outcome.
#pragma once

#include "agent/contract/options.h"
#include "agent/contract/probe.h"
#include "agent/run/instance.h"

#include <array>
#include <functional>
#include <memory>

namespace cal::fakes {

inline constexpr std::array reasons{
    Reason{"fine", Verdict::clear, Severity::ok, "All is well.", "Nothing."},
    Reason{"deviates", Verdict::clear, Severity::warning, "It deviates.", "Look at it."},
    Reason{"broken", Verdict::present, Severity::critical, "It is broken.", "Repair it."},
    Reason{"blind", Verdict::unknown, Severity::warning, "It cannot be seen.", "Open the door."},
};

inline constexpr std::array<std::string_view, 1> item_label{"item"};
inline constexpr std::array families{
    MetricFamily{"cal_fake_level", "A level.\nSecond line, and a \\ backslash.", MetricType::gauge,
                 item_label},
    MetricFamily{"cal_fake_total", "A count.", MetricType::counter, {}}};

class FakeProbe : public Probe {
 public:
  explicit FakeProbe(std::function<Outcome(Deadline)> work) : work_(std::move(work)) {}
  Outcome run(Deadline deadline) override { return work_(deadline); }

 private:
  std::function<Outcome(Deadline)> work_;
};

inline std::unique_ptr<Probe> make(Options& options, const ProbeContext&) {
  options.text_or("mood", "");
  return std::make_unique<FakeProbe>([](Deadline) { return Outcome{&reasons[0], "all is well"}; });
}

inline const ProbeKind kind{"fake",   "Is it fine?", reasons,
                            families, make,          Cause::directory_not_writable};

inline Registry registry() {
  return {std::span(&kind, 1),
          [](Options&, const StateFolder&) { return std::shared_ptr<NetworkClients>(); },
          [](std::string_view probe) {
            return probe == kind.name ? std::string_view("# fake\n\nIs it fine?\n") : "";
          }};
}

// An instance that runs `work`.
inline std::shared_ptr<const Instance> instance(
    std::string network,
    std::function<Outcome(Deadline)> work =
        [](Deadline) {
          return Outcome{&reasons[0], "all is well"};
        },
    Milliseconds interval = Milliseconds{60'000}, Milliseconds timeout = Milliseconds{10'000}) {
  auto made = std::make_shared<Instance>();
  made->network = std::move(network);
  made->kind = &kind;
  if (made->kind->cause) made->causes = {*made->kind->cause};
  made->interval = interval;
  made->timeout = timeout;
  made->probe = std::make_shared<FakeProbe>(std::move(work));
  return made;
}

}  // namespace cal::fakes
