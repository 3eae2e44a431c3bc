#include "probes/ldap/session.h"

#include "probes/ldap/controls.h"
#include "probes/ldap/ranges.h"
#include "probes/ldap/session_impl.h"

#include <fmt/format.h>

#include <array>

namespace cal::ldap {

namespace {

constexpr std::size_t max_collected = 64U << 20U;  // octets of the entries of one answer

int libldap_scope(Scope scope) {
  switch (scope) {
    case Scope::base:
      return LDAP_SCOPE_BASE;
    case Scope::one_level:
      return LDAP_SCOPE_ONELEVEL;
    case Scope::subtree:
      return LDAP_SCOPE_SUBTREE;
  }
  return LDAP_SCOPE_BASE;
}

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

std::string octets_of(const berval& value) { return {value.bv_val, value.bv_len}; }

// The pointers that libldap gives here lead into the message, except for the list of values.
Result<Entry> entry_of(LDAP* handle, LDAPMessage* message, const std::string& tried) {
  const auto malformed = [&] {
    return tl::unexpected(Fault{FaultKind::server_error, tried + ": a malformed entry came back"});
  };
  struct FreeBer {
    void operator()(BerElement* ber) const { ber_free(ber, 0); }
  };
  struct FreeValues {
    void operator()(berval* values) const { ldap_memfree(values); }
  };
  BerElement* raw_ber = nullptr;
  berval dn{};
  if (ldap_get_dn_ber(handle, message, &raw_ber, &dn) != LDAP_SUCCESS) return malformed();
  const std::unique_ptr<BerElement, FreeBer> ber(raw_ber);
  Entry::Attributes attributes;
  while (true) {
    berval name{};
    berval* raw_values = nullptr;
    if (ldap_get_attribute_ber(handle, message, raw_ber, &name, &raw_values) != LDAP_SUCCESS) {
      return malformed();
    }
    if (name.bv_val == nullptr) break;
    const std::unique_ptr<berval, FreeValues> values(raw_values);
    auto& into = attributes[octets_of(name)];
    for (const auto* value = raw_values; value != nullptr && value->bv_val != nullptr; ++value) {
      into.push_back(octets_of(*value));
    }
  }
  return Entry(octets_of(dn), std::move(attributes));
}

// The list of attribute names as libldap wants it; it only reads them.
std::vector<char*> attribute_list(std::vector<std::string>& names) {
  std::vector<char*> list;
  for (auto& name : names) list.push_back(name.data());
  if (!list.empty()) list.push_back(nullptr);
  return list;
}

// A fault of kind server_error may still be an answer: `code` 32 says that there is no such object.
struct SearchFault {
  Fault fault;
  int code = LDAP_OTHER;
};

// One search under way: sends it page by page and hands out the entries.
class Search {
 public:
  Search(Connection& connection, const SearchRequest& request, std::string tried, Deadline deadline)
      : connection_(connection),
        request_(request),
        attributes_(request.attributes),
        tried_(std::move(tried)),
        deadline_(deadline) {
    connection_.set_deadline(deadline);
  }

  tl::expected<void, SearchFault> run(const std::function<Result<bool>(Entry&&)>& take) {
    std::string cookie;
    do {
      const int id = send(cookie);
      if (id < 0) return failed(local_fault());
      auto next = receive_page(id, take);
      if (!next) return tl::unexpected(std::move(next.error()));
      cookie = std::move(*next);
    } while (!cookie.empty());
    return {};
  }

 private:
  static tl::unexpected<SearchFault> failed(Fault fault, int code = LDAP_OTHER) {
    return tl::unexpected(SearchFault{std::move(fault), code});
  }

  Fault local_fault() const {
    int code = LDAP_OTHER;
    ldap_get_option(connection_.handle(), LDAP_OPT_RESULT_CODE, &code);
    return connection_.local_fault(Request::search, tried_, code);
  }

  int send(std::string& cookie) {
    LDAP* handle = connection_.handle();
    const Control flags = request_.sd_flags ? sd_flags_control(*request_.sd_flags) : nullptr;
    // A base search has one entry; some servers refuse to page it.
    const Control page =
        request_.scope == Scope::base ? nullptr : page_control(handle, request_.page_size, cookie);
    std::array<LDAPControl*, 3> controls{};
    std::size_t count = 0;
    if (flags) controls[count++] = flags.get();
    if (page) controls[count++] = page.get();
    auto names = attribute_list(attributes_);
    int id = -1;
    const int code = ldap_search_ext(
        handle, request_.base.c_str(), libldap_scope(request_.scope), request_.filter.c_str(),
        names.empty() ? nullptr : names.data(), /*attrsonly=*/0, controls.data(), nullptr,
        /*timeout=*/nullptr, LDAP_NO_LIMIT, &id);
    return code == LDAP_SUCCESS ? id : -1;
  }

