#include "probes/ldap/tls_diagnosis.h"

#include "probes/ldap/answer.h"
#include "probes/ldap/server.h"
#include "probes/ldap_io/certificate.h"
#include "probes/net/connect.h"
#include "probes/net/stream.h"

#include <arpa/inet.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

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
using TlsSession = std::unique_ptr<gnutls_session_int, SessionDeleter>;
using TlsCredentials = std::unique_ptr<gnutls_certificate_credentials_st, CredentialsDeleter>;

bool read_all(net::Stream& stream, std::uint8_t* into, std::size_t size) {
  while (size > 0) {
    const auto count = stream.read(into, size);
    if (count <= 0) return false;
    into += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// StartTLS by hand. Whether an LDAP message came back; what it says is not checked.
bool start_tls(net::Stream& stream) {
  // LDAPMessage { 1, ExtendedRequest { [0] "1.3.6.1.4.1.1466.20037" } }
  constexpr std::string_view request =
      "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
      "1.3.6.1.4.1.1466.20037";
  if (stream.write(request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
    return false;
  }
  std::array<std::uint8_t, 2> head{};
  constexpr std::uint8_t sequence = 0x30;
  if (!read_all(stream, head.data(), head.size()) || head[0] != sequence) return false;
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
  const int code = get(certificate, buffer.data(), &size);
  if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) return "(empty)";
  return code == GNUTLS_E_SUCCESS ? printable({buffer.data(), size}) : "(unreadable)";
}

std::string date(std::time_t at) {
  return at == -1 ? "(unreadable)" : fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(at));
}

// The server's own certificate; null if it sent none that can be read.
Certificate certificate_of(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t* chain = gnutls_certificate_get_peers(session, &count);
  if (count == 0) return nullptr;
  return certificate_of_der({reinterpret_cast<const char*>(chain->data), chain->size});
}

// "subject CN=dc1, issuer CN=ca, valid from .. to .."
std::string describe_certificate(gnutls_x509_crt_t raw) {
  if (raw == nullptr) return "no certificate that can be read";
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

// Of the 4 or 16 octets in a certificate.
std::string address_text(const char* octets, std::size_t size) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = size == 4 ? AF_INET : AF_INET6;
  const bool is_address = size == 4 || size == 16;
  return is_address && ::inet_ntop(family, octets, text.data(), text.size()) != nullptr
             ? text.data()
             : "(an unreadable address)";
}

// "dc1.ebs.example.com, 192.0.2.1": the names that count. The subject's counts only without others.
std::string names_in(gnutls_x509_crt_t certificate) {
  constexpr std::size_t max_shown = 8;
  std::vector<std::string> names;
  for (unsigned i = 0; names.size() < max_shown; ++i) {
    std::array<char, 256> name{};
    std::size_t size = name.size();
    unsigned type = 0;
    const int found =
        gnutls_x509_crt_get_subject_alt_name2(certificate, i, name.data(), &size, &type, nullptr);
    if (found == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) break;
    if (found < 0) continue;
    if (type == GNUTLS_SAN_DNSNAME) names.push_back(printable({name.data(), size}));
    if (type == GNUTLS_SAN_IPADDRESS) names.push_back(address_text(name.data(), size));
  }
  if (!names.empty()) return fmt::format("{}", fmt::join(names, ", "));
  std::array<char, 256> name{};
  std::size_t size = name.size();
  const int found = gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
                                                  name.data(), &size);
  return found == GNUTLS_E_SUCCESS ? printable({name.data(), size}) : "no name at all";
}

struct Finding {
  FaultKind kind;
  std::string what;
  std::string hint;
};

// Of a certificate, or of one above it, whose key or signature is too weak.
Finding weak(gnutls_x509_crt_t certificate) {
  const FaultKind kind = FaultKind::tls_untrusted;
  if (const auto bits = short_rsa_key(certificate)) {
    return {kind, fmt::format("the certificate's key has {} bits, which is too weak", *bits),
            "issue one with an RSA key of 2048 bits or more"};
  }
  const auto signature =
      static_cast<gnutls_sign_algorithm_t>(gnutls_x509_crt_get_signature_algorithm(certificate));
  if (gnutls_sign_is_secure2(signature, GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS) == 0) {
    const char* name = gnutls_sign_get_name(signature);
    return {kind,
            fmt::format("the certificate is signed with {}, which is no longer secure",
                        name == nullptr ? "an unknown algorithm" : name),
            "issue one with SHA-256 (certutil -setreg ca\\csp\\CNGHashAlgorithm SHA256 on the CA)"};
  }
  return {kind, "a CA certificate above the server's has a weak key or signature, such as SHA-1",
          "renew that CA with SHA-256 and a key of 2048 bits or more"};
}

