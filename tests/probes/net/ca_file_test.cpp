#include "probes/net/ca_file.h"

#include "tests/catch.h"

#include <string>

using cal::net::why_no_certificates;

TEST_CASE("what people save in place of a CA in PEM form is named", "[ldap]") {
  struct Row {
    std::string content;
    const char* words;
  };
  const auto row = GENERATE(values<Row>({
      {"", "is empty"},
      {"\r\n \n", "is empty"},
      {std::string("\x30\x82\x03\x5c\x30\x82", 6), "openssl x509 -inform der"},
      {std::string("\xff\xfe-\0-\0-\0", 8), "UTF-16"},
      {std::string("\xfe\xff\0-\0-", 6), "UTF-16"},
      {std::string("-\0-\0-\0-\0-\0B\0", 12), "UTF-16"},
      {"-----BEGIN PKCS7-----\nMIIB\n", "openssl pkcs7 -print_certs"},
      {"-----BEGIN PRIVATE KEY-----\nMIIB\n", "a private key and no certificate"},
      {"-----BEGIN NEW CERTIFICATE REQUEST-----\nMIIB\n", "certificate request"},
      {"<html>", "no certificate in PEM form"},
  }));
  CAPTURE(row.words);
  CHECK(why_no_certificates(row.content).find(row.words) != std::string::npos);
}

TEST_CASE("a CA in PEM form may have text and a byte order mark before it", "[ldap]") {
  const std::string before = GENERATE("", "\xef\xbb\xbf", "subject=CN=ca\r\n");
  CHECK(why_no_certificates(before + "-----BEGIN CERTIFICATE-----\nMIIB\n").empty());
}
