// A running search: requests it page by page and hands out the entries. Internal to this folder.
#pragma once

#include "probes/ldap/connection.h"
#include "probes/ldap/session.h"

#include <functional>
#include <string>
#include <vector>

namespace cal::ldap {

// For some callers result code 32 (no such object) is an answer.
struct SearchFault {
  Fault fault;
  bool no_such_object = false;
};

class Search {
 public:
  // `tried` begins a fault's message. The connection and the request must outlive the search.
  Search(Connection& connection, const SearchRequest& request, std::string tried,
         Deadline deadline);

  // Passes each entry to `take` until it returns false or a fault. References to other servers
  // are skipped.
  tl::expected<void, SearchFault> run(const std::function<Result<bool>(Entry&&)>& take);

 private:
  // A base search has one entry: there is nothing to page.
  bool is_paged() const { return request_.scope != Scope::base; }
  Result<int> send();
  // Sets the cookie of the next page; an empty one when there is none.
  tl::expected<void, SearchFault> receive_page(int id,
                                               const std::function<Result<bool>(Entry&&)>& take);
  // Of a page with this many entries. A page that does not say whether another follows is the
  // last one only if it can be: a server without pages returns everything at once.
  Result<std::string> cookie_after(ldapmsg* result, std::size_t entries) const;

  Connection& connection_;
  const SearchRequest& request_;
  std::vector<std::string> attributes_;
  std::string tried_;
  Deadline deadline_;
  std::string cookie_ = {};  // of the page that is next, or under way; empty: the first
};

}  // namespace cal::ldap
