// Turns result codes and diagnostic texts into faults; nothing else does. Pure.
#pragma once

#include "probes/ldap/fault.h"

#include <string>
#include <string_view>

namespace cal::ldap {

enum class Request { start_tls, bind, search };

// A result code of RFC 4511, or a negative one of libldap, with the server's text.
struct Answer {
  int code;
  std::string diagnostic;
};

// `tried` begins the message: what was tried, on what.
Fault fault_of(Request request, const std::string& tried, const Answer& answer);

Fault timeout_fault(const std::string& tried);
// No memory for the answer was free in time (AnswerBudget).
Fault no_memory_fault(const std::string& tried);

// Text from a peer, made printable: everything but printable ASCII replaced, cut at 300 octets.
std::string printable(std::string_view text);

// A peer's text with "(the password)" in place of the secret, also where only printable() would
// make the secret of it. Otherwise as printable() shows it, but not cut.
std::string without_secret(std::string_view text, std::string_view secret);

}  // namespace cal::ldap
