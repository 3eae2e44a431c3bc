// The contract between the frame and a probe: what a probe kind declares at compile time, and what
// one run of it returns. Plain values; the frame knows no probe by name.
#pragma once

#include "agent/base/clock.h"
#include "agent/base/rare.h"
#include "agent/contract/cause.h"
#include "agent/contract/host_answer.h"
#include "agent/contract/label_values.h"
#include "agent/contract/license_outlook.h"
#include "agent/contract/repair.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

class Options;          // agent/contract/options.h: the typed view of a probe's configuration
class StateFile;        // agent/contract/state_file.h: what a probe keeps across restarts
class StateFolder;      // the same
struct NetworkClients;  // probes/shared/network_clients.h: what the probes of one network share

// `clear`: this is not the cause. `present`: it is. `unknown`: it could not be checked.
enum class Verdict { clear, present, unknown };

enum class Severity { ok, warning, critical };

std::string_view name_of(Verdict verdict);
std::string_view sign_of(Verdict verdict);  // for people, beside the word: ✓ ✗ ?
std::string_view name_of(Severity severity);

// A row of a probe's closed list of reasons. `word` is the value of a metric label, `meaning` says
// what was found, and `action` what to do about it.
struct Reason {
  std::string_view word;
  Verdict verdict;
  Severity severity;
  std::string_view meaning;
  std::string_view action;
};

enum class MetricType { gauge, counter };

// A metric family beyond those that every probe has. `labels` come after `network`.
struct MetricFamily {
  std::string_view name;
  std::string_view help;
  MetricType type;
  std::span<const std::string_view> labels;
};

// One value of a family. An unknown fact has no sample.
struct Sample {
  const MetricFamily* family;
  LabelValues label_values;
  double value;
};

// What was seen about one item, for people. Never a metric label, never a secret.
struct Evidence {
  // How a page may draw the text. chain: links with " → " between them. ladder: stages in the same
  // form, of which the last one may be broken. entry: a line of a list; one with a verdict is
  // decisive and has "► " in front.
  enum class Form { fact, chain, ladder, entry };
  // Of licenses only: the status page collects the meters of a network under "Licenses".
  struct Meter {
    double used;
    double total;
    // Whose licenses: a server, or the file that does not name one; may say how old the data is.
    std::string source = {};
  };

  std::optional<Verdict> verdict;  // empty: a note, such as who was asked
  std::string item;
  std::string text;
  Form form = Form::fact;
  Rare<Meter> meter = std::nullopt;
  // What is shown instead of the text to an audience that may not see a repair plan: without a
  // value the text itself, and for "" nothing. What gives rights (entries that allow, and groups)
  // would help an attacker.
  Rare<std::string> open_text = std::nullopt;
  bool stops_nobody = false;  // present, but only to be put right: see verdict_words.h
};

struct Phase {
  std::string_view name;  // the value of a metric label
  std::chrono::nanoseconds duration;
  std::string_view shown = {};  // what a page calls it; empty: its name
};

// A finding that points to a cause, for the diagnosis.
struct Implication {
  Cause cause;
  Strength strength;
  std::string sentence;  // what was found, for people; it begins in lower case
  std::optional<SystemTime> seen_at = std::nullopt;  // empty: it is true now
  // What to do first; empty: the outcome's action if it is true now, else the cause's own step.
  std::string first_step = {};
  // The reason of this finding, which tells one `other` cause from another; empty: that of the
  // outcome.
  std::string_view reason = {};
  // When it began, if the probe knows it by more than its own runs.
  std::optional<SystemTime> began = std::nullopt;
};

// What one run found.
struct Outcome {
  const Reason* reason;
  std::string summary;  // one sentence that an operator can act on
  std::vector<Evidence> evidence = {};
  std::vector<Phase> phases = {};
  std::vector<Sample> samples = {};
  // Empty: `present` from a kind with a cause implies that cause, strongly when it is critical.
  std::vector<Implication> implications = {};
  // Whether `clear` contradicts an event that names the kind's cause.
  bool contradicts = true;
  // When the data was written, if it was read from a file; of several files, the oldest.
  std::optional<SystemTime> source_data_at = std::nullopt;
  // What to do, with the names that were found; empty: the reason's action.
  std::string action = {};
  // If it differs from the reason's: the same fault is a warning until the date at which it stops
  // people. Empty: the reason's own.
  std::optional<Severity> severity = std::nullopt;
  // The host that a fault is about: an endpoint or a server, as the configuration or DNS names it,
  // so that the same fault in many networks is one finding. Empty: none. See faulty_object().
  std::string object = {};
  // Of probes that count licenses: null if nothing could be counted.
  std::shared_ptr<const LicenseOutlook> licenses = nullptr;
  // What repairs it, in the order in which it is done or preferred.
  std::vector<RepairStep> repair = {};
  // When the fault began, if the probe knows it by more than its own runs.
  std::optional<SystemTime> began = std::nullopt;
  // How to find who made the changes that broke it.
  std::vector<WhoQuery> who_queries = {};
  // Who is recorded to have made them: names of people, in sentences. Shown beside the plan on the
  // page to those who may see that, and nowhere else: in no metric, report, log, or output of a
  // command.
  std::vector<std::string> actors = {};
  // As Evidence::open_text; empty: the summary itself is open.
  std::string open_summary = {};
  // It would have seen an activation that failed, and there was none.
  bool no_activation_failed = false;
};

