// In which order networks that share a secret try it, until it has worked: one whose bind failed
// goes again only after each of the others that ask. Otherwise a network that always asks just when
// a bind is due, and whose server fails, would keep all others from trying theirs. Pure.
#pragma once

#include "agent/base/clock.h"

#include <map>
#include <string>

namespace cal::ldap {

class BindRounds {
 public:
  // A network wants to bind. It counts as one that asks until `expected`, when it asks again at the
  // latest.
  void ask(const std::string& network, SteadyTime now, SteadyTime expected);

  bool is_turn_of_another(const std::string& network, SteadyTime now) const;

  void take_turn(const std::string& network);

 private:
  struct Asking {
    unsigned turns = 0;
    SteadyTime expected = {};
  };
  std::map<std::string, Asking> networks_;
};

}  // namespace cal::ldap
