// What the probes that query the directory have in common: the reasons they share, the outcome when
// the directory could not be queried, and the run itself.
#pragma once

#include "agent/contract/phase_timer.h"
#include "agent/contract/probe.h"
#include "probes/ldap/directory.h"
#include "probes/ldap/fault.h"
#include "probes/ldap/reasons.h"
#include "probes/shared/directory_rights.h"

#include <algorithm>
#include <array>
#include <memory>
#include <type_traits>
#include <utility>

namespace cal {

// A probe's own reasons, followed by those that every directory probe has.
template <std::size_t N>
constexpr auto with_directory_reasons(const std::array<Reason, N>& own) {
  std::array<Reason, N + ldap::directory_reasons.size()> all{};
  std::ranges::copy(ldap::directory_reasons, std::ranges::copy(own, all.begin()).out);
  return all;
}

inline Outcome directory_fault_outcome(const ldap::Fault& fault) {
  Outcome outcome{&ldap::reason_of(fault.kind), fault.message};
  outcome.object = fault.host;
  return outcome;
}

// A probe that gathers facts over one directory session and judges them.
//   gather: ldap::Result<Facts>(ldap::Session&, const Settings&, Deadline), with a
//           const ldap::Directory& as its second parameter if it asks other servers, too
//   judge:  Outcome(const Facts&, const Settings&), pure
template <class Settings, auto gather, auto judge>
class DirectoryProbe : public Probe {
 public:
  DirectoryProbe(std::shared_ptr<ldap::Directory> directory, Settings settings)
      : directory_(std::move(directory)), settings_(std::move(settings)) {}

  Outcome run(Deadline deadline) override {
    auto session = directory_->open(deadline);
    if (!session) return directory_fault_outcome(session.error());
    auto phases = session->phases();
    const auto facts = [&] {
      const PhaseTimer timer(phases, "search");
      if constexpr (std::is_invocable_v<decltype(gather), ldap::Session&, const ldap::Directory&,
                                        const Settings&, Deadline>) {
        return gather(*session, *directory_, settings_, deadline);
      } else {
        return gather(*session, settings_, deadline);
      }
    }();
    auto outcome = facts ? judge(*facts, settings_) : directory_fault_outcome(facts.error());
    outcome.phases = std::move(phases);
    return outcome;
  }

  std::vector<Right> rights(Deadline deadline) override {
    const auto ask = [this](const BoundAccount& self, Deadline by) { return ask_rights(self, by); };
    return directory_rights(*directory_, ask, deadline);
  }

 protected:
  const Settings& settings() const { return settings_; }

  // The rights that the probe needs beyond the bind, each tried now. Empty: the bind is enough.
  virtual ldap::Result<std::vector<Right>> ask_rights(const BoundAccount&, Deadline) {
    return std::vector<Right>{};
  }

 private:
  std::shared_ptr<ldap::Directory> directory_;
  Settings settings_;
};

}  // namespace cal
