// What a verdict and a probe are called where people read them: on pages, in dashboards, alerts and
// commands. Labels, JSON and logs say `clear`, `present` and `unknown` (name_of).
#pragma once

#include "agent/contract/probe.h"

#include <span>
#include <string>
#include <string_view>

namespace cal {

// "cause found", "possible cause", "to put right", "not the cause" or "could not check". The list
// for people is in agent/docs/http.md.
std::string_view words_for(Verdict verdict, Severity severity);

// Of what is not a cause: "fault", "to put right", "ok" or "could not check".
std::string_view words_without_cause(Verdict verdict, Severity severity);

// How a finding looks wherever it has a color and a sign, from the best to the worst. The words
// above decide, and whether there is something to do: what is not the cause, but has to be put
// right, does not look good.
enum class Tone { good, notice, possible, unknown, bad };

Tone tone_of(Verdict verdict, Severity severity);
Tone tone_of(const Outcome& outcome);
// Of an outcome with this severity: a fault looks as bad as what it leads to.
Tone tone_of(const Evidence& item, Severity severity);

std::string_view name_of(Tone tone);  // the class in the style sheet
std::string_view sign_of(Tone tone);

// Of what was found about one item of the evidence: what deviates is a fault of that item, although
// it is not the cause.
Verdict verdict_of_item(const Reason& found);

// Whether that fault stops nobody: Evidence::stops_nobody.
bool is_only_to_put_right(const Reason& found);
bool is_only_to_put_right(const Outcome& outcome);

// One item of the evidence, with both.
Evidence item_evidence(const Reason& found, std::string item, std::string text,
                       Evidence::Form form = Evidence::Form::fact);

// Of a probe that looks for these causes; if there are none, it finds a fault, not a cause.
std::string_view words_for(const Outcome& outcome, std::span<const Cause> causes);

// Of one item of its evidence, with a verdict: the same words, so that a card has no two for one
// thing. What is in order is "ok".
std::string_view words_for(const Evidence& item, const Outcome& outcome,
                           std::span<const Cause> causes);

// "session host licensing", of the key of a probe.
std::string in_words(std::string_view probe);

}  // namespace cal
