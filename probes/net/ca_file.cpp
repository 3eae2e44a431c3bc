#include "probes/net/ca_file.h"

#include "agent/base/file.h"

#include <fmt/format.h>

namespace cal::net {

namespace {

constexpr std::string_view pem_needed =
    "; save it as text with -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----";

bool has(std::string_view content, std::string_view part) {
  return content.find(part) != std::string_view::npos;
}

}  // namespace

std::string why_no_certificates(std::string_view content) {
  if (content.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return "is empty; write the CA's certificate into it, in PEM form";
  }
  if (content.starts_with("\xff\xfe") || content.starts_with("\xfe\xff") ||
      has(content.substr(0, 16), std::string_view("-\0-", 3))) {
    return "is encoded in UTF-16, as Windows PowerShell writes by default; save it as ASCII or "
           "UTF-8 (Set-Content -Encoding ascii)";
  }
  if (content.starts_with("\x30\x82") || content.starts_with("\x30\x83")) {
    return "is in DER form (a .cer file of Windows); convert it: openssl x509 -inform der -in FILE "
           "-out ca.pem";
  }
  if (has(content, "-----BEGIN CERTIFICATE-----") ||
      has(content, "-----BEGIN TRUSTED CERTIFICATE-----") ||
      has(content, "-----BEGIN X509 CERTIFICATE-----")) {
    return "";
  }
  if (has(content, "-----BEGIN PKCS7-----")) {
    return "is a PKCS #7 file (.p7b); convert it: openssl pkcs7 -print_certs -in FILE -out ca.pem";
  }
  if (has(content, "PRIVATE KEY-----")) {
    return fmt::format("has a private key and no certificate{}", pem_needed);
  }
  if (has(content, "-----BEGIN CERTIFICATE REQUEST-----") ||
      has(content, "-----BEGIN NEW CERTIFICATE REQUEST-----")) {
    return fmt::format("has a certificate request, which is not a certificate yet{}", pem_needed);
  }
  return fmt::format("has no certificate in PEM form{}", pem_needed);
}

std::string why_no_ca_file(const std::filesystem::path& file) {
  const auto content = read_file(file, max_ca_file);
  if (!content) return "cannot be read: " + content.error().what;
  return why_no_certificates(*content);
}

}  // namespace cal::net
