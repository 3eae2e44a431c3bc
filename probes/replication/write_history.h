// When objects of a directory were last written, and on which domain controller, as the directory
// shows it. Never by whom.
#pragma once

#include "probes/ldap/session.h"
#include "probes/replication/metadata.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cal::replication {

struct Write {
  std::string dn;
  std::optional<security::Guid> object = {};
  std::string attribute = {};
  std::uint32_t version = 0;
  SystemTime at = {};
  std::string on = {};  // the domain controller; empty: it is gone, or was not shown
};

// "2026-11-24 09:12:07 UTC, written on DC2". Pure.
std::string text_of(const Write& write);

// A member that was removed from a group and is not back.
struct Departure {
  std::string member_dn;
  Write write;  // of the group
};

struct Departures {
  std::vector<Departure> list;
  bool complete = false;  // everything that is kept was seen and understood
};

struct PermissionWrite {
  std::optional<Write> write = {};  // empty: not shown
  std::string descriptor = {};      // self-relative, binary, without the SACL; empty: not shown
};

// Asks one session, until a fault that concerns everything: what is not known then is not shown,
// and the answer about the fault itself is complete without it.
class WriteHistory {
 public:
  WriteHistory(ldap::Session& session, Deadline deadline)
      : session_(session), deadline_(deadline) {}

  // Empty: not shown.
  std::optional<Write> last_write(const std::string& dn, const std::string& attribute);

  // Of nTSecurityDescriptor, with what it is now, in one read. Empty: the object is not shown.
  std::optional<PermissionWrite> last_permission_write(const std::string& dn);

  // Of the group's `member`. Empty: not shown.
  std::optional<Departures> departures(const std::string& group_dn);

 private:
  std::optional<ldap::Entry> read(const std::string& dn, std::vector<std::string> attributes,
                                  std::optional<int> sd_flags = std::nullopt);
  std::optional<std::vector<std::string>> all_values(const ldap::Entry& entry,
                                                     const std::string& attribute, bool& is_whole);
  std::optional<Write> last_write_in(const ldap::Entry& entry, const std::string& attribute);
  Write write_of(const ldap::Entry& entry, const std::string& attribute, const Stamp& stamp);
  std::string domain_controller(const Stamp& stamp);
  void note(const ldap::Fault& fault);

  ldap::Session& session_;
  Deadline deadline_;
  bool ended_ = false;
  std::map<security::Guid, std::string> names_;  // of domain controllers, by invocation
};

}  // namespace cal::replication
