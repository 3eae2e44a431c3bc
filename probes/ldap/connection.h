// A connection to a directory server: from its name to a libldap handle that is ready to bind.
// Internal to this folder. One thread at a time.
#pragma once

#include "agent/contract/phase_timer.h"
#include "agent/contract/probe.h"
#include "probes/ldap/answer.h"
#include "probes/ldap/fault.h"
#include "probes/ldap/password.h"
#include "probes/ldap/server.h"
#include "probes/ldap/settings.h"
#include "probes/ldap_io/notice_watch.h"
#include "probes/ldap_io/server_turns.h"
#include "probes/ldap_io/transport.h"
#include "probes/net/resolver.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// libldap's LDAP and LDAPMessage.
struct ldap;
struct ldapmsg;

namespace cal::ldap {

struct FreeMessage {
  void operator()(ldapmsg* message) const;
};
using Message = std::unique_ptr<ldapmsg, FreeMessage>;

enum class Messages { next, all };  // of the answer to one request

class Connection {
 public:
  // Takes over a connected socket and the turn at its server; no TLS yet.
  static Result<Connection> over(UniqueFd socket, ServerTurns::Turn turn, const Server& server,
                                 Deadline deadline);

  ::ldap* handle() const { return handle_.get(); }

  // Bounds every wait inside libldap, and what the server may send, until the next call.
  void begin_step(std::size_t max_octets, Deadline deadline) {
    transport_->begin_step(max_octets, deadline);
  }

  // Keeps the password that is sent. From now on no fault shows it, whatever the server says.
  Password& hide(Password password);

  // StartTLS's request and answer (RFC 4511 4.14); the handshake is install_tls.
  Result<void> request_tls(const std::string& tried, Deadline deadline);
  // The server's, in DER; empty without TLS.
  std::string certificate() const;
  // libldap's code and text; code 0 when TLS is established, with version 1.2 or newer.
  Answer install_tls(const std::filesystem::path& ca_file);

  // Abandons the request if the answer does not arrive in time.
  Result<Message> wait_for(int id, Messages wanted, const std::string& tried, Request request,
                           Deadline deadline);

  // The fault behind a call that failed locally, without an answer from the server.
  Fault local_fault(Request request, const std::string& tried, int code) const;
  // An answer's code and text; the code alone decides whether it is a fault.
  Answer answer_in(ldapmsg* message) const;

 private:
  Answer agreed_answer() const;
  Answer without_password(Answer answer) const;
  struct Unbind {
    void operator()(::ldap* handle) const;
  };
  Connection(ServerTurns::Turn turn, std::unique_ptr<Transport> transport, ::ldap* handle)
      : turn_(std::move(turn)), transport_(std::move(transport)), handle_(handle) {}

  ServerTurns::Turn turn_;

  // libldap's I/O goes through these: they outlive the handle.
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<NoticeWatch> notices_ = std::make_unique<NoticeWatch>();
  std::unique_ptr<::ldap, Unbind> handle_;
  std::unique_ptr<Password> password_ = nullptr;
};

// Resolves the name, connects to one of its addresses, and starts TLS if the settings want it.
Result<Connection> connect(const Server& server, const Settings& settings,
                           const net::Resolver& resolver, Deadline deadline,
                           std::vector<Phase>& phases);

}  // namespace cal::ldap
