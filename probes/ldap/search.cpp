#include "probes/ldap/search.h"

#include "probes/ldap/controls.h"

#include <fmt/format.h>
#include <lber.h>
#include <ldap.h>

#include <array>
#include <memory>

namespace cal::ldap {

namespace {

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

std::string octets_of(const berval& value) { return {value.bv_val, value.bv_len}; }

// How much memory a message may take when it is decoded, per octet: tiny values take the most.
constexpr std::size_t decoded_per_octet = 6;

// The most values of one entry. Active Directory sends 1,500 of an attribute at once.
constexpr std::size_t max_values = 50'000;

// The pointers that libldap returns here point into the message, except for the list of values.
Result<Entry> entry_of(LDAP* handle, LDAPMessage* message, const std::string& tried) {
  const auto malformed = [&] {
    return tl::unexpected(
        Fault{FaultKind::server_error, tried + ": the server returned a malformed entry"});
  };
  const auto too_many = [&] {
    return tl::unexpected(
        Fault{FaultKind::server_error,
              fmt::format("{}: the server returned an entry with more than {} values", tried,
                          max_values)});
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
  std::size_t count = 0;  // of names and values
  while (true) {
    berval name{};
    berval* raw_values = nullptr;
    if (ldap_get_attribute_ber(handle, message, raw_ber, &name, &raw_values) != LDAP_SUCCESS) {
      return malformed();
    }
    if (name.bv_val == nullptr) break;
    if (++count > max_values) return too_many();
    const std::unique_ptr<berval, FreeValues> values(raw_values);
    auto& into = attributes[octets_of(name)];
    for (const auto* value = raw_values; value != nullptr && value->bv_val != nullptr; ++value) {
      if (++count > max_values) return too_many();
      into.push_back(octets_of(*value));
    }
  }
  return Entry(octets_of(dn), std::move(attributes));
}

tl::unexpected<SearchFault> failed(Fault fault) {
  return tl::unexpected(SearchFault{std::move(fault)});
}

}  // namespace

Search::Search(Connection& connection, const SearchRequest& request, std::string tried,
               Deadline deadline)
    : connection_(connection),
      request_(request),
      attributes_(request.attributes),
      tried_(std::move(tried)),
      deadline_(deadline) {}

tl::expected<void, SearchFault> Search::run(const std::function<Result<bool>(Entry&&)>& take) {
  do {
    const auto id = send();
    if (!id) return failed(id.error());
    if (auto page = receive_page(*id, take); !page) return page;
  } while (!cookie_.empty());
  return {};
}

Result<int> Search::send() {
  connection_.begin_step(max_inflow::page, deadline_);
  LDAP* handle = connection_.handle();
  std::array<Control, 3> wanted{};
  std::size_t count = 0;
  if (request_.sd_flags) wanted[count++] = sd_flags_control(*request_.sd_flags);
  if (is_paged()) wanted[count++] = page_control(handle, request_.page_size, cookie_);
  if (request_.dn_form == DnForm::with_sid) wanted[count++] = extended_dn_control();
  std::array<LDAPControl*, 4> controls{};
  for (std::size_t i = 0; i < count; ++i) {
    // Without one of them, it would be another search.
    if (!wanted[i]) {
      return tl::unexpected(connection_.local_fault(Request::search, tried_, LDAP_NO_MEMORY));
    }
    controls[i] = wanted[i].get();
  }

  std::vector<char*> names;  // libldap only reads them
  for (auto& name : attributes_) names.push_back(name.data());
  names.push_back(nullptr);
  int id = -1;
  const int code = ldap_search_ext(
      handle, request_.base.c_str(), libldap_scope(request_.scope), request_.filter.c_str(),
      attributes_.empty() ? nullptr : names.data(), /*attrsonly=*/0, controls.data(),
      /*cctrls=*/nullptr, /*timeout=*/nullptr, LDAP_NO_LIMIT, &id);
  if (code == LDAP_SUCCESS) return id;
  return tl::unexpected(connection_.local_fault(Request::search, tried_, code));
}

tl::expected<void, SearchFault> Search::receive_page(
    int id, const std::function<Result<bool>(Entry&&)>& take) {
  LDAP* handle = connection_.handle();
  std::size_t entries = 0;
  while (true) {
    const auto message =
        connection_.wait_for(id, Messages::next, tried_, Request::search, deadline_);
    if (!message) return failed(message.error());
    switch (ldap_msgtype(message->get())) {
      case LDAP_RES_SEARCH_ENTRY: {
        AnswerCharge decoded(AnswerBudget::of_process());
        if (!decoded.add(decoded_per_octet * connection_.take_received(), deadline_)) {
          return failed(timeout_fault(tried_));
        }
        auto entry = entry_of(handle, message->get(), tried_);
        if (!entry) return failed(entry.error());
        ++entries;
        const auto more = take(std::move(*entry));
        if (more && *more) break;
        ldap_abandon_ext(handle, id, nullptr, nullptr);
        if (!more) return failed(more.error());
        cookie_.clear();
        return {};
      }
      case LDAP_RES_SEARCH_RESULT: {
        const Answer answer = connection_.answer_in(message->get());
        if (answer.code != LDAP_SUCCESS) {
          return tl::unexpected(SearchFault{fault_of(Request::search, tried_, answer),
                                            answer.code == LDAP_NO_SUCH_OBJECT});
        }
        auto cookie = cookie_after(message->get(), entries);
        if (!cookie) return failed(std::move(cookie.error()));
        cookie_ = std::move(*cookie);
        return {};
      }
      default:  // a reference to another server
        break;
    }
  }
}

Result<std::string> Search::cookie_after(ldapmsg* result, std::size_t entries) const {
  if (!is_paged()) return "";
  auto cookie = next_cookie(connection_.handle(), result);
  if (cookie) return std::move(*cookie);
  const auto fault = [&](std::string_view what) {
    return tl::unexpected(
        Fault{FaultKind::server_error,
              fmt::format("{}: {}, so that the rest of the answer cannot be requested; check what "
                          "answers on this port",
                          tried_, what)});
  };
  if (cookie.error() == NoCookie::malformed) {
    return fault("the server returned a malformed control for paged results");
  }
  if (!cookie_.empty()) return fault("the server stopped paging before the last page");
  if (entries == static_cast<std::size_t>(request_.page_size)) {
    return fault("the server returned a full page and no control for paged results");
  }
  return "";
}

}  // namespace cal::ldap
