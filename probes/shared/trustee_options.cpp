#include "probes/shared/trustee_options.h"

#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal {

using security::Guid;
using security::Sid;
using security::Trustee;

std::optional<Sid> read_sid(Options& options, const std::string& key, const std::string& text) {
  const auto sid = Sid::parse_text(text);
  if (!sid) options.error(key, fmt::format("'{}' is not a SID; write S-1-5-...", text));
  return sid;
}

namespace {

Trustee license_writer(std::string name, const Sid& sid) {
  namespace known = security::well_known;
  return {std::move(name),
          {sid, known::everyone, known::authenticated_users},
          Guid::parse_text("5805bc62-bdc9-4428-a5e2-856a0f4c185e")};
}

}  // namespace

Trustee system_token() {
  namespace known = security::well_known;
  return {
      "system_token",
      {known::local_system, known::administrators, known::everyone, known::authenticated_users}};
}

Trustee license_servers() {
  return license_writer("license_servers", security::well_known::terminal_server_license_servers);
}

Trustee user_self() { return license_writer("self", security::well_known::principal_self); }

Trustee system_ace() { return {"system_ace", {security::well_known::local_system}}; }

namespace {

struct Word {
  std::string_view text;
  Trustee (*make)();
  std::string_view in_evidence;
};

constexpr std::array words{
    Word{"system_token", system_token, "SYSTEM with its groups"},
    Word{"system_ace", system_ace, "SYSTEM alone"},
    Word{"license_servers", license_servers, "Terminal Server License Servers"},
    Word{"self", user_self, "SELF (the user)"}};

std::optional<Trustee> read_trustee_mapping(Options options) {
  const auto text = options.text("sid");
  Trustee trustee{options.text_or("name", text), {}};
  if (const auto sid = read_sid(options, "sid", text)) trustee.token.push_back(*sid);
  for (const auto& extra : options.texts("extra_sids")) {
    if (const auto sid = read_sid(options, "extra_sids", extra)) trustee.token.push_back(*sid);
  }
  if (options.has("object_type")) {
    const auto guid = options.text("object_type");
    trustee.object_type = Guid::parse_text(guid);
    if (!trustee.object_type) {
      options.error("object_type",
                    fmt::format("'{}' is not the GUID of a property set or attribute", guid));
    }
  }
  options.reject_unknown_keys();
  return trustee;
}

}  // namespace

std::string people_name(const Trustee& trustee) {
  const bool is_word = std::ranges::find(words, trustee.name, &Word::text) != words.end();
  return is_word || Sid::parse_text(trustee.name) ? security::name_with_sid(trustee.token.front())
                                                  : trustee.name;
}

std::string evidence_name(const Trustee& trustee) {
  const auto known = std::ranges::find(words, trustee.name, &Word::text);
  return known == words.end() ? people_name(trustee) : std::string(known->in_evidence);
}

std::vector<Trustee> read_trustees(Options& options) {
  std::vector<Trustee> trustees;
  for (auto& [text, mapping] : options.items("trustees")) {
    if (mapping) {
      if (auto trustee = read_trustee_mapping(std::move(*mapping))) {
        trustees.push_back(std::move(*trustee));
      }
    } else if (text == "system") {
      trustees.push_back(system_token());
      trustees.push_back(system_ace());
    } else if (const auto known = std::ranges::find(words, text, &Word::text);
               known != words.end()) {
      trustees.push_back(known->make());
    } else if (const auto sid = Sid::parse_text(text)) {
      trustees.push_back({text, {*sid}});
    } else {
      options.error("trustees",
                    fmt::format("'{}' is not a trustee; write system, system_token, system_ace, "
                                "license_servers, self, a SID, or a mapping with sid, extra_sids, "
                                "object_type and name",
                                text));
    }
  }
  return trustees;
}

}  // namespace cal
