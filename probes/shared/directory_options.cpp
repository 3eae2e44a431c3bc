#include "probes/shared/directory_options.h"

#include "agent/base/host_port.h"
#include "probes/net/address.h"
#include "probes/shared/name_server_options.h"

#include <fmt/format.h>

namespace cal {

namespace {

ldap::BindSettings read_bind(Options options) {
  ldap::BindSettings bind;
  bind.method = options.choice_or(
      "method", ldap::BindMethod::simple,
      {{"simple", ldap::BindMethod::simple}, {"gssapi", ldap::BindMethod::gssapi}});
  if (bind.method == ldap::BindMethod::simple) {
    bind.user = options.text("user");
    bind.password_file = options.readable_file("password_file");
  } else {
    bind.user = options.text_or("user", "");
    bind.keytab_file = options.readable_file("keytab_file");
  }
  if (options.has("password")) {
    options.error("password", "put the password into a file and set 'password_file' to its path");
  }
  options.reject_unknown_keys();
  return bind;
}

// off, forest, or a list of domains.
ldap::OtherDomains read_other_domains(Options& options, const ldap::BindSettings& bind) {
  using Which = ldap::OtherDomains::Which;
  ldap::OtherDomains others;
  if (!options.has("other_domains")) return others;
  auto names = options.texts("other_domains");
  if (names == std::vector<std::string>{"off"}) return others;
  others.which = names == std::vector<std::string>{"forest"} ? Which::forest : Which::named;
  if (bind.method == ldap::BindMethod::simple && bind.user.find_first_of("\\@") == bind.user.npos) {
    options.error("other_domains",
                  "other domains need a `user` that names its domain: NAME@DOMAIN");
  }
  if (others.which == Which::forest) return others;
  for (auto& name : names) {
    if (name.ends_with('.')) name.pop_back();
    if (is_host_name(name) && name.find('.') != name.npos) continue;
    options.error(
        "other_domains",
        fmt::format("'{}' is not the DNS name of a domain; write off, forest or a list of "
                    "domains such as [child.example.com]",
                    name));
  }
  others.names = std::move(names);
  return others;
}

// ldap[s]://HOST[:PORT][/]
bool is_directory_uri(std::string_view uri) {
  for (const std::string_view scheme : {"ldap://", "ldaps://"}) {
    if (!uri.starts_with(scheme)) continue;
    uri.remove_prefix(scheme.size());
    if (uri.ends_with('/')) uri.remove_suffix(1);
    const auto place = parse_host_port(uri);
    if (!place || place->port == 0) return false;
    return place->bracketed ? net::Address::parse(std::string(place->host)).has_value()
                            : is_host_name(place->host);
  }
  return false;
}

void check_uris(Options& options, const ldap::Settings& settings) {
  for (const auto& uri : settings.uris) {
    if (!is_directory_uri(uri)) {
      options.error("uri", fmt::format("'{}' is not a directory URI; write ldaps://HOST or "
                                       "ldap://HOST, with :PORT unless it is the default",
                                       uri));
    } else if (uri.starts_with("ldap://") && !settings.start_tls &&
               settings.bind.method == ldap::BindMethod::simple) {
      options.error("uri", fmt::format("{} would send the password unencrypted; use ldaps:// or "
                                       "set start_tls: true",
                                       uri));
    } else if (uri.starts_with("ldaps://") && settings.start_tls) {
      options.error("start_tls", fmt::format("{} uses TLS from the start; use ldap:// with "
                                             "start_tls",
                                             uri));
    }
  }
}

}  // namespace

ldap::Settings read_directory_settings(Options& options) {
  ldap::Settings settings;
  settings.uris = options.texts("uri");
  settings.srv = options.text_or("srv", "");
  settings.start_tls = options.flag_or("start_tls", false);
  if (options.has("ca_file")) settings.ca_file = options.readable_file("ca_file");
  settings.name_servers = read_name_servers(options);
  if (options.has("bind")) {
    settings.bind = read_bind(options.section("bind"));
  } else {
    options.error("bind",
                  "'bind' is missing: add the account that reads the directory, such as "
                  "bind: {user: monitor@EXAMPLE.COM, password_file: FILE}");
  }
  settings.other_domains = read_other_domains(options, settings.bind);
  if (settings.uris.empty() == settings.srv.empty()) {
    options.error("uri",
                  "set either 'uri' (one URI or a list) or 'srv' (the domain whose DNS SRV "
                  "records list its servers)");
  }
  check_uris(options, settings);
  options.reject_unknown_keys();
  return settings;
}

}  // namespace cal