  // Up to the result of this page; the cookie of the next one, empty when there is none.
  tl::expected<std::string, SearchFault> receive_page(
      int id, const std::function<Result<bool>(Entry&&)>& take) {
    LDAP* handle = connection_.handle();
    while (true) {
      const auto message =
          connection_.wait_for(id, LDAP_MSG_ONE, tried_, Request::search, deadline_);
      if (!message) return failed(message.error());
      switch (ldap_msgtype(message->get())) {
        case LDAP_RES_SEARCH_ENTRY: {
          auto entry = entry_of(handle, message->get(), tried_);
          if (!entry) return failed(entry.error());
          const auto more = take(std::move(*entry));
          if (more && *more) break;
          ldap_abandon_ext(handle, id, nullptr, nullptr);
          if (!more) return failed(more.error());
          return std::string();
        }
        case LDAP_RES_SEARCH_RESULT: {
          const Answer answer = connection_.answer_in(message->get());
          if (answer.code == LDAP_SUCCESS) return next_cookie(handle, message->get());
          return failed(fault_of(Request::search, tried_, answer), answer.code);
        }
        default:  // a reference to another server
          break;
      }
    }
  }

  Connection& connection_;
  const SearchRequest& request_;
  std::vector<std::string> attributes_;
  std::string tried_;
  Deadline deadline_;
};

}  // namespace

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<std::optional<Entry>> Session::read(const std::string& dn,
                                           std::vector<std::string> attributes, Deadline deadline,
                                           std::optional<int> sd_flags) {
  const SearchRequest request{
      .base = dn, .scope = Scope::base, .attributes = std::move(attributes), .sd_flags = sd_flags};
  std::optional<Entry> found;
  const auto done = Search(impl_->connection, request, describe(request, impl_->uri), deadline)
                        .run([&](Entry&& entry) -> Result<bool> {
                          found = std::move(entry);
                          return true;
                        });
  if (!done && done.error().code != LDAP_NO_SUCH_OBJECT) return tl::unexpected(done.error().fault);
  return found;
}

Result<std::vector<Entry>> Session::search(const SearchRequest& request, Deadline deadline) {
  const std::string tried = describe(request, impl_->uri);
  std::vector<Entry> entries;
  std::size_t octets = 0;
  const auto done =
      Search(impl_->connection, request, tried, deadline).run([&](Entry&& entry) -> Result<bool> {
        octets += entry.size();
        if (octets > max_collected) return tl::unexpected(too_large(tried));
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
                                                     Deadline deadline) {
  const std::string tried = fmt::format("read {} of {} at {}", attribute, dn, impl_->uri);
  const auto server_error = [&](const std::string& what) {
    return tl::unexpected(Fault{FaultKind::server_error, fmt::format("{}: {}", tried, what)});
  };
  std::vector<std::string> values;
  std::size_t octets = 0;
  std::string asked = attribute;
  while (true) {
    const auto entry = read(dn, {asked}, deadline);
    if (!entry) return tl::unexpected(entry.error());
    if (!*entry) return server_error("no such object (32)");
    const auto part = find_range(**entry, attribute);
    if (!part) return values;
    if (part->first != values.size()) return server_error("a range of values came back twice");
    for (const auto& value : *part->values) {
      octets += value.size();
      if (octets > max_collected) return tl::unexpected(too_large(tried));
      values.push_back(value);
    }
    if (part->last) return values;
    if (part->values->empty()) return server_error("an empty range of values came back");
    asked = fmt::format("{};range={}-*", attribute, values.size());
  }
}

const std::string& Session::server() const { return impl_->uri; }
const std::vector<Phase>& Session::phases() const { return impl_->phases; }
const Entry& Session::root_dse() const { return impl_->root_dse; }

std::string Session::default_naming_context() const {
  return impl_->root_dse.first("defaultNamingContext").value_or("");
}

}  // namespace cal::ldap
