// The card that shows what a probe found: the answer, the reason, what to do, and the evidence.
#pragma once

#include "agent/contract/probe.h"
#include "agent/pages/html.h"
#include "agent/run/instance.h"

#include <string>
#include <string_view>

namespace cal {

struct Card {
  std::string id;  // on its page; the script finds what is unfolded by it
  std::string title;
  const Instance& instance;
  const Outcome& outcome;
  Html foot;
};

Html to_html(const Card& card);

// The name of a probe for people: "Internet connectivity" of "internet_connectivity".
std::string title_of(std::string_view probe);

// Text in which `backticks` mark code.
Html with_code(std::string_view text);

// The verdict in the words of somebody who looks for a cause.
Html finding_badge(const Instance& instance, const Outcome& outcome);

// For sorting: the most urgent is 0.
int urgency_of(const Outcome& outcome);

}  // namespace cal
