#include "probes/ldap/search.h"

#include "probes/ldap/controls.h"
#include "probes/ldap/entry_reader.h"

#include <fmt/format.h>
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
        auto entry = EntryReader(tried_, decoded, deadline_).read(handle, message->get());
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
