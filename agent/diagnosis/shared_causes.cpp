#include "agent/diagnosis/shared_causes.h"

#include <algorithm>
#include <map>
#include <utility>

namespace cal {

namespace {

void add(SharedCause& cause, const Row& row) {
  const auto& network = row.instance->network;
  if (cause.networks.empty() || cause.networks.back() != network) {
    cause.networks.push_back(network);
  }
  const auto began = beginning_of(row);
  if (began && (!cause.since || began->at < cause.since->at)) cause.since = began;
}

}  // namespace

std::vector<SharedCause> shared_causes(const Rows& rows) {
  std::map<std::pair<std::string_view, std::string_view>, SharedCause> found;
  for (const auto& row : rows) {
    const auto& outcome = *row.outcome;
    if (faulty_object(outcome).empty()) continue;
    auto& cause = found[{outcome.object, outcome.reason->word}];
    if (cause.networks.empty()) cause = {outcome.object, outcome.reason->word, {}};
    add(cause, row);
  }
  std::vector<SharedCause> shared;
  for (auto& [key, cause] : found) {
    if (cause.networks.size() >= min_networks_sharing) shared.push_back(std::move(cause));
  }
  std::ranges::stable_sort(shared, std::ranges::greater{},
                           [](const SharedCause& cause) { return cause.networks.size(); });
  return shared;
}

}  // namespace cal
