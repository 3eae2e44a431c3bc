#include "probes/trustee_options.h"

#include <fmt/format.h>

namespace cal {

using security::Guid;
using security::Sid;
using security::Trustee;

std::optional<Sid> read_sid(Options& options, const std::string& key, const std::string& text) {
  const auto sid = Sid::parse_text(text);
  if (!sid) options.mistake(key, fmt::format("'{}' is no SID; write S-1-5-...", text));
  return sid;
}

Trustee system_token() {
  namespace known = security::well_known;
  return {
      "system_token",
      {known::local_system, known::administrators, known::everyone, known::authenticated_users}};
}

Trustee system_ace() { return {"system_ace", {security::well_known::local_system}}; }

namespace {

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
      options.mistake("object_type",
                      fmt::format("'{}' is no GUID of a property set or attribute", guid));
    }
  }
  options.reject_unknown_keys();
  return trustee;
}

}  // namespace

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
    } else if (text == "system_token" || text == "system_ace") {
      trustees.push_back(text == "system_token" ? system_token() : system_ace());
    } else if (const auto sid = Sid::parse_text(text)) {
      trustees.push_back({text, {*sid}});
    } else {
      options.mistake("trustees",
                      fmt::format("'{}' is no trustee; write system, system_token, system_ace, a "
                                  "SID, or a mapping with sid, extra_sids, object_type and name",
                                  text));
    }
  }
  return trustees;
}

}  // namespace cal
