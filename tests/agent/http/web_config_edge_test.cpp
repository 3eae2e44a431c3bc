#include "agent/http/web_config.h"
#include "tests/catch.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/expected_errors.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/fakes/source_tree.h"
#include "tests/fakes/temporary_file.h"

#include <fmt/format.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <fstream>
#include <regex>
#include <sstream>

using namespace cal;

namespace {

const std::filesystem::path folder = cal::fakes::source_tree() / "tests/data/web_config";
constexpr std::string_view hash = "$2b$04$abcdefghijklmnopqrstuuFmEfrkTQnczNzw475xE2VhDrK1uwJiC";

WebConfig config_of(const std::string& text) {
  const fakes::TemporaryFile file(text);
  auto config = load_web_config(file.path());
  INFO((config ? "" : config.error().text()));
  REQUIRE(config);
  return std::move(*config);
}

}  // namespace

TEST_CASE("every error in a web configuration is found at its place", "[web_config]") {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ++files;
    const auto config = load_web_config(entry.path());
    INFO(entry.path());
    REQUIRE_FALSE(config);
    CHECK(config.error().text() == fakes::expected_errors(entry.path()));
  }
  CHECK(files > 5);
}

TEST_CASE("a missing web configuration is an error", "[web_config]") {
  const auto config = load_web_config(folder / "none.yml");
  REQUIRE_FALSE(config);
  CHECK(
      config.error().text().ends_with("none.yml: cannot read the web configuration file: No such "
                                      "file or directory\n"));
}

TEST_CASE("an empty web configuration is plain HTTP for everyone", "[web_config]") {
  const auto config = config_of("");
  CHECK_FALSE(config.tls);
  CHECK(config.users.empty());
  CHECK(config.headers.empty());
}

TEST_CASE("a header without a value is unset, as an empty one is", "[web_config]") {
  const auto* value = GENERATE("", "null", "~", "''", "\"\"");
  CAPTURE(value);
  const auto* name = GENERATE("X-Frame-Options", "Strict-Transport-Security");
  const auto config =
      config_of(fmt::format("http_server_config: {{ headers: {{ {}: {} }} }}\n", name, value));
  CHECK(config.headers == Headers{{name, ""}});
}

TEST_CASE("users and headers are read", "[web_config]") {
  const auto config = config_of(
      fmt::format("basic_auth_users: {{ prometheus: '{}' }}\n"
                  "http_server_config: {{ headers: {{ X-Frame-Options: sameorigin }} }}\n",
                  hash));
  CHECK(config.users == Users{{"prometheus", std::string(hash)}});
  CHECK(config.headers == Headers{{"X-Frame-Options", "sameorigin"}});
}

TEST_CASE("certificate, client CA and versions are read", "[web_config]") {
  const fakes::CertificateAuthority authority("Test CA");
  const auto pair = authority.issue({{"localhost"}});
  const fakes::TemporaryFile certificate(pair.certificate_pem);
  const fakes::TemporaryFile key(pair.key_pem);
  const fakes::TemporaryFile client_ca(authority.certificate_pem());
  const auto text = fmt::format(
      "tls_server_config:\n  cert_file: {}\n  key_file: {}\n  client_ca_file: {}\n"
      "  client_auth_type: RequireAndVerifyClientCert\n  client_allowed_sans: [prometheus]\n"
      "  min_version: TLS13\n",
      certificate.path().string(), key.path().string(), client_ca.path().string());
  const auto config = config_of(text);
  REQUIRE(config.tls);
  CHECK(config.tls->certificate_pem == pair.certificate_pem);
  CHECK(config.tls->client == ClientCertificate::require_and_verify);
  CHECK(config.tls->client_ca_pem == authority.certificate_pem());
  CHECK(config.tls->client_names == std::set<std::string>{"prometheus"});
  CHECK(config.tls->priorities.find("TLS1.2") == std::string::npos);
  CHECK(config.tls->priorities.find("+VERS-TLS1.3") != std::string::npos);
}

TEST_CASE("the key of another certificate is an error", "[web_config]") {
  const fakes::CertificateAuthority authority("Test CA");
  const fakes::TemporaryFile certificate(authority.issue({{"localhost"}}).certificate_pem);
  const fakes::TemporaryFile key(authority.issue({{"localhost"}}).key_pem);
  const fakes::TemporaryFile file(fmt::format("tls_server_config: {{cert_file: {}, key_file: {}}}",
                                              certificate.path().string(), key.path().string()));
  const auto config = load_web_config(file.path());
  REQUIRE_FALSE(config);
  CHECK(config.error().text().find("the key does not belong to the certificate") !=
        std::string::npos);
}

