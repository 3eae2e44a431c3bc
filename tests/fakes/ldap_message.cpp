#include "tests/fakes/ldap_message.h"

#include <lber.h>
#include <ldap.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace cal::fakes {

namespace {

struct BerDeleter {
  void operator()(BerElement* element) const { ber_free(element, 1); }
};
using Ber = std::unique_ptr<BerElement, BerDeleter>;

// In any case; also of octets with zeros among them.
bool same(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && std::tolower(static_cast<unsigned char>(a[i])) !=
                            std::tolower(static_cast<unsigned char>(b[i]))) {
      return false;
    }
  }
  return true;
}

std::string text(const berval& value) { return {value.bv_val, value.bv_len}; }

void require(ber_tag_t tag) {
  if (tag == LBER_ERROR) throw std::runtime_error("the client sent a malformed message");
}

LdapFilter decode_filter(BerElement* ber) {
  ber_len_t length = 0;
  const ber_tag_t tag = ber_peek_tag(ber, &length);
  const auto several = [&](LdapFilter::Kind kind) {
    LdapFilter filter{kind};
    char* end = nullptr;
    for (auto next = ber_first_element(ber, &length, &end); next != LBER_DEFAULT;
         next = ber_next_element(ber, &length, end)) {
      filter.parts.push_back(decode_filter(ber));
    }
    return filter;
  };
  const auto compare = [&](LdapFilter::Kind kind) {
    berval attribute{};
    berval value{};
    require(ber_scanf(ber, "{mm}", &attribute, &value));
    return LdapFilter{kind, text(attribute), text(value)};
  };
  berval attribute{};
  switch (tag) {
    case LDAP_FILTER_AND:
      return several(LdapFilter::Kind::all_of);
    case LDAP_FILTER_OR:
      return several(LdapFilter::Kind::any_of);
    case LDAP_FILTER_NOT: {
      LdapFilter filter{LdapFilter::Kind::none_of};
      require(ber_skip_tag(ber, &length));
      filter.parts.push_back(decode_filter(ber));
      return filter;
    }
    case LDAP_FILTER_EQUALITY:
      return compare(LdapFilter::Kind::equal);
    case LDAP_FILTER_GE:
      return compare(LdapFilter::Kind::at_least);
    case LDAP_FILTER_LE:
      return compare(LdapFilter::Kind::at_most);
    case LDAP_FILTER_PRESENT:
      require(ber_scanf(ber, "m", &attribute));
      return {LdapFilter::Kind::present, text(attribute)};
    default:
      require(ber_scanf(ber, "x"));
      return {LdapFilter::Kind::other};
  }
}

void decode_search(BerElement* ber, LdapRequest& request) {
  berval base{};
  ber_int_t scope = 0;
  ber_int_t deref = 0;
  ber_int_t size_limit = 0;
  ber_int_t time_limit = 0;
  ber_int_t types_only = 0;
  require(ber_scanf(ber, "{meeiib", &base, &scope, &deref, &size_limit, &time_limit, &types_only));
  request.base = text(base);
  request.scope = scope;
  request.filter = decode_filter(ber);
  ber_len_t length = 0;
  char* end = nullptr;
  for (auto next = ber_first_element(ber, &length, &end); next != LBER_DEFAULT;
       next = ber_next_element(ber, &length, end)) {
    berval attribute{};
    require(ber_scanf(ber, "m", &attribute));
    if (text(attribute) != "*") request.attributes.push_back(text(attribute));
  }
  require(ber_scanf(ber, "}"));
}

void decode_control(LdapRequest& request, const std::string& oid, berval value) {
  const Ber ber(ber_init(&value));
  ber_int_t number = 0;
  if (oid == LDAP_CONTROL_PAGEDRESULTS) {
    berval cookie{};
    require(ber_scanf(ber.get(), "{im}", &number, &cookie));
    request.page_size = number;
    request.cookie = text(cookie);
  } else if (oid == "1.2.840.113556.1.4.801") {
    require(ber_scanf(ber.get(), "{i}", &number));
    request.sd_flags = number;
  } else if (oid == "1.2.840.113556.1.4.529") {
    request.wants_sids = true;
  }
}

