// How to reach a network's directory, and with which account. Plain values.
#pragma once

#include <string>
#include <vector>

namespace cal::ldap {

enum class BindMethod { simple, gssapi };

struct BindSettings {
  BindMethod method = BindMethod::simple;
  // simple: a UPN, DOMAIN\name or a DN. gssapi: a principal; empty means the keytab's first.
  std::string user;
  std::string password_file;  // simple: read at each bind
  std::string keytab_file;    // gssapi
};

// The other domains whose controllers may get the account's bind as well.
struct OtherDomains {
  enum class Which { off, forest, named };
  Which which = Which::off;
  std::vector<std::string> names = {};  // DNS names, if named
};

struct Settings {
  // "ldaps://HOST[:PORT]" (TLS from the start) or "ldap://HOST[:PORT]", in the order of preference.
  std::vector<std::string> uris;
  // Instead of uris: the domain whose SRV records (_ldap._tcp.DOMAIN) list the servers. The agent
  // uses StartTLS if `start_tls`; otherwise ldaps:// (port 636) for a simple bind, whose password
  // needs TLS, and ldap:// for gssapi, which seals by itself.
  std::string srv;
  bool start_tls = false;                 // on ldap:// connections
  std::string ca_file;                    // PEM; empty: the system's CAs
  std::vector<std::string> name_servers;  // "ip" or "ip:port"; empty: the system's
  BindSettings bind;
  OtherDomains other_domains;
  bool is_other_domain = false;  // these are the settings for another domain than the account's
  // The Global Catalog of the servers; empty: its usual port on the server that answered.
  std::string global_catalog;
};

}  // namespace cal::ldap