// What to do about what was found.
std::string_view action_of(const Outcome& outcome);

Severity severity_of(const Outcome& outcome);

// The outcome's object; empty if nothing is wrong.
std::string_view faulty_object(const Outcome& outcome);

// A right that a run needs, and whether it is granted: to the agent's account in the directory, or
// to the user that this process runs as.
struct Right {
  std::string what;             // "read the permissions of CN=…"
  std::optional<bool> granted;  // empty: it could not be tested
  std::string seen = {};        // what came back instead
  std::string command = {};     // what grants it, or repairs it
  bool needed = true;           // else the probe works without it but sees less
};

// One configured probe of one network. The frame makes one call at a time, on any of the threads
// that runs share: a probe keeps nothing in thread-local storage. An exception becomes
// `unknown: internal_error`.
class Probe {
 public:
  Probe() = default;
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  virtual ~Probe() = default;

  virtual Outcome run(Deadline deadline) = 0;

  // The rights that a run needs, each tested now, in place of a run. Empty: it needs none.
  virtual std::vector<Right> rights(Deadline) { return {}; }

  // The causes that this probe checks, if its configuration makes them differ from its kind's.
  virtual std::vector<Cause> causes() const { return {}; }

  // The profile of a network that configures none, if the probe is of no other.
  virtual Profile profile() const { return Profile::ebs; }

  // Whether its outcomes have `licenses`.
  virtual bool counts_licenses() const { return false; }

  // Who holds licenses: read now, in place of a run.
  virtual LicenseHolders holders(Deadline) { return {{}, "this probe reads no names"}; }

  // Whether the host gives licenses now, by the newest data, in place of a run. Empty: it knows no
  // hosts.
  virtual std::optional<HostAnswer> license_on(std::string_view, Deadline) { return std::nullopt; }

  // Whether what it checks stops an activation, and not only what comes after it.
  virtual bool stops_activation() const { return true; }
};

// What a probe is given beside its options, while it is made.
struct ProbeContext {
  std::shared_ptr<NetworkClients> clients;
  // What it keeps across restarts; the few probes that keep something ask for it.
  std::function<std::shared_ptr<StateFile>()> state;
  Milliseconds interval{};  // from one run to the next
};

// A row of the registry.
struct ProbeKind {
  std::string_view name;      // file stem, config key, label value and runbook name
  std::string_view question;  // one line, for people
  std::span<const Reason> reasons;
  std::span<const MetricFamily> families;
  // Reads the options; errors are collected in them, and then the result may be null. It may hold
  // what all probes of the kind share.
  std::function<std::unique_ptr<Probe>(Options& options, const ProbeContext& context)> make;
  // The cause of page_causes that the probe checks. Empty: it checks something else, and if that
  // points to a cause, it returns Outcome::implications. Any other cause counts neither in "all 4
  // causes were checked" nor in `preflight`.
  std::optional<Cause> cause = std::nullopt;
  // The options that `preflight` sets for one activation; empty: the probe has no such option.
  std::string_view account_option = {};      // the account that will install the pack
  std::string_view product_key_option = {};  // the file with the pack's product key
};

// A value of what a network's probes share.
struct NetworkSample {
  std::string network;
  Sample sample;
};

// What the frame gets: the kinds of probes, and the reader of what the probes of a network share.
struct Registry {
  std::span<const ProbeKind> kinds;
  std::function<std::shared_ptr<NetworkClients>(Options& network, const StateFolder& state)>
      read_clients;
  // A probe's runbook in Markdown; empty when there is no probe of this name.
  std::string_view (*runbook)(std::string_view probe);
  // The metrics of what the probes of a network share.
  std::span<const MetricFamily> network_families = {};
  std::function<std::vector<NetworkSample>()> network_samples = [] {
    return std::vector<NetworkSample>{};
  };
};

// The reasons that the frame itself gives on behalf of every probe.
namespace common_reason {
extern const Reason not_run_yet;
extern const Reason timeout;
extern const Reason internal_error;
}  // namespace common_reason

}  // namespace cal
