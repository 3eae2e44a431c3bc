#include "probes/farm/export_objects.h"

#include "probes/farm/key_packs.h"
#include "probes/farm/server_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::farm {

namespace {

constexpr std::int64_t known_version = 1;
// Of licenses: a list of such counts can be added up.
constexpr std::int64_t max_count = 4294967295;

std::optional<LicensingSettings> settings_of(const Fields& fields, const char* key,
                                             std::vector<std::string>& problems) {
  const auto* const object = fields.object(key);
  if (!object) return std::nullopt;
  const Fields inner(*object, problems);
  return LicensingSettings{inner.number("licensing_type"), inner.names("servers")};
}

Contact contact_of(const Fields& each) {
  return {each.text("server"), each.number("status"), each.flag("port_135"), each.text("error")};
}

SessionHost host_of(const Fields& fields, std::string name, SystemTime data_at,
                    std::vector<std::string>& problems) {
  SessionHost host{std::move(name), data_at};
  host.dns_name = fields.text("dns_name");
  host.domain = fields.text_or_null("domain");
  host.collection = fields.text("collection");
  host.os_build = fields.number("os_build");
  host.os_installed_at = fields.time("os_installed_at");
  host.terminal_server_mode = fields.number("terminal_server_mode");
  host.allow_connections = fields.number("allow_connections");
  host.logons = fields.number("logons");
  host.drain_mode = fields.number("drain_mode");
  host.licensing_type = fields.number("licensing_type");
  host.licensing_type_source = fields.text("licensing_type_source");
  host.specified_servers = fields.names("specified_servers");
  host.registered_servers = fields.names("registered_servers");
  host.policy = settings_of(fields, "policy", problems);
  host.broker = settings_of(fields, "broker", problems);
  host.days_left = fields.number("days_left");
  if (host.days_left && (*host.days_left < 0 || *host.days_left > 3650)) {
    fields.problem("days_left", "a number of days");
    host.days_left.reset();
  }
  host.certificate_present = fields.flag("certificate_present");
  host.contacts = fields.list<Contact>("connectivity", max_contacts, contact_of);
  auto events = fields.events();
  host.events = std::move(events.read);
  host.events_not_understood = events.not_understood;
  return host;
}

Collected collected_of(std::string_view word) {
  if (word == "local") return Collected::local;
  return word == "remote" ? Collected::remote : Collected::unknown;
}

std::string column_text(const Json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::optional<KeyPacks> packs_of(const Fields& fields) {
  KeyPacks packs;
  KeyPackReader reader;
  const auto rows = fields.list<int>("key_packs", max_key_packs, [&](const Fields& row) {
    add_key_pack(
        reader, [&](const char* name) { return column_text(row.json(), name); }, packs);
    return 0;
  });
  return rows ? std::optional(std::move(packs)) : std::nullopt;
}

IssuedLicenses issued_of(const Fields& each) {
  const auto holder = each.text("holder");
  const auto kind = holder == "user"     ? std::optional(LicenseKind::user)
                    : holder == "device" ? std::optional(LicenseKind::device)
                                         : std::nullopt;
  return {kind, each.number("product_version_id"), each.number("status"), each.time("week"),
          std::clamp<std::int64_t>(each.number("count").value_or(0), 0, max_count)};
}

LicenseServer server_of(const Fields& fields, std::string name, SystemTime data_at) {
  LicenseServer server{std::move(name), data_at};
  server.dns_name = fields.text("dns_name");
  server.addresses = fields.names("addresses").value_or(std::vector<std::string>{});
  server.domain = fields.text_or_null("domain");
  server.os_build = fields.number("os_build");
  server.role_installed = fields.flag("role_installed");
  server.activation_status = fields.number("activation_status");
  server.in_license_servers_group = fields.flag("in_license_servers_group");
  server.security_group_policy = fields.flag("security_group_policy");
  server.workgroup_auth_enforced = fields.flag("workgroup_auth_enforced");
  server.hosts = fields.list<AllowedHost>("hosts", max_allowed_hosts, [](const Fields& each) {
    return AllowedHost{each.text("computer"), each.flag("allowed")};
  });
  server.key_packs = packs_of(fields);
  server.issued = fields.list<IssuedLicenses>("issued", max_issued, issued_of);
  server.last_issued_at = fields.time("last_issued_at");
  auto events = fields.events();
  server.events = std::move(events.read);
  server.events_not_understood = events.not_understood;
  return server;
}

// Of a computer that gave its DNS name in place of its NetBIOS name.
template <class Computer>
void take_dns_name(const std::string& full_name, Computer& computer) {
  if (full_name.size() == computer.name.size()) return;
  if (computer.dns_name.empty()) computer.dns_name = full_name;
  if (!computer.domain) computer.domain = full_name.substr(computer.name.size() + 1);
}

}  // namespace

bool is_export(const Json& object) { return object.is_object() && object.contains("kind"); }

tl::expected<HostOrServer, std::string> read_export(const Json& object, SystemTime written_at) {
  std::vector<std::string> problems;
  const Fields fields(object, problems);
  const auto kind = fields.text("kind");
  if (kind != "session_host" && kind != "license_server") {
    return tl::unexpected(std::string("kind is neither session_host nor license_server"));
  }
  const auto version = fields.number("version");
  if (version != known_version) {
    return tl::unexpected(version ? fmt::format("it is of version {}, and this agent reads version "
                                                "{}; upgrade the agent",
                                                *version, known_version)
                                  : std::string("no number under version"));
  }
  const auto full_name = fields.text("computer");
  if (short_name(full_name).empty()) return tl::unexpected(std::string("no name under computer"));
  const auto generated_at = fields.time("generated_at");
  if (!generated_at) return tl::unexpected(std::string("no time under generated_at"));
  const auto data_at = std::min(*generated_at, written_at);
  auto name = full_name.substr(0, short_name(full_name).size());
  const auto collected = collected_of(fields.text("collected"));
  HostOrServer read;
  const auto finish = [&](auto& one) {
    one.collected = collected;
    one.script = fields.text("script");
    take_dns_name(full_name, one);
    one.names_errors = fields.add_errors();
    one.problems = std::move(problems);
  };
  if (kind == "session_host") {
    finish(read.host.emplace(host_of(fields, std::move(name), data_at, problems)));
  } else {
    finish(read.server.emplace(server_of(fields, std::move(name), data_at)));
  }
  return read;
}

}  // namespace cal::farm
