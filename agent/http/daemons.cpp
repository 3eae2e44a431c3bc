#include "agent/http/daemons.h"

#include "agent/http/connection_info.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gnutls/gnutls.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace cal {

namespace {

// Holds a request's head and the reply's; a longer head is refused by libmicrohttpd (414, 431).
constexpr std::size_t connection_memory = std::size_t{16} * 1024;
// How long daemons that end wait for clients to send a request or to receive a reply.
constexpr std::chrono::seconds grace{2};
constexpr unsigned plain_flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME;
constexpr unsigned tls_flags = plain_flags | MHD_USE_TLS;

// libmicrohttpd takes its texts as char*, but only reads them.
void* pointer_to(const std::string& text) { return const_cast<char*>(text.c_str()); }

std::vector<MHD_OptionItem> tls_options(const HttpTls* tls) {
  std::vector<MHD_OptionItem> options;
  if (tls != nullptr) {
    options.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, pointer_to(tls->certificate_pem)});
    options.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, pointer_to(tls->key_pem)});
    options.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, pointer_to(tls->priorities)});
    if (tls->client != ClientCertificate::none) {
      // Without it, no certificate is requested. If any certificate is accepted, the server's own
      // takes the place of the CAs; see ask_for_any_certificate().
      options.push_back(
          {MHD_OPTION_HTTPS_MEM_TRUST, 0,
           pointer_to(tls->client_ca_pem.empty() ? tls->certificate_pem : tls->client_ca_pem)});
    }
  }
  options.push_back({MHD_OPTION_END, 0, nullptr});
  return options;
}

// GnuTLS gives its hooks no pointer of ours; the one for a session cache, which is not used,
// carries the connection.
int on_finished(gnutls_session_t session, unsigned, unsigned, unsigned incoming,
                const gnutls_datum_t*) {
  auto* open = static_cast<Connections::Open*>(gnutls_db_get_ptr(session));
  if (incoming != 0 && open != nullptr) Connections::handshake_done(*open);
  return 0;
}

void watch_handshake(MHD_Connection* connection, Connections::Open* open) {
  auto* session = tls_session(connection);
  if (session == nullptr) return;
  gnutls_db_set_ptr(session, open);
  gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST,
                                     &on_finished);
}

}  // namespace

HttpDaemons::HttpDaemons(HttpServer& server, Connections& connections,
                         const std::vector<Listener>& listeners, std::shared_ptr<const HttpTls> tls,
                         Limits limits, MHD_AccessHandlerCallback on_request,
                         MHD_RequestCompletedCallback on_completed)
    : server_(server), connections_(connections), tls_(std::move(tls)) {
  try {
    for (const auto& listener : listeners) start(listener, limits, on_request, on_completed);
  } catch (...) {
    stop();
    throw;
  }
}

HttpDaemons::~HttpDaemons() { stop(); }

void HttpDaemons::start(const Listener& listener, Limits limits,
                        MHD_AccessHandlerCallback on_request,
                        MHD_RequestCompletedCallback on_completed) {
  // A duplicate, so that old and new daemons can listen at once while the new ones take over.
  const int socket = fcntl(listener.socket(), F_DUPFD_CLOEXEC, 0);
  if (socket < 0) {  // libmicrohttpd would open its own, on some port of every address
    throw std::runtime_error(
        fmt::format("serve on {}: {}", listener.address(), std::strerror(errno)));
  }
  auto options = tls_options(tls_.get());
  auto* daemon = MHD_start_daemon(
      tls_ ? tls_flags : plain_flags, 0, &HttpDaemons::on_accept, this, on_request, this,
      MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_NOTIFY_COMPLETED, on_completed, this,
      MHD_OPTION_CONNECTION_LIMIT, limits.connections, MHD_OPTION_NOTIFY_CONNECTION,
      &HttpDaemons::on_connection, this, MHD_OPTION_CONNECTION_TIMEOUT, limits.idle_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory, MHD_OPTION_ARRAY, options.data(),
      MHD_OPTION_END);
  if (daemon == nullptr) {
    const int error = errno;
    close(socket);
    throw std::runtime_error(
        fmt::format("serve on {}: {}", listener.address(), std::strerror(error)));
  }
  daemons_.push_back(daemon);
}

MHD_Result HttpDaemons::on_accept(void* closure, const sockaddr* address, socklen_t) noexcept {
  try {
    const auto& connections = static_cast<HttpDaemons*>(closure)->connections_;
    const bool admitted = connections.admits(client_of(address), std::chrono::steady_clock::now());
    return admitted ? MHD_YES : MHD_NO;  // closes it
  } catch (...) {
    return MHD_NO;
  }
}

void HttpDaemons::on_connection(void* closure, MHD_Connection* connection, void** context,
                                MHD_ConnectionNotificationCode change) noexcept {
  auto& daemons = *static_cast<HttpDaemons*>(closure);
  if (change == MHD_CONNECTION_NOTIFY_STARTED) {
    *context = daemons.opened(connection);
    const auto* tls = daemons.tls();
    if (tls != nullptr && (tls->client_ca_pem.empty() || tls->client_ca_of_system)) {
      ask_for_any_certificate(connection);
    }
  } else if (*context != nullptr) {  // its socket is still open
    daemons.connections_.closed(static_cast<Connections::Open*>(std::exchange(*context, nullptr)));
  }
  daemons.count(change);
}

// Null when there is no memory: this connection has no deadline, then.
Connections::Open* HttpDaemons::opened(MHD_Connection* connection) noexcept {
  try {
    auto* open =
        connections_.opened(client_of(client_address(connection)), client_socket(connection),
                            tls_ != nullptr, std::chrono::steady_clock::now());
    if (tls_) watch_handshake(connection, open);
    return open;
  } catch (...) {
    return nullptr;
  }
}

void HttpDaemons::quiesce() {
  if (!quiet_sockets_.empty()) return;
  for (auto* daemon : daemons_) quiet_sockets_.push_back(MHD_quiesce_daemon(daemon));
}

void HttpDaemons::drain() {
  quiesce();
  std::unique_lock lock(mutex_);
  idle_.wait_for(lock, grace, [&] { return open_ == 0; });
}

void HttpDaemons::stop() {
  quiesce();
  {
    std::unique_lock lock(mutex_);
    retiring_ = true;
    idle_.wait_for(lock, grace, [&] { return under_way_ == 0; });
    // libmicrohttpd aborts when it is stopped with a suspended connection.
    idle_.wait(lock, [&] { return suspended_ == 0; });
  }
  for (auto* daemon : daemons_) MHD_stop_daemon(daemon);
  for (const int socket : quiet_sockets_) close(socket);
  daemons_.clear();
}

void HttpDaemons::count(MHD_ConnectionNotificationCode change) {
  const std::lock_guard lock(mutex_);
  if (change == MHD_CONNECTION_NOTIFY_STARTED) {
    ++open_;
  } else if (--open_ == 0) {
    idle_.notify_all();
  }
}

bool HttpDaemons::enter() {
  const std::lock_guard lock(mutex_);
  if (retiring_) return false;
  ++under_way_;
  return true;
}

void HttpDaemons::leave() {
  const std::lock_guard lock(mutex_);
  if (--under_way_ == 0) idle_.notify_all();
}

void HttpDaemons::suspend(MHD_Connection* connection) {
  const std::lock_guard lock(mutex_);
  ++suspended_;
  MHD_suspend_connection(connection);
}

void HttpDaemons::resume(MHD_Connection* connection) {
  const std::lock_guard lock(mutex_);
  MHD_resume_connection(connection);
  if (--suspended_ == 0) idle_.notify_all();
}

}  // namespace cal
