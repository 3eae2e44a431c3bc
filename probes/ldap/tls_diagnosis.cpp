#include "probes/ldap/tls_diagnosis.h"

#include "probes/ldap/answer.h"
#include "probes/net/connect.h"
#include "probes/net/stream.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>

namespace cal::ldap {

namespace {

struct SessionDeleter {
  void operator()(gnutls_session_t session) const { gnutls_deinit(session); }
};
struct CredentialsDeleter {
  void operator()(gnutls_certificate_credentials_t credentials) const {
    gnutls_certificate_free_credentials(credentials);
  }
};
struct CertificateDeleter {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
};
using TlsSession = std::unique_ptr<gnutls_session_int, SessionDeleter>;
using TlsCredentials = std::unique_ptr<gnutls_certificate_credentials_st, CredentialsDeleter>;
using Certificate = std::unique_ptr<gnutls_x509_crt_int, CertificateDeleter>;

bool read_all(net::Stream& stream, std::uint8_t* into, std::size_t size) {
  while (size > 0) {
    const auto count = stream.read(into, size);
    if (count <= 0) return false;
    into += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// StartTLS by hand. It succeeded on the first connection, so the answer is read and not checked.
bool start_tls(net::Stream& stream) {
  // LDAPMessage { 1, ExtendedRequest { [0] "1.3.6.1.4.1.1466.20037" } }
  constexpr std::string_view request =
      "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
      "1.3.6.1.4.1.1466.20037";
  if (stream.write(request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
    return false;
  }
  std::array<std::uint8_t, 2> head{};
  if (!read_all(stream, head.data(), head.size())) return false;
  std::size_t length = head[1];
  if (length > 0x80) {  // the long form: the number of octets that hold the length
    std::array<std::uint8_t, 2> octets{};
    const std::size_t count = length & 0x7fU;
    if (count > octets.size() || !read_all(stream, octets.data(), count)) return false;
    length = count == 1 ? octets[0] : std::size_t{octets[0]} << 8U | octets[1];
  }
  std::string answer(length, '\0');
  return read_all(stream, reinterpret_cast<std::uint8_t*>(answer.data()), length);
}

ssize_t pull(gnutls_transport_ptr_t stream, void* into, std::size_t size) {
  return static_cast<net::Stream*>(stream)->read(into, size);
}
ssize_t push(gnutls_transport_ptr_t stream, const void* from, std::size_t size) {
  return static_cast<net::Stream*>(stream)->write(from, size);
}

std::string distinguished_name(gnutls_x509_crt_t certificate,
                               int (*get)(gnutls_x509_crt_t, char*, std::size_t*)) {
  std::array<char, 512> buffer{};
  std::size_t size = buffer.size();
  return get(certificate, buffer.data(), &size) == GNUTLS_E_SUCCESS
             ? printable({buffer.data(), size})
             : "(unreadable)";
}

std::string date(std::time_t at) {
  return at == -1 ? "(unreadable)" : fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(at));
}

// "subject CN=dc1, issuer CN=ca, valid from .. to .."
std::string describe_certificate(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t* chain = gnutls_certificate_get_peers(session, &count);
  gnutls_x509_crt_t raw = nullptr;
  if (count == 0 || gnutls_x509_crt_init(&raw) != GNUTLS_E_SUCCESS) return "no certificate";
  const Certificate certificate(raw);
  if (gnutls_x509_crt_import(raw, chain, GNUTLS_X509_FMT_DER) != GNUTLS_E_SUCCESS) {
    return "an unreadable certificate";
  }
  return fmt::format("subject {}, issuer {}, valid from {} to {}",
                     distinguished_name(raw, gnutls_x509_crt_get_dn),
                     distinguished_name(raw, gnutls_x509_crt_get_issuer_dn),
                     date(gnutls_x509_crt_get_activation_time(raw)),
                     date(gnutls_x509_crt_get_expiration_time(raw)));
}

// "TLS 1.1"
std::string version_name(gnutls_protocol_t version) {
  const char* name = gnutls_protocol_get_name(version);  // "TLS1.1"
  const std::string_view text = name == nullptr ? "an unknown version" : name;
  return text.starts_with("TLS1") ? fmt::format("TLS {}", text.substr(3)) : std::string(text);
}

struct Finding {
  FaultKind kind;
  std::string_view what;
  std::string_view hint;
};

Finding finding_of(unsigned status) {
  if ((status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA | GNUTLS_CERT_REVOKED |
                 GNUTLS_CERT_SIGNATURE_FAILURE | GNUTLS_CERT_INSECURE_ALGORITHM)) != 0) {
    return {FaultKind::tls_untrusted, "the certificate is not trusted",
            "add the CA that issued it to ca_file"};
  }
  if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0) {
    return {FaultKind::tls_expired, "the certificate is not yet valid",
            "check the clocks of both hosts"};
  }
  if ((status & GNUTLS_CERT_EXPIRED) != 0) {
    return {FaultKind::tls_expired, "the certificate has expired", "renew it on the server"};
  }
  if ((status & GNUTLS_CERT_UNEXPECTED_OWNER) != 0) {
    return {FaultKind::tls_name_mismatch, "the certificate was issued for another name",
            "use a name from the certificate in `uri`"};
  }
  if ((status & GNUTLS_CERT_INVALID) != 0) {
    return {FaultKind::tls_untrusted, "the certificate's chain is not valid",
            "check the server's certificate"};
  }
  return {FaultKind::tls_failed, "the handshake failed, although the certificate is valid",
          "compare the TLS versions and ciphers of both sides"};
}

std::string with_reason(const std::string& what, const std::string& seen) {
  return seen.empty() || seen == "(unknown error code)"
             ? what
             : fmt::format("{} ({})", what, printable(seen));
}

}  // namespace

Fault diagnose_tls(const TlsPeer& peer, const std::string& tried, const std::string& seen,
                   Deadline deadline) {
  const auto failed = [&](const std::string& what) {
    return Fault{
        FaultKind::tls_failed,
        fmt::format("{}: {}; check whether the server supports TLS 1.2 or newer on this port",
                    tried, with_reason(what, seen))};
  };
  auto socket = net::connect_tcp(peer.address, peer.port, deadline);
  if (!socket) return failed("the handshake failed, and so did a second connection");
  net::Stream stream(std::move(*socket), deadline);
  if (peer.start_tls && !start_tls(stream)) {
    return failed("the handshake failed, and so did StartTLS on a second connection");
  }

  gnutls_certificate_credentials_t raw_credentials = nullptr;
  gnutls_session_t raw_session = nullptr;
  gnutls_certificate_allocate_credentials(&raw_credentials);
  const TlsCredentials credentials(raw_credentials);
  gnutls_init(&raw_session, GNUTLS_CLIENT);
  const TlsSession session(raw_session);
  gnutls_certificate_set_x509_trust_file(raw_credentials, peer.ca_file.c_str(),
                                         GNUTLS_X509_FMT_PEM);
  gnutls_credentials_set(raw_session, GNUTLS_CRD_CERTIFICATE, raw_credentials);
  // Old versions, too, to name a server that speaks only these; nothing else is sent.
  gnutls_priority_set_direct(raw_session, "NORMAL:+VERS-TLS1.1:+VERS-TLS1.0", nullptr);
  if (!net::Address::parse(peer.host)) {
    gnutls_server_name_set(raw_session, GNUTLS_NAME_DNS, peer.host.data(), peer.host.size());
  }
  gnutls_transport_set_ptr(raw_session, &stream);
  gnutls_transport_set_pull_function(raw_session, pull);
  gnutls_transport_set_push_function(raw_session, push);

  int code = GNUTLS_E_AGAIN;
  while (code < 0 && gnutls_error_is_fatal(code) == 0) code = gnutls_handshake(raw_session);
  if (stream.timed_out()) return timeout_fault(tried);
  if (code < 0) return failed(gnutls_strerror(code));

  if (const auto version = gnutls_protocol_get_version(raw_session); version < GNUTLS_TLS1_2) {
    return {FaultKind::tls_failed,
            fmt::format("{}: the server speaks {} at most; enable TLS 1.2 or newer on it", tried,
                        version_name(version))};
  }
  unsigned status = 0;
  code = gnutls_certificate_verify_peers3(raw_session, peer.host.c_str(), &status);
  if (code < 0) return failed(gnutls_strerror(code));
  const Finding finding = finding_of(status);
  return {finding.kind, fmt::format("{}: {}: {}; {}", tried, finding.what,
                                    describe_certificate(raw_session), finding.hint)};
}

}  // namespace cal::ldap