TEST_CASE("every cipher that is offered has forward secrecy", "[web_config]") {
  const fakes::CertificateAuthority authority("Test CA");
  const auto pair = authority.issue({{"localhost"}});
  const fakes::TemporaryFile certificate(pair.certificate_pem);
  const fakes::TemporaryFile key(pair.key_pem);
  const auto config = config_of(fmt::format("tls_server_config: {{cert_file: {}, key_file: {}}}",
                                            certificate.path().string(), key.path().string()));
  REQUIRE(config.tls);
  gnutls_priority_t priorities = nullptr;
  REQUIRE(gnutls_priority_init(&priorities, config.tls->priorities.c_str(), nullptr) == 0);
  const unsigned* exchanges = nullptr;
  const int count = gnutls_priority_kx_list(priorities, &exchanges);
  const std::vector<unsigned> offered(exchanges, exchanges + count);
  gnutls_priority_deinit(priorities);
  CHECK_FALSE(offered.empty());
  for (const auto each : offered) {
    CAPTURE(gnutls_kx_get_name(static_cast<gnutls_kx_algorithm_t>(each)));
    CHECK((each == GNUTLS_KX_ECDHE_RSA || each == GNUTLS_KX_ECDHE_ECDSA ||
           each == GNUTLS_KX_DHE_RSA));
  }
}

TEST_CASE("an empty file and a certificate that may not sign are errors", "[web_config]") {
  const fakes::CertificateAuthority authority("Test CA");
  const auto good = authority.issue({{"localhost"}});
  const auto bad =
      authority.issue({.names = {"localhost"}, .key_usage = GNUTLS_KEY_KEY_ENCIPHERMENT});
  struct Case {
    std::string certificate;
    std::string key;
    std::string client_ca;
    std::string error;
  };
  const auto each = GENERATE_COPY(values<Case>({
      {"", good.key_pem, good.certificate_pem, " is empty"},
      {good.certificate_pem, "", good.certificate_pem, " is empty"},
      {good.certificate_pem, good.key_pem, "", " is empty"},
      {good.certificate_pem, good.key_pem, "\n", "the file contains no certificate"},
      {bad.certificate_pem, bad.key_pem, good.certificate_pem, "does not allow digitalSignature"},
  }));
  const fakes::TemporaryFile certificate(each.certificate);
  const fakes::TemporaryFile key(each.key);
  const fakes::TemporaryFile client_ca(each.client_ca);
  const fakes::TemporaryFile file(
      fmt::format("tls_server_config: {{cert_file: {}, key_file: {}, client_ca_file: {}, "
                  "client_auth_type: RequireAndVerifyClientCert}}",
                  certificate.path().string(), key.path().string(), client_ca.path().string()));
  const auto config = load_web_config(file.path());
  REQUIRE_FALSE(config);
  CHECK(config.error().text().find(each.error) != std::string::npos);
}

namespace {

// Empty if it is valid.
std::string certificate_fault(const fakes::Leaf& leaf, const std::string& more = "") {
  static const fakes::CertificateAuthority authority("Test CA");
  const auto pair = authority.issue(leaf);
  const fakes::TemporaryFile certificate(pair.certificate_pem);
  const fakes::TemporaryFile key(pair.key_pem);
  const fakes::TemporaryFile file(
      fmt::format("tls_server_config:\n"
                  "  cert_file: {}\n"
                  "  key_file: {}\n"
                  "{}",
                  certificate.path().string(), key.path().string(), more));
  const auto config = load_web_config(file.path());
  return config ? "" : config.error().text();
}

const std::string only_old = "  min_version: TLS10\n  max_version: TLS11\n";

}  // namespace

TEST_CASE("a certificate with which no handshake works is an error", "[web_config]") {
  using Kind = fakes::Leaf::Kind;
  struct Row {
    const char* what;
    fakes::Leaf leaf;
    std::string more;
    const char* says;
  };
  const auto row = GENERATE(values<Row>({
      {"DSA", {.names = {"localhost"}, .kind = Kind::dsa}, "", "No supported cipher suites"},
      {"P-224", {.names = {"localhost"}, .kind = Kind::p224}, "", "No supported cipher suites"},
      {"RSA 512", {.names = {"localhost"}, .rsa_bits = 512}, "", "RSA key of at least 2048"},
      {"Ed25519, old TLS",
       {.names = {"localhost"}, .kind = Kind::ed25519},
       only_old,
       "let max_version be TLS12"},
  }));
  const auto fault = certificate_fault(row.leaf, row.more);
  INFO(row.what);
  CHECK_THAT(fault, Catch::Contains(":2:") && Catch::Contains("no TLS handshake works") &&
                        Catch::Contains(row.says));
}

