// What the probes that query the directory have in common: the reasons they share, the outcome when
// the directory could not be queried, and the run itself.
#pragma once

#include "agent/contract/phase_timer.h"
#include "agent/contract/probe.h"
#include "probes/actors/actor_search.h"
#include "probes/ldap/directory.h"
#include "probes/ldap/fault.h"
#include "probes/ldap/reasons.h"
#include "probes/shared/directory_rights.h"
#include "probes/shared/file_rights.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

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

namespace detail {

// For its type: what a judge decides on.
template <class Facts, class Settings>
Facts facts_of(Outcome (*judge)(const Facts&, const Settings&));

}  // namespace detail

// A probe that gathers facts over one directory session and judges them.
//   gather: ldap::Result<Facts>(ldap::Session&, const Settings&, Deadline), with a
//           const ldap::Directory& as its second parameter if it asks other servers, too
//   judge:  Outcome(const Facts&, const Settings&), pure
// If the facts raise questions and the network has a security log, it looks for the actors there.
template <class Settings, auto gather, auto judge>
class DirectoryProbe : public Probe {
 public:
  DirectoryProbe(std::shared_ptr<ldap::Directory> directory, Settings settings,
                 const std::vector<actors::LogSource>& security_log = {})
      : directory_(std::move(directory)), settings_(std::move(settings)) {
    if (!security_log.empty()) actors_.emplace(security_log);
  }

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
    if (facts && actors_) {
      const PhaseTimer timer(phases, "security_log");
      outcome.actors = actors_->answer(questions(*facts), deadline.share(2));
    }
    outcome.phases = std::move(phases);
    return outcome;
  }

  std::vector<Right> rights(Deadline deadline) override {
    const auto ask = [this](const BoundAccount& self, Deadline by) { return ask_rights(self, by); };
    auto rights = directory_rights(*directory_, ask, deadline);
    for (const auto& source : actors_ ? actors_->log() : std::vector<actors::LogSource>{}) {
      rights.push_back(right_to_read(source.file));
      rights.back().needed = false;
    }
    return rights;
  }

 protected:
  using Facts = decltype(detail::facts_of(judge));

  const Settings& settings() const { return settings_; }

  // The rights that the probe needs beyond the bind, each tried now. Empty: the bind is enough.
  virtual ldap::Result<std::vector<Right>> ask_rights(const BoundAccount&, Deadline) {
    return std::vector<Right>{};
  }

  // The changes whose actors are looked for. Pure.
  virtual std::vector<actors::Question> questions(const Facts&) const { return {}; }

 private:
  std::shared_ptr<ldap::Directory> directory_;
  Settings settings_;
  std::optional<actors::ActorSearch> actors_;
};

}  // namespace cal
