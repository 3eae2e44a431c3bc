// A bound connection to a directory server, made by Directory::open and used by one thread. Every
// call ends by its deadline. After a fault of kind timeout or connect_failed it cannot be used.
#pragma once

#include "agent/contract/probe.h"
#include "probes/ldap/entry.h"
#include "probes/ldap/fault.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cal::ldap {

enum class Scope { base, one_level, subtree };

// How values that are DNs come: with_sid as "<GUID=..>;<SID=S-1-..>;DN", as far as the server knows
// that form.
enum class DnForm { plain, with_sid };

// Parts of a security descriptor to return (LDAP_SERVER_SD_FLAGS_OID, MS-ADTS 3.1.1.3.4.1.11).
// Leave out the SACL unless the account may read it; otherwise the server omits the whole
// attribute.
namespace sd_flags {
inline constexpr int owner = 1;
inline constexpr int group = 2;
inline constexpr int dacl = 4;
}  // namespace sd_flags

struct SearchRequest {
  std::string base;  // a DN, or `<SID=S-1-5-..>`
  Scope scope = Scope::subtree;
  std::string filter = "(objectClass=*)";
  std::vector<std::string> attributes = {};  // empty: all
  int page_size = 1000;
  std::optional<int> sd_flags = std::nullopt;
  DnForm dn_form = DnForm::plain;
};

class Session {
 public:
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // One object; empty if it does not exist or is hidden.
  Result<std::optional<Entry>> read(const std::string& dn, std::vector<std::string> attributes,
                                    Deadline deadline, std::optional<int> sd_flags = std::nullopt);

  // All entries at once, up to 8 MiB of memory. References to other servers are skipped.
  Result<std::vector<Entry>> search(const SearchRequest& request, Deadline deadline);

  // One entry at a time, in constant memory (RFC 2696). `take` returns false to stop early.
  Result<void> for_each(const SearchRequest& request, const std::function<bool(Entry&&)>& take,
                        Deadline deadline);

  // All values of an attribute, in as many ranges as the server splits it into (MS-ADTS
  // 3.1.1.3.1.3.3). Empty for an absent attribute; an absent object is a server_error.
  Result<std::vector<std::string>> all_values(const std::string& dn, const std::string& attribute,
                                              Deadline deadline, DnForm form = DnForm::plain);

  // To be called with the octets that the caller has made of several answers and keeps: they are
  // part of what directory servers may take of the memory, as one answer is.
  Result<void> keep(std::size_t octets, Deadline deadline);

  const std::string& server() const;           // the URI that answered
  bool is_global_catalog() const;              // by its port, 3268 or 3269 (MS-ADTS 3.1.1.3)
  const std::vector<Phase>& phases() const;    // resolve, connect, tls, bind
  const Entry& root_dse() const;               // with all attributes, read once after the bind
  std::string default_naming_context() const;  // the domain's DN; empty if the server has none

 private:
  friend class Directory;
  class Impl;
  Result<std::optional<Entry>> read(const SearchRequest& request, Deadline deadline);
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cal::ldap
