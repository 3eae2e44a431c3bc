#include "agent/http/tls_options.h"

#include "agent/base/file.h"
#include "agent/http/tls_priorities.h"
#include "agent/http/tls_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cal {

namespace {

const std::initializer_list<std::pair<std::string_view, TlsVersion>> version_words{
    {"TLS10", TlsVersion::tls10},
    {"TLS11", TlsVersion::tls11},
    {"TLS12", TlsVersion::tls12},
    {"TLS13", TlsVersion::tls13}};

const std::initializer_list<std::pair<std::string_view, ClientCertificate>> client_words{
    {"NoClientCert", ClientCertificate::none},
    {"RequestClientCert", ClientCertificate::request},
    {"RequireAnyClientCert", ClientCertificate::require_any},
    {"RequireClientCert", ClientCertificate::require_any},  // an old name of the same
    {"VerifyClientCertIfGiven", ClientCertificate::verify_if_given},
    {"RequireAndVerifyClientCert", ClientCertificate::require_and_verify}};

constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";

// The text of the file that `key` names.
std::string read_named(Options& options, const std::string& key) {
  const auto file = options.readable_file(key);
  if (file.empty()) return "";
  auto text = read_file(file, max_web_file_size);
  if (!text) {
    options.error(key, fmt::format("cannot read {}: {}", file, text.error().what));
    return "";
  }
  if (text->empty()) options.error(key, fmt::format("{} is empty", file));
  return std::move(*text);
}

// PEM in the file itself (`key`), or in another one (`key`_file).
std::string read_pem(Options& options, const std::string& key) {
  const auto file_key = key + "_file";
  const bool is_inline = options.has(key);
  auto text = options.text_or(key, "");
  if (is_inline && options.has(file_key)) {
    options.error(file_key, fmt::format("set either {} or {}, not both", key, file_key));
  }
  return is_inline && !options.has(file_key) ? text : read_named(options, file_key);
}

std::string read_client_ca(Options& options, HttpTls& tls) {
  if (options.has("client_ca") || options.has("client_ca_file")) {
    const auto* key = options.has("client_ca_file") ? "client_ca_file" : "client_ca";
    if (tls.client == ClientCertificate::none) {
      options.error(key, fmt::format("{} has no effect unless client_auth_type is "
                                     "RequireAndVerifyClientCert or VerifyClientCertIfGiven",
                                     key));
    }
    auto pem = read_pem(options, "client_ca");
    if (const auto checked = check_authority(pem); !pem.empty() && !checked) {
      options.error(key, checked.error());
    }
    return pem;
  }
  if (!tls.verifies()) return "";
  auto authorities = read_file(system_authorities, max_web_file_size);
  // Without a certificate in it, the server would trust its own in their place.
  if (!authorities || !check_authority(*authorities)) {
    options.error(
        "client_auth_type",
        "'client_ca_file' is missing, and this host has no CAs of its own; name the CA of "
        "the client certificates");
    return "";
  }
  tls.client_ca_of_system = true;
  return std::move(*authorities);
}

// An empty list is the default, as in Go.
std::vector<std::string> read_list(Options& options, const std::string& key) {
  return options.items(key).empty() ? std::vector<std::string>() : options.texts(key);
}

void read_client(Options& options, HttpTls& tls) {
  tls.client = options.choice_or("client_auth_type", ClientCertificate::none, client_words);
  tls.client_ca_pem = read_client_ca(options, tls);
  for (auto& name : read_list(options, "client_allowed_sans")) {
    tls.client_names.insert(std::move(name));
  }
  if (!tls.client_names.empty() && tls.client == ClientCertificate::none) {
    options.error(
        "client_allowed_sans",
        "client_allowed_sans has no effect unless client_auth_type asks for certificates");
  }
}

// A list of names from a table.
template <class Row>
std::vector<Row> read_names(Options& options, const std::string& key, std::span<const Row> table) {
  std::vector<Row> rows;
  for (const auto& name : read_list(options, key)) {
    const auto found = std::ranges::find(table, name, &Row::name);
    if (found != table.end()) {
      rows.push_back(*found);
      continue;
    }
    std::string allowed;
    for (const auto& row : table)
      allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", row.name);
    options.error(key, fmt::format("'{}' is not allowed; allowed: {}", name, allowed));
  }
  return rows;
}

const char* certificate_key(const Options& options) {
  return options.has("cert") ? "cert" : "cert_file";
}

// Whether there is a certificate with its key. What is wrong with them is an error.
bool check_certificate(Options& options, const HttpTls& tls) {
  if (tls.certificate_pem.empty() || tls.key_pem.empty()) return false;
  const auto checked = check_key_pair(tls.certificate_pem, tls.key_pem);
  if (!checked) options.error(certificate_key(options), checked.error());
  return checked.has_value();
}

std::string read_priorities(Options& options, HttpTls& tls) {
  TlsChoice choice;
  choice.min = options.choice_or("min_version", TlsVersion::tls12, version_words);
  tls.min_version = choice.min;
  choice.max = options.choice_or("max_version", TlsVersion::tls13, version_words);
  choice.suites = read_names(options, "cipher_suites", all_cipher_suites());
  choice.curves = read_names(options, "curve_preferences", all_curves());
  choice.server_decides = options.flag_or("prefer_server_cipher_suites", true);
  if (choice.max < choice.min) {
    options.error("max_version", "max_version is below min_version");
    return "";
  }
  auto priorities = priorities_of(choice, key_type_of(tls.certificate_pem));
  if (!priorities) options.error("cipher_suites", priorities.error());
  return priorities.value_or("");
}

}  // namespace

std::optional<HttpTls> read_tls(Options options, const HttpTls* proven) {
  bool is_on = false;
  for (const auto* key : {"cert", "cert_file", "key", "key_file", "client_ca", "client_ca_file",
                          "client_auth_type"}) {
    if (options.has(key)) {
      is_on = true;
    } else {
      options.text_or(key, "");  // makes it known
    }
  }
  HttpTls tls;
  if (is_on) {
    tls.certificate_pem = read_pem(options, "cert");
    tls.key_pem = read_pem(options, "key");
  }
  const bool is_pair = check_certificate(options, tls);
  read_client(options, tls);
  tls.priorities = read_priorities(options, tls);
  const bool is_proven = proven && proven->certificate_pem == tls.certificate_pem &&
                         proven->key_pem == tls.key_pem && proven->priorities == tls.priorities;
  if (is_pair && !is_proven && !tls.priorities.empty()) {
    if (const auto tried = try_handshake(tls.certificate_pem, tls.key_pem, tls.priorities);
        !tried) {
      options.error(
          certificate_key(options),
          fmt::format("no TLS handshake works with this certificate and these settings: {}; issue "
                      "a certificate with an RSA key of at least 2048 bits or an ECDSA key on "
                      "P-256, and let max_version be TLS12 or more",
                      tried.error()));
    }
  }
  options.reject_unknown_keys();
  return is_on ? std::optional(std::move(tls)) : std::nullopt;
}

}  // namespace cal
