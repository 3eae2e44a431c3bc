// The event providers that log about licensing: their names, and what may be theirs. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace cal::winlog {

enum class Source { ebs_cal, infrastructure_licensing, rds_licensing, rds_session_host };

inline constexpr std::array all_sources{Source::ebs_cal, Source::infrastructure_licensing,
                                        Source::rds_licensing, Source::rds_session_host};

std::string_view name_of(Source source);                              // the value of a metric label
bool is_same_provider(std::string_view one, std::string_view other);  // in upper or lower case
std::optional<Source> source_of(std::string_view provider);

// Whether a text that was not understood may be about an event of one of the providers.
bool may_name_provider(std::string_view text);

// Whether the providers write to this log. An empty name, which some shippers leave out, may be
// one.
bool is_licensing_log(std::string_view channel);

// Whether the provider logs only about licensing. If not, its events that are not in the table are
// ignored.
bool is_all_licensing(Source source);

// The names of the providers, for filters.
std::span<const std::string_view> licensing_providers();

}  // namespace cal::winlog