void decode_controls(BerElement* ber, LdapRequest& request) {
  ber_len_t length = 0;
  if (ber_peek_tag(ber, &length) != LDAP_TAG_CONTROLS) return;
  char* end = nullptr;
  for (auto next = ber_first_element(ber, &length, &end); next != LBER_DEFAULT;
       next = ber_next_element(ber, &length, end)) {
    berval oid{};
    berval value{};
    ber_int_t critical = 0;
    require(ber_scanf(ber, "{m", &oid));
    if (ber_peek_tag(ber, &length) == LBER_BOOLEAN) require(ber_scanf(ber, "b", &critical));
    if (ber_peek_tag(ber, &length) == LBER_OCTETSTRING) require(ber_scanf(ber, "m", &value));
    require(ber_scanf(ber, "}"));
    decode_control(request, text(oid), value);
  }
}

std::string finish(const Ber& ber) {
  berval bytes{};
  if (ber_flatten2(ber.get(), &bytes, 0) < 0) throw std::runtime_error("cannot encode an answer");
  return text(bytes);
}

void print(const Ber& ber, const std::string& octets) {
  ber_printf(ber.get(), "o", octets.data(), static_cast<ber_len_t>(octets.size()));
}

ber_tag_t response_to(LdapRequest::Kind kind) {
  switch (kind) {
    case LdapRequest::Kind::bind:
      return LDAP_RES_BIND;
    case LdapRequest::Kind::search:
      return LDAP_RES_SEARCH_RESULT;
    default:
      return LDAP_RES_EXTENDED;
  }
}

}  // namespace

const LdapEntry::Attribute* LdapEntry::find(const std::string& name) const {
  const auto found =
      std::ranges::find_if(attributes, [&](const Attribute& row) { return same(row.name, name); });
  return found == attributes.end() ? nullptr : &*found;
}

bool LdapFilter::matches(const LdapEntry& entry) const {
  const auto part_matches = [&](const LdapFilter& part) { return part.matches(entry); };
  const auto any_value = [&](const auto& fits) {
    const auto* found = entry.find(attribute);
    return found != nullptr && std::ranges::any_of(found->values, fits);
  };
  switch (kind) {
    case Kind::all_of:
      return std::ranges::all_of(parts, part_matches);
    case Kind::any_of:
      return std::ranges::any_of(parts, part_matches);
    case Kind::none_of:
      return std::ranges::none_of(parts, part_matches);
    case Kind::equal:
      return any_value([&](const std::string& v) { return same(v, value); });
    case Kind::at_least:
      return any_value([&](const std::string& v) { return v >= value; });
    case Kind::at_most:
      return any_value([&](const std::string& v) { return v <= value; });
    case Kind::present:
      return same(attribute, "objectClass") || any_value([](const std::string&) { return true; });
    case Kind::other:
      return false;
  }
  return false;
}

LdapRequest decode_request(const std::string& message) {
  std::string copy = message;
  berval bytes{copy.size(), copy.data()};
  const Ber ber(ber_init(&bytes));
  LdapRequest request;
  ber_int_t id = 0;
  ber_tag_t tag = 0;
  require(ber_scanf(ber.get(), "{it", &id, &tag));
  request.id = id;
  switch (tag) {
    case LDAP_REQ_BIND: {
      request.kind = LdapRequest::Kind::bind;
      ber_int_t version = 0;
      berval name{};
      berval password{};
      require(ber_scanf(ber.get(), "{im", &version, &name));
      request.name = text(name);
      ber_len_t length = 0;
      if (ber_peek_tag(ber.get(), &length) == LDAP_AUTH_SIMPLE) {
        require(ber_scanf(ber.get(), "m", &password));
        request.password = text(password);
      }
      return request;
    }
    case LDAP_REQ_UNBIND:
      request.kind = LdapRequest::Kind::unbind;
      return request;
    case LDAP_REQ_ABANDON:
      request.kind = LdapRequest::Kind::abandon;
      return request;
    case LDAP_REQ_EXTENDED: {
      berval oid{};
      require(ber_scanf(ber.get(), "{m", &oid));
      if (text(oid) == LDAP_EXOP_START_TLS) request.kind = LdapRequest::Kind::start_tls;
      return request;
    }
    case LDAP_REQ_SEARCH:
      request.kind = LdapRequest::Kind::search;
      decode_search(ber.get(), request);
      decode_controls(ber.get(), request);
      return request;
    default:
      return request;
  }
}

