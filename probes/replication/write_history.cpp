#include "probes/replication/write_history.h"

#include "agent/base/text.h"
#include "agent/base/utf.h"
#include "probes/ad/distinguished_name.h"
#include "probes/ad/secured_object.h"
#include "probes/ad/whole_attribute.h"
#include "probes/ldap/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace cal::replication {

namespace {

constexpr std::size_t max_name = 64;

const std::string link_metadata = "msDS-ReplValueMetaData";
const std::string attribute_metadata = "msDS-ReplAttributeMetaData";
const std::string raw_metadata = "replPropertyMetaData";

std::optional<security::Guid> guid_in(const ldap::Entry& entry) {
  const auto octets = entry.first("objectGUID").value_or("");
  if (octets.size() != security::Guid::size) return std::nullopt;
  return security::Guid(std::as_bytes(std::span(octets)).first<security::Guid::size>());
}

// Of "CN=NTDS Settings,CN=DC2,CN=Servers,…".
std::string server_of(const std::string& settings_dn) {
  const auto name = printable(ad::first_value(ad::parent_of(settings_dn)));
  return name.substr(0, utf8_cut(name, max_name));
}

}  // namespace

std::string text_of(const Write& write) {
  return fmt::format("{}, written on {}", time_text(write.at),
                     write.on.empty() ? "a domain controller that is not shown" : write.on);
}

void WriteHistory::note(const ldap::Fault& fault) {
  ended_ = ended_ || (fault.kind != ldap::FaultKind::server_error &&
                      fault.kind != ldap::FaultKind::not_permitted);
}

std::optional<ldap::Entry> WriteHistory::read(const std::string& dn,
                                              std::vector<std::string> attributes,
                                              std::optional<int> sd_flags) {
  if (ended_) return std::nullopt;
  auto entry = session_.read(dn, std::move(attributes), deadline_, sd_flags);
  if (!entry) {
    note(entry.error());
    return std::nullopt;
  }
  return std::move(*entry);
}

std::optional<std::vector<std::string>> WriteHistory::all_values(const ldap::Entry& entry,
                                                                 const std::string& attribute,
                                                                 bool& is_whole) {
  auto whole = ad::whole_attribute(session_, entry, attribute, deadline_);
  if (!whole) {
    note(whole.error());
    return std::nullopt;
  }
  is_whole = whole->cut.empty();
  return std::move(whole->values);
}

std::string WriteHistory::domain_controller(const Stamp& stamp) {
  if (!stamp.settings_dn.empty()) return server_of(stamp.settings_dn);
  if (!stamp.invocation || ended_) return "";
  const auto [at, is_new] = names_.try_emplace(*stamp.invocation);
  if (!is_new) return at->second;
  const auto wire = stamp.invocation->wire();
  const std::string octets(reinterpret_cast<const char*>(wire.data()), wire.size());
  const auto configuration = session_.root_dse().first("configurationNamingContext").value_or("");
  const auto found =
      session_.search({.base = "CN=Sites," + configuration,
                       .filter = fmt::format("(&(objectClass=nTDSDSA)(invocationId={}))",
                                             ldap::escape_filter(octets)),
                       .attributes = {"objectClass"}},
                      deadline_);
  if (!found) {
    note(found.error());
  } else if (found->size() == 1) {
    at->second = server_of(found->front().dn());
  }
  return at->second;
}

Write WriteHistory::write_of(const ldap::Entry& entry, const std::string& attribute,
                             const Stamp& stamp) {
  return {entry.dn(),    guid_in(entry), attribute,
          stamp.version, stamp.changed,  domain_controller(stamp)};
}

std::optional<Write> WriteHistory::last_write_in(const ldap::Entry& entry,
                                                 const std::string& attribute) {
  bool is_whole = false;
  for (const auto& xml :
       all_values(entry, attribute_metadata, is_whole).value_or(std::vector<std::string>{})) {
    const auto found = parse_attribute_stamp(xml);
    if (found && ad::equal_ignoring_case(found->attribute, attribute)) {
      return write_of(entry, attribute, found->stamp);
    }
  }
  // Samba has this form only.
  const auto number = number_of_attribute(attribute);
  const auto stamps = parse_raw_stamps(entry.first(raw_metadata).value_or(""));
  if (!number || !stamps) return std::nullopt;
  const auto found = std::ranges::find(*stamps, *number, &RawStamp::attribute);
  if (found == stamps->end()) return std::nullopt;
  return write_of(entry, attribute, found->stamp);
}

std::optional<Write> WriteHistory::last_write(const std::string& dn, const std::string& attribute) {
  const auto entry = read(dn, {"objectGUID", attribute_metadata, raw_metadata});
  return entry ? last_write_in(*entry, attribute) : std::nullopt;
}

std::optional<PermissionWrite> WriteHistory::last_permission_write(const std::string& dn) {
  const std::string attribute = "nTSecurityDescriptor";
  const auto entry = read(dn, {"objectGUID", attribute, attribute_metadata, raw_metadata},
                          ldap::sd_flags::owner | ldap::sd_flags::group | ldap::sd_flags::dacl);
  if (!entry) return std::nullopt;
  return PermissionWrite{last_write_in(*entry, attribute), entry->first(attribute).value_or("")};
}

std::optional<Departures> WriteHistory::departures(const std::string& group_dn) {
  const auto entry = read(group_dn, {"objectGUID", link_metadata});
  if (!entry) return std::nullopt;
  Departures found;
  const auto values = all_values(*entry, link_metadata, found.complete);
  if (!values || values->empty()) return std::nullopt;
  for (const auto& xml : *values) {
    const auto link = parse_link_stamp(xml);
    if (!link) {
      found.complete = false;
    } else if (link->removed && ad::equal_ignoring_case(link->attribute, "member")) {
      found.list.push_back({link->value_dn, write_of(*entry, "member", link->stamp)});
    }
  }
  return found;
}

}  // namespace cal::replication
