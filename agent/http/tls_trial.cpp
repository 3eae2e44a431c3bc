#include "agent/http/tls_trial.h"

#include "agent/http/tls.h"

#include <gnutls/gnutls.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace cal {

namespace {

// One end of a connection in memory.
class TrialPeer {
 public:
  explicit TrialPeer(unsigned side) {
    gnutls_session_t session = nullptr;
    gnutls_certificate_credentials_t credentials = nullptr;
    note(gnutls_certificate_allocate_credentials(&credentials));
    credentials_.reset(credentials);
    note(gnutls_init(&session, side | GNUTLS_NONBLOCK));
    session_.reset(session);
  }
  TrialPeer(const TrialPeer&) = delete;
  TrialPeer& operator=(const TrialPeer&) = delete;
  ~TrialPeer() = default;

  void use(const std::string& certificate_pem, const std::string& key_pem) {
    const auto certificate = datum(certificate_pem);
    const auto key = datum(key_pem);
    note(gnutls_certificate_set_x509_key_mem(credentials_.get(), &certificate, &key,
                                             GNUTLS_X509_FMT_PEM));
  }

  void connect(TrialPeer& other, const std::string& priorities) {
    other_ = &other;
    if (failed()) return;
    note(gnutls_priority_set_direct(session_.get(), priorities.c_str(), nullptr));
    note(gnutls_credentials_set(session_.get(), GNUTLS_CRD_CERTIFICATE, credentials_.get()));
    gnutls_transport_set_ptr(session_.get(), this);
    gnutls_transport_set_push_function(session_.get(), push);
    gnutls_transport_set_pull_function(session_.get(), pull);
    gnutls_transport_set_pull_timeout_function(session_.get(), is_there_more);
  }

  // As far as it gets with what has arrived.
  void shake_hands() {
    if (is_done_ || failed()) return;
    const int result = gnutls_handshake(session_.get());
    is_done_ = result == GNUTLS_E_SUCCESS;
    if (result < 0 && gnutls_error_is_fatal(result) != 0) note(result);
  }

  bool is_done() const { return is_done_; }
  bool failed() const { return error_.has_value(); }
  std::optional<int> error() const { return error_; }

 private:
  struct EndSession {
    void operator()(gnutls_session_int* session) const { gnutls_deinit(session); }
  };

  static gnutls_datum_t datum(const std::string& text) {
    // GnuTLS only reads it.
    return {static_cast<unsigned char*>(static_cast<void*>(const_cast<char*>(text.data()))),
            static_cast<unsigned>(text.size())};
  }

  static ssize_t push(gnutls_transport_ptr_t peer, const void* octets, std::size_t size) {
    static_cast<TrialPeer*>(peer)->other_->arrived_.append(static_cast<const char*>(octets), size);
    return static_cast<ssize_t>(size);
  }

  static ssize_t pull(gnutls_transport_ptr_t peer, void* into, std::size_t size) {
    auto& self = *static_cast<TrialPeer*>(peer);
    if (self.arrived_.empty()) {
      gnutls_transport_set_errno(self.session_.get(), EAGAIN);
      return -1;
    }
    const auto count = std::min(size, self.arrived_.size());
    std::memcpy(into, self.arrived_.data(), count);
    self.arrived_.erase(0, count);
    return static_cast<ssize_t>(count);
  }

  static int is_there_more(gnutls_transport_ptr_t peer, unsigned /*milliseconds*/) {
    return static_cast<TrialPeer*>(peer)->arrived_.empty() ? 0 : 1;
  }

  void note(int result) {
    if (result < 0 && !error_) error_ = result;
  }

  TlsCredentials credentials_;
  std::unique_ptr<gnutls_session_int, EndSession> session_;
  TrialPeer* other_ = nullptr;
  std::string arrived_;
  bool is_done_ = false;
  std::optional<int> error_;  // GnuTLS' first one
};

// Which side's error says why: an alert only says that the other side has one.
std::string why(const TrialPeer& server, const TrialPeer& client) {
  for (const auto* peer : {&server, &client}) {
    const auto error = peer->error();
    if (!error || *error == GNUTLS_E_FATAL_ALERT_RECEIVED) continue;
    std::string reason = gnutls_strerror(*error);
    if (reason.ends_with('.')) reason.pop_back();
    return reason;
  }
  return "the handshake does not end";
}

}  // namespace

tl::expected<void, std::string> try_handshake(const std::string& certificate_pem,
                                              const std::string& key_pem,
                                              const std::string& priorities) {
  TrialPeer server(GNUTLS_SERVER);
  TrialPeer client(GNUTLS_CLIENT);
  server.use(certificate_pem, key_pem);
  server.connect(client, priorities);
  client.connect(server, priorities);
  constexpr int max_turns = 20;  // a handshake takes three
  for (int turn = 0; turn < max_turns && !server.failed() && !client.failed(); ++turn) {
    client.shake_hands();
    server.shake_hands();
    if (client.is_done() && server.is_done()) return {};
  }
  return tl::unexpected(why(server, client));
}

}  // namespace cal
