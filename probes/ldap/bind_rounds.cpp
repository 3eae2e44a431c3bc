#include "probes/ldap/bind_rounds.h"

#include <algorithm>

namespace cal::ldap {

void BindRounds::ask(const std::string& network, SteadyTime now, SteadyTime expected) {
  std::erase_if(networks_, [&](const auto& each) { return each.second.expected <= now; });
  unsigned fewest = 0;  // a new one joins the round, and does not make up for those before
  if (!networks_.empty()) {
    fewest = std::ranges::min_element(networks_, {}, [](const auto& each) {
               return each.second.turns;
             })->second.turns;
  }
  networks_.try_emplace(network, Asking{fewest}).first->second.expected = expected;
}

bool BindRounds::is_turn_of_another(const std::string& network, SteadyTime now) const {
  const auto own = networks_.find(network);
  return own != networks_.end() && std::ranges::any_of(networks_, [&](const auto& each) {
           return each.second.expected > now && each.second.turns < own->second.turns;
         });
}

void BindRounds::take_turn(const std::string& network) { ++networks_[network].turns; }

}  // namespace cal::ldap
