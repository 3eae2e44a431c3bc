#include "probes/ldap/session.h"

#include "probes/ldap/search.h"
#include "probes/ldap/server.h"
#include "probes/ldap/session_impl.h"

#include <fmt/format.h>

namespace cal::ldap {

namespace {

constexpr std::size_t max_collected = 8U << 20U;  // octets of memory, of the entries of one answer

std::string describe(const SearchRequest& request, const std::string& uri) {
  const std::string base = request.base.empty() ? "the root DSE" : request.base;
  return request.scope == Scope::base
             ? fmt::format("read {} at {}", base, uri)
             : fmt::format("search below {} for {} at {}", base, request.filter, uri);
}

Fault too_large(const std::string& tried) {
  return {FaultKind::server_error,
          fmt::format("{}: the answer exceeds {} MiB", tried, max_collected >> 20U)};
}

}  // namespace

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<std::optional<Entry>> Session::read(const std::string& dn,
                                           std::vector<std::string> attributes, Deadline deadline,
                                           std::optional<int> sd_flags) {
  return read(
      {.base = dn, .scope = Scope::base, .attributes = std::move(attributes), .sd_flags = sd_flags},
      deadline);
}

Result<std::optional<Entry>> Session::read(const SearchRequest& request, Deadline deadline) {
  std::optional<Entry> found;
  const auto done = Search(impl_->connection, request, describe(request, impl_->uri), deadline)
                        .run([&](Entry&& entry) -> Result<bool> {
                          auto kept = keep(entry.size(), deadline);
                          if (!kept) return tl::unexpected(kept.error());
                          found = std::move(entry);
                          return true;
                        });
  if (!done && !done.error().no_such_object) return tl::unexpected(done.error().fault);
  return found;
}

Result<std::vector<Entry>> Session::search(const SearchRequest& request, Deadline deadline) {
  const std::string tried = describe(request, impl_->uri);
  std::vector<Entry> entries;
  std::size_t octets = 0;
  const auto done =
      Search(impl_->connection, request, tried, deadline).run([&](Entry&& entry) -> Result<bool> {
        octets += entry.size() + sizeof entry;  // twice in the list while it grows
        if (octets > max_collected) return tl::unexpected(too_large(tried));
        if (auto kept = keep(octets, deadline); !kept) return tl::unexpected(kept.error());
        entries.push_back(std::move(entry));
        return true;
      });
  if (!done) return tl::unexpected(done.error().fault);
  return entries;
}

Result<void> Session::for_each(const SearchRequest& request,
                               const std::function<bool(Entry&&)>& take, Deadline deadline) {
  const auto done = Search(impl_->connection, request, describe(request, impl_->uri), deadline)
                        .run([&](Entry&& entry) -> Result<bool> { return take(std::move(entry)); });
  if (!done) return tl::unexpected(done.error().fault);
  return {};
}

Result<std::vector<std::string>> Session::all_values(const std::string& dn,
                                                     const std::string& attribute,
                                                     Deadline deadline, DnForm form) {
  const std::string tried = fmt::format("read {} of {} at {}", attribute, dn, impl_->uri);
  const auto server_error = [&](const std::string& what) {
    return tl::unexpected(Fault{FaultKind::server_error, fmt::format("{}: {}", tried, what)});
  };
  std::vector<std::string> values;
  std::size_t octets = 0;
  std::string asked = attribute;
  while (true) {
    const auto entry =
        read({.base = dn, .scope = Scope::base, .attributes = {asked}, .dn_form = form}, deadline);
    if (!entry) return tl::unexpected(entry.error());
    if (!*entry) return server_error("no such object (32)");
    const auto part = find_range(**entry, attribute);
    if (!part && part.error() == NoRange::malformed) {
      return server_error("the server returned values under a name that is not a range");
    }
    if (!part && !values.empty()) return server_error("the server did not return the next range");
    if (!part) return values;
    if (part->first != values.size())
      return server_error("the server returned an unexpected range of values");
    for (const auto& value : *part->values) {
      octets += size_of(value) + sizeof(std::string);  // twice in the list while it grows
      if (octets > max_collected) return tl::unexpected(too_large(tried));
      if (auto kept = keep(octets, deadline); !kept) return tl::unexpected(kept.error());
      values.push_back(value);
    }
    if (part->last) return values;
    if (part->values->empty()) return server_error("the server returned an empty range of values");
    asked = fmt::format("{};range={}-*", attribute, values.size());
  }
}

Result<void> Session::keep(std::size_t octets, Deadline deadline) {
  if (impl_->keep(octets, deadline)) return {};
  return tl::unexpected(no_memory_fault("keep an answer of " + impl_->uri));
}

const std::string& Session::server() const { return impl_->uri; }
bool Session::is_global_catalog() const {
  const auto server = parse_server(impl_->uri);
  return server && is_global_catalog_port(server->port);
}
const std::vector<Phase>& Session::phases() const { return impl_->phases; }
const Entry& Session::root_dse() const { return impl_->root_dse; }

std::string Session::default_naming_context() const {
  return impl_->root_dse.first("defaultNamingContext").value_or("");
}

}  // namespace cal::ldap
