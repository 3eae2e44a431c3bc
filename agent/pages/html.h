// What the pages have in common: the frame around them, and the card that says what a probe found.
// Everything that comes from elsewhere is escaped here. Pure.
#pragma once

#include "agent/run/board.h"

#include <string>
#include <string_view>

namespace cal {

// A whole page around `body`, which is HTML; `title` is text.
std::string html_page(std::string_view title, std::string_view body, SystemTime now);

// A word and a sign beside the colour: nobody has to tell colours apart.
std::string badge(Verdict verdict, std::string_view word);

// In the words of somebody who looks for a cause, who would misread a verdict: "clear", "present".
std::string finding_badge(const Instance& instance, const Reason& reason);

// What a probe found: the answer, the reason, what to do and the evidence.
struct Card {
  std::string id;     // on its page; what is unfolded is known by it
  std::string title;  // text
  const Instance& instance;
  const Outcome& outcome;
  std::string foot;  // HTML
};
std::string card_html(const Card& card);

// For sorting: what is wrong stands before what is not.
int urgency_of(const Reason& reason);

std::string evidence_list(const std::vector<Evidence>& evidence);
std::string phase_list(const std::vector<Phase>& phases);

// Where a probe's history, its runbook and its network are served.
std::string probe_path(const Instance& instance);
std::string runbook_path(std::string_view probe);
std::string network_path(std::string_view network);

// "3 min ago", with the time itself.
std::string age_html(SystemTime time, SystemTime now);

// When it ran, how often it does, and how old its data is.
std::string times_html(const Row& row, SystemTime now);

// Where every page finds its style sheet and the script that keeps it fresh.
inline constexpr std::string_view style_path = "/style.css";
inline constexpr std::string_view script_path = "/refresh.js";

}  // namespace cal
