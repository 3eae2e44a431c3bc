#include "probes/ldap/entry_reader.h"

#include "probes/ldap/answer.h"

#include <fmt/format.h>
#include <lber.h>
#include <ldap.h>

#include <memory>

namespace cal::ldap {

namespace {

struct FreeReader {
  void operator()(BerElement* ber) const { ber_free(ber, 0); }
};

std::string octets_of(const berval& value) { return {value.bv_val, value.bv_len}; }

// The most values of one entry. Active Directory sends 1,500 of an attribute at once.
constexpr std::size_t max_values = 50'000;

}  // namespace

Result<Entry> EntryReader::read(::ldap* handle, ldapmsg* message) {
  BerElement* raw_ber = nullptr;
  berval dn{};
  if (ldap_get_dn_ber(handle, message, &raw_ber, &dn) != LDAP_SUCCESS) return malformed();
  const std::unique_ptr<BerElement, FreeReader> ber(raw_ber);
  if (!charge_.add(sizeof(Entry) + dn.bv_len, deadline_)) {
    return tl::unexpected(no_memory_fault(tried_));
  }
  Entry::Attributes attributes;
  ber_len_t left = 0;
  while (ber_get_option(raw_ber, LBER_OPT_REMAINING_BYTES, &left) == LBER_OPT_SUCCESS && left > 0) {
    if (auto done = read_attribute(raw_ber, attributes); !done) {
      return tl::unexpected(std::move(done.error()));
    }
  }
  return Entry(octets_of(dn), std::move(attributes));
}

Result<void> EntryReader::read_attribute(berelement* ber, Entry::Attributes& attributes) {
  berval name{};
  if (ber_scanf(ber, "{m", &name) == LBER_ERROR) return malformed();
  constexpr std::size_t node = 160;  // of the map, with the heads of the name and of the list
  if (auto done = count(node + name.bv_len); !done) return done;
  auto& values = attributes[octets_of(name)];
  ber_len_t length = 0;
  char* end = nullptr;
  for (auto next = ber_first_element(ber, &length, &end); next != LBER_DEFAULT;
       next = ber_next_element(ber, &length, end)) {
    berval value{};
    if (ber_scanf(ber, "m", &value) == LBER_ERROR) return malformed();
    constexpr std::size_t heads = 2 * sizeof(std::string);  // the list is there twice as it grows
    if (auto done = count(heads + value.bv_len); !done) return done;
    values.push_back(octets_of(value));
  }
  return {};
}

Result<void> EntryReader::count(std::size_t octets) {
  if (++count_ > max_values) {
    return tl::unexpected(
        Fault{FaultKind::server_error,
              fmt::format("{}: the server returned an entry with more than {} values", tried_,
                          max_values)});
  }
  if (!charge_.add(octets, deadline_)) return tl::unexpected(no_memory_fault(tried_));
  return {};
}

tl::unexpected<Fault> EntryReader::malformed() const {
  return tl::unexpected(
      Fault{FaultKind::server_error, tried_ + ": the server returned a malformed entry"});
}

}  // namespace cal::ldap
