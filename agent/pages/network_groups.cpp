#include "agent/pages/network_groups.h"

#include "agent/pages/details.h"
#include "agent/pages/evidence.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace cal {

namespace {

// A group with more names than this is folded.
constexpr std::size_t max_names_unfolded = 20;

Html group_html(const Links& links, const std::vector<const NetworkRows*>& group) {
  const auto& diagnosis = group.front()->diagnosis;
  const auto tone = tone_of(diagnosis);
  const auto answer = badge(tone, answer_of(diagnosis));
  if (group.size() == 1) {
    return markup("<div class=\"card {}\">{} <a href=\"{}\">{}</a>: {}</div>\n", name_of(tone),
                  answer, links.network(diagnosis.network), diagnosis.network, diagnosis.sentence);
  }
  const auto summary =
      markup("{} <strong>{} networks</strong>: {}", answer, group.size(), diagnosis.sentence);
  const bool is_folded = tone == Tone::good || group.size() > max_names_unfolded;
  std::vector<std::string> names;
  names.reserve(group.size());
  for (const auto* each : group) names.push_back(each->diagnosis.network);
  return details_html(is_folded ? Fold::folded : Fold::unfolded,
                      fmt::format("group/{}", diagnosis.network),
                      fmt::format("card {}", name_of(tone)), summary, network_list(links, names));
}

}  // namespace

std::string headline(const std::vector<NetworkRows>& networks) {
  if (networks.empty()) return "no network is configured";
  if (networks.size() == 1) {
    const auto& only = networks.front().diagnosis;
    return fmt::format("{}: {}", only.network, answer_of(only));
  }
  std::map<std::pair<int, std::string>, int> counts;
  for (const auto& each : networks) {
    ++counts[{rank_of(each.diagnosis), answer_of(each.diagnosis)}];
  }
  std::vector<std::string> answers;
  answers.reserve(counts.size());
  for (const auto& [answer, count] : counts) {
    answers.push_back(fmt::format("{} {}", count, answer.second));
  }
  return fmt::format("{} networks: {}", networks.size(), fmt::join(answers, ", "));
}

Html cause_filters(const Links& links, const std::vector<NetworkRows>& networks) {
  struct Count {
    int rank = 1;  // of what is clear
    Tone tone = Tone::good;
    std::size_t networks = 0;
  };
  std::map<std::string_view, Count> counts;
  for (const auto& each : networks) {
    auto& count = counts[each.diagnosis.primary()];
    count.rank = std::min(count.rank, rank_of(each.diagnosis));
    count.tone = std::max(count.tone, tone_of(each.diagnosis));
    ++count.networks;
  }
  std::vector<std::pair<std::string_view, Count>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, {}, [](const auto& each) { return each.second.rank; });
  Html items;
  for (const auto& [cause, count] : sorted) {
    items += markup("<li class=\"{}\">{} <a href=\"{}\">{}</a></li>\n", name_of(count.tone),
                    badge(count.tone, std::to_string(count.networks)), links.cause(cause), cause);
  }
  return markup("<ul class=\"filters\" aria-label=\"Networks by cause\">\n{}</ul>\n", items);
}

Html network_list(const Links& links, const std::vector<std::string>& networks) {
  Html items;
  for (const auto& name : networks) {
    items += markup("<li><a href=\"{}\">{}</a></li>\n", links.network(name), name);
  }
  return markup("<ul class=\"names\">\n{}</ul>\n", items);
}

Html network_groups(const Links& links, const std::vector<const NetworkRows*>& networks) {
  std::vector<std::vector<const NetworkRows*>> groups;
  std::map<std::string_view, std::size_t> group_of;
  for (const auto* each : networks) {
    const auto [known, is_new] = group_of.try_emplace(each->diagnosis.sentence, groups.size());
    if (is_new) groups.emplace_back();
    groups[known->second].push_back(each);
  }
  // Among equally certain causes, the one that most networks share.
  std::ranges::stable_sort(groups, {}, [](const auto& group) {
    return std::pair(rank_of(group.front()->diagnosis), -static_cast<std::ptrdiff_t>(group.size()));
  });
  Html html;
  for (const auto& group : groups) html += group_html(links, group);
  return html;
}

}  // namespace cal
