#include "probes/ad/secured_object.h"

#include "probes/ldap/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace cal::ad {

namespace {

constexpr std::string_view partial_secrets = "1.2.840.113556.1.4.1920";

// A hidden object behaves as if it did not exist (MS-ADTS 3.1.1.4.3). It is certainly missing only
// if other objects in its container are visible.
ldap::Result<SecuredObject::State> missing_or_hidden(ldap::Session& session, const std::string& dn,
                                                     Deadline deadline) {
  bool sees_siblings = false;
  const auto listed = session.for_each(
      {.base = parent_of(dn), .scope = ldap::Scope::one_level, .attributes = {"objectClass"}},
      [&](const ldap::Entry& entry) {
        sees_siblings = entry.has("objectClass");
        return !sees_siblings;
      },
      deadline);
  if (!listed && listed.error().kind == ldap::FaultKind::timeout) {
    return tl::unexpected(listed.error());
  }
  return listed && sees_siblings ? SecuredObject::State::missing
                                 : SecuredObject::State::not_visible;
}

std::optional<security::Guid> guid_of(const ldap::Entry& entry, const std::string& attribute) {
  const auto octets = entry.first(attribute).value_or("");
  if (octets.size() != security::Guid::size) return std::nullopt;
  return security::Guid(std::as_bytes(std::span(octets)).first<security::Guid::size>());
}

}  // namespace

std::string parent_of(const std::string& dn) {
  for (std::size_t i = 0; i < dn.size(); ++i) {
    if (dn[i] == '\\') {
      ++i;  // a comma after a backslash is part of the name
    } else if (dn[i] == ',') {
      return dn.substr(i + 1);
    }
  }
  return "";
}

SecuredObject secured_object_of(const ldap::Entry& entry) {
  SecuredObject object{SecuredObject::State::readable, entry.dn()};
  object.descriptor = entry.first("nTSecurityDescriptor").value_or("");
  object.guid = guid_of(entry, "objectGUID");
  const auto& classes = entry.values("objectClass");
  if (object.descriptor.empty()) {
    // Samba returns the bare name of an object whose attributes are all hidden.
    object.state =
        classes.empty() ? SecuredObject::State::not_visible : SecuredObject::State::no_descriptor;
  }
  // From the most general to the most specific.
  if (!classes.empty()) object.object_class = classes.back();
  return object;
}

std::string complete_dn(const std::string& name, const Domain& domain) {
  const auto lower = [](std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  };
  return lower(name).ends_with(lower(domain.dn)) || name.starts_with('<') ? name
                                                                          : name + "," + domain.dn;
}

ldap::Result<SecuredObject> read_secured_object(ldap::Session& session, const std::string& dn,
                                                Deadline deadline) {
  // Leave out the SACL: without the right to read it, the server omits the whole attribute.
  auto entry = session.read(dn, {"objectClass", "objectGUID", "nTSecurityDescriptor"}, deadline,
                            ldap::sd_flags::owner | ldap::sd_flags::group | ldap::sd_flags::dacl);
  if (!entry) return tl::unexpected(std::move(entry.error()));
  if (*entry) return secured_object_of(**entry);
  const auto state = missing_or_hidden(session, dn, deadline);
  if (!state) return tl::unexpected(state.error());
  return SecuredObject{*state, dn};
}

ldap::Result<ObjectClass> read_object_class(ldap::Session& session, const std::string& name,
                                            Deadline deadline) {
  const auto schema = session.root_dse().first("schemaNamingContext").value_or("");
  auto found =
      session.search({.base = schema,
                      .scope = ldap::Scope::one_level,
                      .filter = fmt::format("(&(objectClass=classSchema)(lDAPDisplayName={}))",
                                            ldap::escape_filter(name)),
                      .attributes = {"schemaIDGUID", "defaultSecurityDescriptor"}},
                     deadline);
  if (!found) return tl::unexpected(std::move(found.error()));
  ObjectClass object_class;
  for (const auto& entry : *found) {
    object_class.guid = guid_of(entry, "schemaIDGUID");
    object_class.default_descriptor = entry.first("defaultSecurityDescriptor").value_or("");
  }
  return object_class;
}

bool is_read_only(const ldap::Session& session) {
  const auto& capabilities = session.root_dse().values("supportedCapabilities");
  return std::ranges::find(capabilities, partial_secrets) != capabilities.end();
}

}  // namespace cal::ad
