#include "probes/ldap/domain_proof.h"
#include "tests/catch.h"
#include "tests/fakes/certificates.h"

using cal::fakes::CertificateAuthority;
using cal::fakes::Leaf;
using cal::ldap::domain_of_srv;
using cal::ldap::missing_domain_proof;

namespace {

constexpr auto kdc = "1.3.6.1.5.2.3.5";
constexpr auto any_purpose = "2.5.29.37.0";

std::string missing(const Leaf& leaf) {
  static const CertificateAuthority authority("Test CA");
  return missing_domain_proof(authority.issue(leaf).certificate_der, "ebs.example.com")
      .value_or("");
}

}  // namespace

TEST_CASE("a certificate proves a domain by its name, or as that of a KDC in it",
          "[domain_proof]") {
  const auto& leaf = GENERATE_REF(values<Leaf>({
      {.names = {"ebs.example.com"}},
      {.names = {"dc1.ebs.example.com", "EBS.example.COM"}},
      {.names = {"dc1.ebs.example.com"}, .purposes = {kdc}},
      {.names = {"other.example.org", "DC1.EBS.EXAMPLE.COM"}, .purposes = {"1.2.3", kdc}},
  }));
  CAPTURE(leaf.names);
  CHECK(missing(leaf).empty());
}

TEST_CASE("a name in the domain alone proves nothing, and the message says what is missing",
          "[domain_proof]") {
  struct Row {
    Leaf leaf;
    const char* says;
  };
  const auto& row = GENERATE_REF(values<Row>({
      {{.names = {"desktop7.ebs.example.com"}},
       "it names desktop7.ebs.example.com, but not ebs.example.com itself, and lacks the purpose "
       "KDC Authentication (1.3.6.1.5.2.3.5)"},
      {{.names = {"desktop7.ebs.example.com"}, .purposes = {any_purpose}}, "lacks the purpose KDC"},
      {{.names = {"*.ebs.example.com"}}, "lacks the purpose KDC"},
      {{.names = {"*.example.com"}}, "lacks the purpose KDC"},
      {{.names = {"ebs.example.com.evil.org"}}, "lacks the purpose KDC"},
      {{.names = {"dc1.example.org"}, .purposes = {kdc}},
       "it has the purpose KDC Authentication, but names only dc1.example.org, and neither "
       "ebs.example.com nor a host in it"},
      {{.names = {"evil-ebs.example.com"}, .purposes = {kdc}}, "nor a host in it"},
      {{.names = {"dc1.ebs.example.com.evil.org"}, .purposes = {kdc}}, "nor a host in it"},
      {{.names = {"10.0.0.1"}, .purposes = {kdc}}, "but names no host"},
  }));
  CAPTURE(row.leaf.names);
  CHECK_THAT(missing(row.leaf), Catch::Contains(row.says));
}

TEST_CASE("names that are not names of hosts prove nothing", "[domain_proof]") {
  using namespace std::string_literals;
  const auto name = GENERATE("ebs.example.com\0.evil.org"s, "evil.org\0.ebs.example.com"s,
                             "a b.ebs.example.com"s, ".ebs.example.com"s, "..ebs.example.com"s,
                             "evil.org/.ebs.example.com"s, "\xc3\xa4.ebs.example.com"s);
  CAPTURE(name);
  // SEQUENCE { [2] name }, RFC 5280 4.2.1.6
  const auto size = static_cast<char>(name.size());
  const std::string encoded{'0', static_cast<char>(size + 2), '\x82', size};
  CHECK_THAT(missing({.names = {"x"}, .purposes = {kdc}, .encoded_names = encoded + name}),
             Catch::Contains("names no host"));
}

TEST_CASE("bytes that are not a certificate prove nothing", "[domain_proof]") {
  CHECK(missing_domain_proof("", "ebs.example.com").has_value());
  CHECK(missing_domain_proof("no certificate", "ebs.example.com").has_value());
}

TEST_CASE("the domain is what follows the labels of services and sites", "[domain_proof]") {
  CHECK(domain_of_srv("ebs.example.com") == "ebs.example.com");
  CHECK(domain_of_srv("EBS.example.com.") == "EBS.example.com");
  CHECK(domain_of_srv("dc._msdcs.ebs.example.com") == "ebs.example.com");
  CHECK(domain_of_srv("Berlin._sites.dc._msdcs.ebs.example.com") == "ebs.example.com");
  CHECK(domain_of_srv("_msdcs") == "_msdcs");
}