TEST_CASE("a certificate with which a handshake works is valid", "[web_config]") {
  using Kind = fakes::Leaf::Kind;
  CHECK(certificate_fault({.names = {"localhost"}}) == "");
  CHECK(certificate_fault({.names = {"localhost"}}, "  curve_preferences: [CurveP384]\n") == "");
  CHECK(certificate_fault({.names = {"localhost"}}, only_old) == "");
  CHECK(certificate_fault({.names = {"localhost"}, .rsa_bits = 2048}) == "");
  CHECK(certificate_fault({.names = {"localhost"}, .kind = Kind::ed25519}) == "");
}

TEST_CASE("a certificate that is not for servers is an error", "[web_config]") {
  const std::string client = GNUTLS_KP_TLS_WWW_CLIENT;
  CHECK_THAT(
      certificate_fault({.names = {"localhost"}, .purposes = {client}, .is_of_server = false}),
      Catch::Contains(":2:") && Catch::Contains("lacks serverAuth"));
  CHECK(certificate_fault({.names = {"localhost"}, .purposes = {client}}) == "");
  CHECK(certificate_fault(
            {.names = {"localhost"}, .purposes = {GNUTLS_KP_ANY}, .is_of_server = false}) == "");
  CHECK(certificate_fault({.names = {"localhost"}, .is_of_server = false}) == "");
}

TEST_CASE("a file that begins with --- has to end with ...", "[web_config]") {
  const auto [text, is_whole] = GENERATE(table<std::string, bool>({
      {"---\nbasic_auth_users: {}\n...\n", true},
      {"# managed\n\n---\nbasic_auth_users: {}\n...  \n# the end\n\n", true},
      {"---\r\nbasic_auth_users: {}\r\n...\r\n", true},
      {"basic_auth_users: {}\n", true},
      {"---\nbasic_auth_users: {}\n", false},
      {"--- {basic_auth_users: {}}", false},
      {"# managed\n---\n", false},
      {"---", false},
  }));
  CAPTURE(text);
  const fakes::TemporaryFile file(text);
  CHECK(load_web_config(file.path()).has_value() == is_whole);
}

TEST_CASE("the example of the web configuration is valid, including its comments", "[web_config]") {
  const fakes::CertificateAuthority authority("Test CA");
  const auto pair = authority.issue({{"localhost"}});
  const fakes::ScratchFolder scratch;
  scratch.write("cal_exporter.pem", pair.certificate_pem);
  scratch.write("cal_exporter.key", pair.key_pem);
  scratch.write("clients-ca.pem", authority.certificate_pem());
  std::ostringstream text;
  text << std::ifstream(cal::fakes::source_tree() / "config/web-config.yml").rdbuf();
  const auto load = [&](const std::string& example) {
    scratch.write("web-config.yml",
                  fakes::replace_all(example, "$2y$10$...", "'" + std::string(hash) + "'"));
    auto config = load_web_config(scratch / "web-config.yml");
    INFO((config ? "" : config.error().text()));
    REQUIRE(config);
    return *config;
  };
  const auto unchanged = load(text.str());
  CHECK(unchanged.tls);
  CHECK(unchanged.users.empty());
  CHECK_FALSE(unchanged.limit);

  // A comment that is a setting begins with its key; `cert` and `key` replace the files.
  static const std::regex setting("(^|\n)( *)# ( *)([A-Za-z_-]+:( [^\n]*)?)(?=\n)");
  auto example = text.str();
  const auto begin = example.find("  # The same in this file");
  example.erase(begin, example.find("  # Whether clients", begin) - begin);
  example = std::regex_replace(example, setting, "$1$2$3$4");
  const auto config = load(example);
  CHECK(config.tls->client == ClientCertificate::require_and_verify);
  CHECK(config.tls->client_names.size() == 1);
  CHECK(config.tls->priorities != unchanged.tls->priorities);
  CHECK(config.users.size() == 1);
  CHECK(config.headers.size() == 5);
  CHECK(config.limit);

  for (const auto* type : {"NoClientCert", "RequestClientCert", "RequireAnyClientCert",
                           "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"}) {
    INFO(type);
    CHECK(example.find(fmt::format("#   {} ", type)) != std::string::npos);
    load(fakes::replace_all(text.str(), "# client_auth_type: RequireAndVerifyClientCert",
                            fmt::format("client_auth_type: {}", type)));
  }
  const auto in_place = [](const std::string& pem) {
    return "|\n    " + fakes::replace_all(pem, "\n", "\n    ");
  };
  example = fakes::replace_all(example, "cert_file: cal_exporter.pem",
                               "cert: " + in_place(pair.certificate_pem));
  example =
      fakes::replace_all(example, "key_file: cal_exporter.key", "key: " + in_place(pair.key_pem));
  example = fakes::replace_all(example, "client_ca_file: clients-ca.pem",
                               "client_ca: " + in_place(authority.certificate_pem()));
  CHECK(load(example).tls->client_ca_pem == authority.certificate_pem());
}
