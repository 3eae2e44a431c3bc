#include "agent/http/web_config.h"

#include "agent/base/file.h"
#include "agent/config/yaml_text.h"
#include "agent/contract/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal {

namespace {

enum class TlsVersion { tls10, tls11, tls12, tls13 };

const std::initializer_list<std::pair<std::string_view, TlsVersion>> version_words{
    {"TLS10", TlsVersion::tls10},
    {"TLS11", TlsVersion::tls11},
    {"TLS12", TlsVersion::tls12},
    {"TLS13", TlsVersion::tls13}};

const std::initializer_list<std::pair<std::string_view, ClientCertificate>> client_words{
    {"NoClientCert", ClientCertificate::none},
    {"RequestClientCert", ClientCertificate::request},
    {"RequireAnyClientCert", ClientCertificate::require_any},
    {"VerifyClientCertIfGiven", ClientCertificate::verify_if_given},
    {"RequireAndVerifyClientCert", ClientCertificate::require_and_verify}};

// The headers that exporter-toolkit lets a file set.
constexpr std::array<const char*, 5> header_names{
    "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options",
    "X-Frame-Options", "X-XSS-Protection"};

// Three seconds of processor time for each password that is not remembered yet.
constexpr std::string_view max_cost = "16";

constexpr std::size_t max_file_size = 16U << 20U;  // bytes, of each file

std::string priorities_of(TlsVersion least, TlsVersion most) {
  constexpr std::array<std::string_view, 4> names{"TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"};
  // Without RSA key exchange, every cipher has forward secrecy.
  std::string priorities = "NORMAL:-RSA:-VERS-TLS-ALL";
  for (auto i = static_cast<std::size_t>(least); i <= static_cast<std::size_t>(most); ++i) {
    priorities += fmt::format(":+VERS-{}", names.at(i));
  }
  return priorities + ":%SERVER_PRECEDENCE";
}

std::string_view without_blanks_at_the_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

// A text that begins with the line "---" has to end with the line "...", so that a part of it is
// not taken for the whole. Comments and blank lines do not count.
bool is_cut_short(std::string_view text) {
  std::string_view first;
  std::string_view last;
  while (!text.empty()) {
    const auto line = without_blanks_at_the_end(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (line.empty() || line.starts_with('#')) continue;
    if (first.empty()) first = line;
    last = line;
  }
  return (first == "---" || first.starts_with("--- ")) && last != "...";
}

// The text of the file that `key` names, also added to `config.seen`.
std::string read_named(Options& options, const std::string& key, WebConfig& config) {
  const auto file = options.readable_file(key);
  if (file.empty()) return "";
  auto text = read_file(file, max_file_size);
  if (!text) {
    options.error(key, fmt::format("cannot read {}: {}", file.string(), text.error().what));
    return "";
  }
  if (text->empty()) options.error(key, fmt::format("{} is empty", file.string()));
  config.seen += *text;
  return std::move(*text);
}

void read_client(Options& options, WebConfig& config, HttpTls& tls) {
  tls.client = options.choice_or("client_auth_type", ClientCertificate::none, client_words);
  const bool verifies = tls.client == ClientCertificate::verify_if_given ||
                        tls.client == ClientCertificate::require_and_verify;
  if (options.has("client_ca_file")) {
    if (tls.client == ClientCertificate::none) {
      options.error("client_ca_file",
                    "client_ca_file has no effect unless client_auth_type is "
                    "RequireAndVerifyClientCert or VerifyClientCertIfGiven");
    }
    tls.client_ca_pem = read_named(options, "client_ca_file", config);
    if (const auto checked = check_authority(tls.client_ca_pem);
        !tls.client_ca_pem.empty() && !checked) {
      options.error("client_ca_file", checked.error());
    }
  } else if (verifies) {
    options.error("client_auth_type",
                  "'client_ca_file' is missing; it must name the CA of the client certificates");
  }
  if (options.has("client_allowed_sans")) {
    tls.client_names = options.texts("client_allowed_sans");
    if (!verifies) {
      options.error("client_allowed_sans",
                    "client_allowed_sans has no effect unless client_auth_type verifies");
    }
  }
}

HttpTls read_tls(Options options, WebConfig& config) {
  HttpTls tls;
  tls.certificate_pem = read_named(options, "cert_file", config);
  tls.key_pem = read_named(options, "key_file", config);
  if (!tls.certificate_pem.empty() && !tls.key_pem.empty()) {
    if (const auto checked = check_key_pair(tls.certificate_pem, tls.key_pem); !checked) {
      options.error("cert_file", checked.error());
    }
  }
  read_client(options, config, tls);
  const auto least = options.choice_or("min_version", TlsVersion::tls12, version_words);
  const auto most = options.choice_or("max_version", TlsVersion::tls13, version_words);
  if (most < least) options.error("max_version", "max_version is below min_version");
  tls.priorities = priorities_of(least, most);
  options.flag_or("prefer_server_cipher_suites", true);  // ours always come first
  for (const auto* key : {"cipher_suites", "curve_preferences"}) {
    if (options.has(key)) {
      options.error(
          key, fmt::format("'{}' is not supported; restrict TLS with min_version instead", key));
    }
  }
  options.reject_unknown_keys();
  return tls;
}

// What RFC 9110 5.5 forbids in a header, and the tab, which it allows.
bool forbidden_in_header(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

void read_http(Options options, WebConfig& config) {
  options.flag_or("http2", true);  // allowed, but this server supports only HTTP/1.1
  auto headers = options.section("headers");
  for (const auto* name : header_names) {
    auto value = headers.text_or(name, "");
    if (std::ranges::any_of(value, forbidden_in_header)) {
      headers.error(name,
                    fmt::format("'{}' must be a single line without control characters", name));
    }
    if (!value.empty()) config.headers.emplace_back(name, std::move(value));
  }
  headers.reject_unknown_keys();
  options.reject_unknown_keys();
}

void read_users(Options options, WebConfig& config) {
  for (const auto& user : options.keys()) {
    const auto hash = options.text(user);
    if (user.empty() || user.find(':') != std::string::npos) {
      options.error(user, "a user name must not be empty or contain ':' (RFC 7617)");
    } else if (is_bcrypt_hash(hash) && cost_of(hash) > max_cost) {
      options.error(user,
                    fmt::format("the bcrypt hash of '{}' has cost {}, which is slow enough to "
                                "block all users; use at most {}, better 10",
                                user, cost_of(hash), max_cost));
    } else if (is_bcrypt_hash(hash)) {
      config.users[user] = hash;
    } else {
      options.error(user, fmt::format("the password of '{}' must be a bcrypt hash; create one with "
                                      "htpasswd -nBC 10 '' | tr -d ':\\n'",
                                      user));
    }
  }
}

}  // namespace

tl::expected<WebConfig, ConfigErrors> load_web_config(const std::filesystem::path& file) {
  ConfigErrors errors;
  WebConfig config;
  const Place whole{file.string()};
  auto text = read_file(file, max_file_size);
  if (!text) {
    errors.add(whole, "cannot read the web configuration file: " + text.error().what);
    return tl::unexpected(std::move(errors));
  }
  config.seen = std::move(*text);
  if (is_cut_short(config.seen)) {
    errors.add(whole,
               "the file begins with --- and does not end with the line ...: add it, unless "
               "the file was cut short");
  } else if (const auto root = parse_yaml(config.seen, file.string(), errors)) {
    Options options(root, file, errors, {file.string(), 1, 1});
    auto tls = options.section("tls_server_config");
    if (options.has("tls_server_config")) config.tls = read_tls(std::move(tls), config);
    read_http(options.section("http_server_config"), config);
    read_users(options.section("basic_auth_users"), config);
    options.reject_unknown_keys();
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return config;
}

}  // namespace cal
