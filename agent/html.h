// What the pages have in common: the frame around them, and the row of a probe. Everything that
// comes from elsewhere is escaped here. Pure.
#pragma once

#include "agent/board.h"

#include <string>
#include <string_view>

namespace cal {

enum class Refresh { never, often };  // often: by the script, where there is one

// A whole page around `body`, which is HTML; `title` is text.
std::string html_page(std::string_view title, std::string_view body, System now, Refresh refresh);

// A word and a sign beside the colour: nobody has to tell colours apart.
std::string verdict_badge(Verdict verdict);
std::string verdict_badge(Verdict verdict, std::string_view word);

// For sorting: what is wrong stands before what is not.
int urgency_of(const Reason& reason);

std::string evidence_list(const std::vector<Evidence>& evidence);
std::string phase_list(const std::vector<Phase>& phases);

// Where a probe's history and its runbook are served.
std::string probe_path(const Instance& instance);
std::string runbook_path(std::string_view probe);

// "3 min ago (2026-11-24 18:40:00 UTC)"
std::string time_html(System time, System now);

// The style sheet that every page asks for at this path.
inline constexpr std::string_view style_path = "/style.css";
std::string_view style_sheet();

// The script of the pages that are kept fresh. Nothing is lost without it but that.
inline constexpr std::string_view script_path = "/refresh.js";
std::string_view refresh_script();

}  // namespace cal
