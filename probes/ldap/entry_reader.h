// Decodes the entries of a search (RFC 4511 4.5.2). Internal to this folder.
#pragma once

#include "probes/ldap/entry.h"
#include "probes/ldap/fault.h"
#include "probes/ldap_io/answer_budget.h"

#include <cstddef>
#include <string>

// libldap's LDAP and LDAPMessage, and liblber's BerElement.
struct ldap;
struct ldapmsg;
struct berelement;

namespace cal::ldap {

// Decodes one entry value by value, and charges each before it is copied: libldap's own functions
// make a list of all values of an attribute first, which takes eight times as much as they do.
class EntryReader {
 public:
  // `tried` begins a fault's message. It and the charge must outlive the reader.
  EntryReader(const std::string& tried, AnswerCharge& charge, Deadline deadline)
      : tried_(tried), charge_(charge), deadline_(deadline) {}

  Result<Entry> read(::ldap* handle, ldapmsg* message);

 private:
  Result<void> read_attribute(berelement* ber, Entry::Attributes& attributes);
  // One name or value, which takes so many octets.
  Result<void> count(std::size_t octets);
  tl::unexpected<Fault> malformed() const;

  const std::string& tried_;
  AnswerCharge& charge_;
  Deadline deadline_;
  std::size_t count_ = 0;  // of names and values
};

}  // namespace cal::ldap
