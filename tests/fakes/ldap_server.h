// A directory server in this process, on a free port of loopback, for tests of LDAP clients. It
// answers from a table of entries, or by a handler, and misbehaves on request. Set everything
// before start(); the received requests may be read at any time.
#pragma once

#include "probes/net/stream.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/ldap_message.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cal::fakes {

class LdapServer {
 public:
  enum class Misbehavior {
    none,
    silent,                  // accepts but sends nothing
    closes,                  // accepts and closes
    garbage,                 // answers everything with bytes that are neither LDAP nor TLS
    half_a_handshake,        // sends the start of a TLS record and stops
    silent_after_start_tls,  // agrees to StartTLS and stops
    silent_after_bind,
    half_a_search,     // sends the first half of an entry and stops
    closes_in_search,  // sends the first entry and closes
    floods_start_tls,  // answers with entries without end
    floods_bind,
    floods_search,
    unasked_entries,  // sends entries without end that answer no request (message ID 0)
    disconnects,      // answers a search with a Notice of Disconnection
  };

  // A handler's answer to a search; the table is not used then.
  struct SearchAnswer {
    std::vector<LdapEntry> entries = {};
    std::vector<std::string> references = {};
    LdapResult result = {};
  };

  struct Options {
    std::string base_dn = "DC=ebs,DC=example,DC=com";  // the root DSE's defaultNamingContext
    std::string configuration_dn = "";                 // of the forest; usually below base_dn
    std::optional<KeyPair> certificate = {};           // for StartTLS and ldaps
    bool tls_from_start = false;                       // ldaps
    std::string tls_priority = "NORMAL";               // of GnuTLS: which versions it speaks
    Misbehavior misbehavior = Misbehavior::none;
    LdapResult notice = {};      // of Misbehavior::disconnects
    std::size_t max_values = 0;  // more values of an attribute come in ranges (MaxValRange)
    std::size_t size_limit = 0;  // result 4 after this many entries, paged or not
    bool knows_pages = true;
    // The encoded controls after a page, in place of the right ones.
    std::function<std::string(const LdapRequest&)> on_page = {};
    std::function<LdapResult(const LdapRequest&)> on_bind = {};  // default: success
    std::function<std::optional<SearchAnswer>(const LdapRequest&)> on_search = {};
  };

  LdapServer() : LdapServer(Options{}) {}
  explicit LdapServer(Options options);
  ~LdapServer();
  LdapServer(const LdapServer&) = delete;
  LdapServer& operator=(const LdapServer&) = delete;

  // A value may begin with "<SID=S-1-..>;", which only a client that asks for it gets. Found by its
  // DN in any case, or by <SID=S-1-..> if it has that objectSid (octets).
  void add(LdapEntry entry) { entries_.push_back(std::move(entry)); }
  void start();

  std::uint16_t port() const { return port_; }
  // "ldap://127.0.0.1:PORT" or "ldaps://..."; `host` is the name for the client.
  std::string uri(const std::string& host = "127.0.0.1") const;

  int connections() const { return connections_; }
  std::size_t flooded() const { return flooded_; }  // octets that clients took of a flood
  std::vector<LdapRequest> binds() const;
  std::vector<LdapRequest> searches() const;

 private:
  class Client;
  struct Connected {
    net::Stream stream;
    std::thread thread = {};
  };

  void accept_clients();
  void record(const LdapRequest& request);
  SearchAnswer look_up(const LdapRequest& request) const;

  const Options options_;
  std::vector<LdapEntry> entries_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::atomic<std::size_t> flooded_ = 0;
  std::list<Connected> clients_;  // used only by the acceptor until it ends

  mutable std::mutex mutex_;
  std::vector<LdapRequest> binds_;     // guarded by the mutex
  std::vector<LdapRequest> searches_;  // guarded by the mutex
};

}  // namespace cal::fakes