std::string encode_entry(int id, const LdapEntry& entry) {
  const Ber ber(ber_alloc_t(LBER_USE_DER));
  ber_printf(ber.get(), "{it{", id, static_cast<ber_tag_t>(LDAP_RES_SEARCH_ENTRY));
  print(ber, entry.dn);
  ber_printf(ber.get(), "{");
  for (const auto& attribute : entry.attributes) {
    ber_printf(ber.get(), "{");
    print(ber, attribute.name);
    ber_printf(ber.get(), "[");
    for (const auto& value : attribute.values) print(ber, value);
    ber_printf(ber.get(), "]}");
  }
  ber_printf(ber.get(), "}}}");
  return finish(ber);
}

std::string encode_reference(int id, const std::string& uri) {
  const Ber ber(ber_alloc_t(LBER_USE_DER));
  ber_printf(ber.get(), "{it{", id, static_cast<ber_tag_t>(LDAP_RES_SEARCH_REFERENCE));
  print(ber, uri);
  ber_printf(ber.get(), "}}");
  return finish(ber);
}

std::string encode_result(int id, LdapRequest::Kind answers, const LdapResult& result,
                          const std::string& controls) {
  const Ber ber(ber_alloc_t(LBER_USE_DER));
  ber_printf(ber.get(), "{it{e", id, response_to(answers), result.code);
  print(ber, "");
  print(ber, result.diagnostic);
  if (!result.referrals.empty()) {
    ber_printf(ber.get(), "t{", static_cast<ber_tag_t>(LDAP_TAG_REFERRAL));
    for (const auto& uri : result.referrals) print(ber, uri);
    ber_printf(ber.get(), "}");
  }
  ber_printf(ber.get(), "}");
  ber_write(ber.get(), controls.data(), controls.size(), 0);
  ber_printf(ber.get(), "}");
  return finish(ber);
}

std::string encode_page_control(const std::optional<std::string>& value) {
  const Ber ber(ber_alloc_t(LBER_USE_DER));
  ber_printf(ber.get(), "t{{", static_cast<ber_tag_t>(LDAP_TAG_CONTROLS));
  print(ber, LDAP_CONTROL_PAGEDRESULTS);
  if (value) print(ber, *value);
  ber_printf(ber.get(), "}}");
  return finish(ber);
}

std::string page_value(const std::string& cookie) {
  const Ber ber(ber_alloc_t(LBER_USE_DER));
  ber_printf(ber.get(), "{i", 0);
  print(ber, cookie);
  ber_printf(ber.get(), "}");
  return finish(ber);
}

std::string encode_notice(const LdapResult& result) {
  const Ber ber(ber_alloc_t(LBER_USE_DER));
  ber_printf(ber.get(), "{it{e", 0, static_cast<ber_tag_t>(LDAP_RES_EXTENDED), result.code);
  print(ber, "");
  print(ber, result.diagnostic);
  ber_printf(ber.get(), "ts}}", static_cast<ber_tag_t>(LDAP_TAG_EXOP_RES_OID),
             LDAP_NOTICE_OF_DISCONNECTION);
  return finish(ber);
}

}  // namespace cal::fakes
