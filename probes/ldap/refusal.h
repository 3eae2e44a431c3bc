// What the refusal of a bind means and what to do about it: one table for messages, for the guard
// against lockouts and for the self-test. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cal::ldap {

struct Refusal {
  std::string_view code;  // "49/52e", "8", "Kerberos 24"
  std::string_view meaning;
  std::string_view hint;
  // For the self-test: what repairs it, with {} for the account's name.
  std::string_view step;
  // Wrong: the directory counts such a bind, and locks the account after some of them.
  enum class Secret { not_judged, wrong } secret = Secret::not_judged;
};

// Of a result code of a bind and the server's text, in whatever language that is; null for a code
// that does not say that the account, its secret or the way of the bind was refused.
const Refusal* refusal_of(int code, std::string_view diagnostic);

// Of an error of MIT Kerberos, likewise.
const Refusal* kerberos_refusal_of(std::int32_t error);

// By its `code`; null for an unknown one.
const Refusal* refusal_by_code(std::string_view code);

// 49 at a bind with a ticket: the KDC accepted the secret, so that it is not wrong.
const Refusal& refused_ticket();

// The step for this account, quoted where a shell needs it.
std::string step_for(const Refusal& refusal, std::string_view account);

}  // namespace cal::ldap
