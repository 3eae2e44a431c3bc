// The LDAP messages (RFC 4511) that the fake directory server reads and writes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cal::fakes {

struct LdapEntry {
  struct Attribute {
    std::string name;
    std::vector<std::string> values;
  };
  std::string dn;
  std::vector<Attribute> attributes;

  const Attribute* find(const std::string& name) const;  // in any case
};

// RFC 4511 4.5.1.7, without extensible matches: those match nothing.
struct LdapFilter {
  enum class Kind { all_of, any_of, none_of, equal, at_least, at_most, present, other };
  Kind kind = Kind::present;
  std::string attribute = "objectClass";
  std::string value = {};
  std::vector<LdapFilter> parts = {};

  bool matches(const LdapEntry& entry) const;  // values in any case
};

struct LdapResult {
  int code = 0;
  std::string diagnostic = {};
  std::vector<std::string> referrals = {};
};

struct LdapRequest {
  enum class Kind { bind, unbind, search, abandon, start_tls, other };
  int id = 0;
  Kind kind = Kind::other;
  // bind
  std::string name;
  std::string password;
  // search
  std::string base;
  int scope = 0;  // 0 base, 1 one level, 2 subtree
  LdapFilter filter;
  std::vector<std::string> attributes;  // empty: all
  // controls
  std::optional<int> page_size;
  std::string cookie;
  std::optional<int> sd_flags;
  bool wants_sids = false;  // LDAP_SERVER_EXTENDED_DN_OID
};

LdapRequest decode_request(const std::string& message);

std::string encode_entry(int id, const LdapEntry& entry);
std::string encode_reference(int id, const std::string& uri);
// `answers` decides the kind of response. `controls` are encoded ones.
std::string encode_result(int id, LdapRequest::Kind answers, const LdapResult& result,
                          const std::string& controls = "");
// A list of controls with the paged results control, whose value is usually a page_value().
std::string encode_page_control(const std::optional<std::string>& value);
std::string page_value(const std::string& cookie);
// A Notice of Disconnection (RFC 4511 4.4.1).
std::string encode_notice(const LdapResult& result);

}  // namespace cal::fakes
