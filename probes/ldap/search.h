// One search under way: sends it page by page and hands out the entries. Internal to this edge.
#pragma once

#include "probes/ldap/connection.h"
#include "probes/ldap/session.h"

#include <functional>
#include <string>
#include <vector>

namespace cal::ldap {

// A result code that is an answer to some callers: 32, there is no such object.
struct SearchFault {
  Fault fault;
  bool no_such_object = false;
};

class Search {
 public:
  // `tried` begins a fault's message. The connection and the request have to outlive the search.
  Search(Connection& connection, const SearchRequest& request, std::string tried,
         Deadline deadline);

  // Gives each entry to `take` until that returns false or a fault. References to other servers
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
