#include "probes/winlog/licensing_event.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::winlog {

namespace {

using enum EventKind;
using enum Source;

struct Provider {
  std::string_view name;
  Source source;
};

constexpr std::array providers{
    Provider{"Microsoft-Windows-Windows Server Solutions Client Access Licensing", ebs_cal},
    Provider{"Microsoft-Windows-Server Infrastructure Licensing", infrastructure_licensing},
    Provider{"Microsoft-Windows-TerminalServices-Licensing", rds_licensing},
};

constexpr std::array provider_names{providers[0].name, providers[1].name, providers[2].name};

constexpr auto exhausted = Cause::licenses_exhausted;
constexpr auto other = Cause::other;

// EBS: the pages of "Event ID 4, 5, 9, 11" of the source; 12 is known by the page of 5 only. RDS:
// the pages of the source, KB 2030310 (4105), KB 983385 (17), KB 4078299 (44 is harmless). To add
// one, add a row.
constexpr std::array table{
    KnownEvent{ebs_cal, 4, activation_success, "the CAL pack was activated"},
    KnownEvent{ebs_cal, 5, activation_failure, "the CAL pack was not activated", std::nullopt,
               Strength::weak, 0},
    KnownEvent{ebs_cal, 9, assignment_failure, "a licence was not removed", std::nullopt,
               Strength::weak, 3},
    KnownEvent{ebs_cal, 11, assignment_failure, "a licence was not assigned", std::nullopt,
               Strength::weak, 3},
    KnownEvent{ebs_cal, 12, directory_fault,
               "SYSTEM may not be permitted to read or write the directory",
               Cause::directory_not_writable, Strength::strong},

    KnownEvent{infrastructure_licensing, 3, note, "the check of the domain's roles did not run"},
    KnownEvent{infrastructure_licensing, 21, note,
               "the server does not hold the domain's roles; it will shut down after 28 days"},
    KnownEvent{infrastructure_licensing, 31, note, "the licensing check passed"},
    KnownEvent{infrastructure_licensing, 39, note, "the first 30 days: nothing is enforced"},
    KnownEvent{infrastructure_licensing, 44, note, "the first 30 days: nothing is enforced"},
    KnownEvent{infrastructure_licensing, 45, note, "the first 30 days: nothing is enforced"},

    KnownEvent{rds_licensing, 17, activation_failure,
               "a certificate of the licence server is damaged or has expired", other},
    KnownEvent{rds_licensing, 18, activation_failure, "the licence server is not activated", other},
    KnownEvent{rds_licensing, 19, note, "a problem with a certificate"},
    KnownEvent{rds_licensing, 20, assignment_failure, "too few permanent licences", exhausted},
    KnownEvent{rds_licensing, 21, assignment_failure, "no permanent licence of this type is left",
               exhausted, Strength::strong},
    KnownEvent{rds_licensing, 22, assignment_failure, "no licence of this product is installed",
               exhausted, Strength::strong},
    KnownEvent{rds_licensing, 26, note, "all licences of a product were removed"},
    KnownEvent{rds_licensing, 39, activation_failure, "the licence server is not activated", other},
    KnownEvent{rds_licensing, 44, note, "a database error that can be ignored"},
    KnownEvent{rds_licensing, 4105, assignment_failure,
               "the licence server cannot write a user's licence into the directory",
               Cause::directory_not_writable},
    KnownEvent{rds_licensing, 4141, assignment_failure,
               "a server is not in the group that gets licences", other},
};

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

// The first word of a message for which `wanted` holds.
template <class Wanted>
std::optional<std::uint32_t> code_in_words(std::string_view text, Wanted wanted) {
  while (!text.empty()) {
    const auto start = std::ranges::find_if(text, is_word);
    const auto end = std::find_if_not(start, text.end(), is_word);
    const auto word = std::string_view(start, end);
    if (const auto code = parse_error_code(word); code && wanted(word, *code)) return code;
    text = std::string_view(end, text.end());
  }
  return std::nullopt;
}

// Shippers keep the order of the data or lose it, name them or not; what they keep decides where
// the code is looked for.
std::optional<std::uint32_t> find_code(const Event& event, std::size_t place) {
  if (event.data_in_order && place < event.data.size()) {
    if (const auto code = parse_error_code(event.data[place].value)) return code;
  }
  for (const auto& datum : event.data) {
    const auto code = parse_error_code(datum.value);
    if (code && is_documented(*code)) return code;
  }
  const auto documented = [](std::string_view, std::uint32_t code) { return is_documented(code); };
  if (const auto code = code_in_words(event.message, documented)) return code;
  const auto like_a_code = [](std::string_view word, std::uint32_t code) {
    return word.starts_with("0x") || code > 0xffff;
  };
  if (const auto code = code_in_words(event.message, like_a_code)) return code;
  for (const auto& datum : event.data) {
    if (const auto code = parse_error_code(datum.value)) return code;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Source source) {
  switch (source) {
    case ebs_cal:
      return "ebs_cal";
    case infrastructure_licensing:
      return "infrastructure_licensing";
    case rds_licensing:
      return "rds_licensing";
  }
  return "";
}

std::optional<Source> source_of(std::string_view provider) {
  const auto found = std::ranges::find(providers, provider, &Provider::name);
  return found == providers.end() ? std::nullopt : std::optional(found->source);
}

std::span<const std::string_view> licensing_providers() { return provider_names; }

std::span<const KnownEvent> known_events() { return table; }

std::optional<LicensingEvent> decode(const Event& event) {
  const auto source = source_of(event.provider);
  if (!source) return std::nullopt;
  const auto known = std::ranges::find_if(
      table, [&](const KnownEvent& row) { return row.source == *source && row.id == event.id; });
  if (known == table.end()) {
    return LicensingEvent{
        .known = nullptr, .source = *source, .meaning = "an event that is not known"};
  }
  LicensingEvent decoded{.known = &*known,
                         .source = *source,
                         .kind = known->kind,
                         .cause = known->cause,
                         .strength = known->strength,
                         .meaning = std::string(known->meaning)};
  if (!known->code_at) return decoded;
  decoded.cause = other;
  decoded.code = find_code(event, *known->code_at);
  if (!decoded.code) {
    decoded.meaning += ": the event names no error code";
    return decoded;
  }
  const auto code = meaning_of_code(*decoded.code);
  decoded.cause = code.cause;
  decoded.strength = code.strength;
  decoded.meaning += fmt::format(": {}, {}", error_code_text(*decoded.code), code.words);
  return decoded;
}

}  // namespace cal::winlog
