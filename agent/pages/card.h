// The card that shows what a probe found: the answer, the reason, what to do, and the evidence.
#pragma once

#include "agent/contract/probe.h"
#include "agent/pages/html.h"
#include "agent/run/instance.h"

#include <string>

namespace cal {

struct Card {
  std::string id;  // on its page; the script finds what is unfolded by it
  std::string title;
  const Instance& instance;
  const Outcome& outcome;
  Html foot;
};

Html to_html(const Card& card);

// The verdict in the words of somebody who looks for a cause.
Html finding_badge(const Instance& instance, const Reason& reason);

// For sorting: the most urgent is 0.
int urgency_of(const Reason& reason);

}  // namespace cal
