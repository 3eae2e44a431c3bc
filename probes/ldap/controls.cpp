#include "probes/ldap/controls.h"

#include <lber.h>
#include <ldap.h>

namespace cal::ldap {

namespace {

struct BerDeleter {
  void operator()(BerElement* element) const { ber_free(element, 1); }
};
struct ControlsDeleter {
  void operator()(LDAPControl** controls) const { ldap_controls_free(controls); }
};

}  // namespace

void FreeControl::operator()(ldapcontrol* control) const { ldap_control_free(control); }

Control page_control(::ldap* handle, int size, std::string& cookie) {
  berval octets{cookie.size(), cookie.data()};
  LDAPControl* control = nullptr;
  ldap_create_page_control(handle, size, &octets, /*iscritical=*/0, &control);
  return Control(control);
}

namespace {

// A control whose value is SEQUENCE { INTEGER }.
Control control_with(const char* oid, int number, int is_critical) {
  const std::unique_ptr<BerElement, BerDeleter> element(ber_alloc_t(LBER_USE_DER));
  berval value{};
  LDAPControl* control = nullptr;
  if (element != nullptr && ber_printf(element.get(), "{i}", number) != -1 &&
      ber_flatten2(element.get(), &value, /*alloc=*/0) != -1) {
    ldap_control_create(oid, is_critical, &value, /*dupval=*/1, &control);
  }
  return Control(control);
}

}  // namespace

Control sd_flags_control(int flags) {
  return control_with("1.2.840.113556.1.4.801", flags, /*is_critical=*/1);
}

Control extended_dn_control() {
  constexpr int as_text = 1;
  return control_with("1.2.840.113556.1.4.529", as_text, /*is_critical=*/0);
}

tl::expected<std::string, NoCookie> next_cookie(::ldap* handle, ldapmsg* result) {
  LDAPControl** raw = nullptr;
  const int parsed = ldap_parse_result(handle, result, nullptr, nullptr, nullptr, nullptr, &raw,
                                       /*freeit=*/0);
  const std::unique_ptr<LDAPControl*, ControlsDeleter> controls(raw);
  if (parsed != LDAP_SUCCESS) return tl::unexpected(NoCookie::malformed);
  LDAPControl* page = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, raw, nullptr);
  if (page == nullptr) return tl::unexpected(NoCookie::absent);
  ber_int_t estimate = 0;
  berval cookie{};
  // Without a value, libldap aborts the process; with an empty one, it reads from a null pointer.
  if (page->ldctl_value.bv_val == nullptr || page->ldctl_value.bv_len == 0 ||
      ldap_parse_pageresponse_control(handle, page, &estimate, &cookie) != LDAP_SUCCESS) {
    return tl::unexpected(NoCookie::malformed);
  }
  std::string octets(cookie.bv_val, cookie.bv_len);
  ber_memfree(cookie.bv_val);
  return octets;
}

}  // namespace cal::ldap