Finding finding_of(unsigned status, gnutls_x509_crt_t certificate, const std::string& host) {
  if ((status & GNUTLS_CERT_INSECURE_ALGORITHM) != 0 && certificate != nullptr) {
    return weak(certificate);
  }
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
    const auto names = certificate == nullptr ? "no name" : names_in(certificate);
    return {
        FaultKind::tls_name_mismatch,
        fmt::format("the certificate was issued for another name than {}: it has {}", host, names),
        "use a name from the certificate in `uri`"};
  }
  if ((status & GNUTLS_CERT_INVALID) != 0) {
    return {FaultKind::tls_untrusted, "the certificate's chain is not valid",
            "check the server's certificate"};
  }
  if (short_rsa_key(certificate)) return weak(certificate);
  return {FaultKind::tls_failed, "the handshake failed, although the certificate is valid",
          "compare the TLS versions and ciphers of both sides"};
}

std::string with_reason(const std::string& what, const std::string& seen) {
  return seen.empty() || seen == "(unknown error code)"
             ? what
             : fmt::format("{} ({})", what, printable(seen));
}

// A handshake that accepts any certificate, by a client that trusts the CAs in `ca_file`.
class AnyHandshake {
 public:
  AnyHandshake(const TlsPeer& peer, net::Stream& stream) {
    gnutls_certificate_credentials_t raw_credentials = nullptr;
    gnutls_session_t raw_session = nullptr;
    gnutls_certificate_allocate_credentials(&raw_credentials);
    credentials_.reset(raw_credentials);
    gnutls_init(&raw_session, GNUTLS_CLIENT);
    session_.reset(raw_session);
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
  }

  int run() {
    int code = GNUTLS_E_AGAIN;
    while (code < 0 && gnutls_error_is_fatal(code) == 0) code = gnutls_handshake(session_.get());
    return code;
  }

  gnutls_session_t get() const { return session_.get(); }

 private:
  TlsCredentials credentials_;
  TlsSession session_;
};

// What the port speaks in place of what is configured; empty if that does not help.
std::string other_protocol(const TlsPeer& peer, Deadline deadline) {
  constexpr std::uint16_t ldap_port = 389;
  constexpr std::uint16_t ldaps_port = 636;
  auto socket = net::connect_tcp(peer.address, peer.port, deadline);
  bool speaks_other = false;
  if (socket) {
    net::Stream stream(std::move(*socket), deadline);
    speaks_other =
        peer.start_tls ? AnyHandshake(peer, stream).run() == GNUTLS_E_SUCCESS : start_tls(stream);
  }
  if (peer.start_tls) {
    const bool is_usual = peer.port == ldaps_port || peer.port == global_catalog_tls_port;
    if (!speaks_other && !is_usual) return "";
    return fmt::format(
        "port {} uses TLS from the start: write ldaps:// in `uri` and remove "
        "start_tls, or use port {} with start_tls",
        peer.port, ldap_port);
  }
  const bool is_usual = peer.port == ldap_port || peer.port == global_catalog_port;
  if (!speaks_other && !is_usual) return "";
  return fmt::format(
      "port {} speaks LDAP and does not begin with TLS: write ldap:// in `uri` with "
      "start_tls: true, or use ldaps:// with port {}",
      peer.port, ldaps_port);
}

}  // namespace

Fault explain_start_tls(const TlsPeer& peer, const std::string& tried, Fault fault,
                        Deadline deadline) {
  const auto other = other_protocol(peer, deadline);
  if (other.empty()) return fault;
  return {FaultKind::tls_failed, fmt::format("{}: {}", tried, other)};
}

Fault diagnose_tls(const TlsPeer& peer, const std::string& tried, const std::string& seen,
                   Deadline deadline) {
  const auto failed = [&](const std::string& what) {
    if (const auto other = peer.start_tls ? "" : other_protocol(peer, deadline); !other.empty()) {
      return Fault{FaultKind::tls_failed, fmt::format("{}: {}", tried, other)};
    }
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

  AnyHandshake handshake(peer, stream);
  int code = handshake.run();
  if (stream.timed_out()) return timeout_fault(tried);
  if (code < 0) return failed(gnutls_strerror(code));

  if (const auto version = gnutls_protocol_get_version(handshake.get()); version < GNUTLS_TLS1_2) {
    return {FaultKind::tls_failed,
            fmt::format("{}: the server speaks {} at most; enable TLS 1.2 or newer on it", tried,
                        version_name(version))};
  }
  unsigned status = 0;
  code = gnutls_certificate_verify_peers3(handshake.get(), peer.host.c_str(), &status);
  if (code < 0) return failed(gnutls_strerror(code));
  const auto certificate = certificate_of(handshake.get());
  const Finding finding = finding_of(status, certificate.get(), peer.host);
  return {finding.kind, fmt::format("{}: {}: {}; {}", tried, finding.what,
                                    describe_certificate(certificate.get()), finding.hint)};
}

}  // namespace cal::ldap
