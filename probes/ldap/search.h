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
  Result<int> send(std::string& cookie);
  // The cookie of the next page; empty when there is none.
  tl::expected<std::string, SearchFault> receive_page(
      int id, const std::function<Result<bool>(Entry&&)>& take);

  Connection& connection_;
  const SearchRequest& request_;
  std::vector<std::string> attributes_;
  std::string tried_;
  Deadline deadline_;
};

}  // namespace cal::ldap
