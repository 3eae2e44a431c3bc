#include "probes/net/trust_stores.h"
#include "tests/catch.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/scratch_folder.h"

using cal::fakes::CertificateAuthority;
using cal::fakes::ScratchFolder;
using cal::net::TrustStores;

TEST_CASE("a store of CAs is read once, and again when its file has changed", "[trust]") {
  const ScratchFolder folder;
  folder.write("ca.pem", CertificateAuthority("one").certificate_pem());
  TrustStores stores;
  const auto first = stores.get(folder / "ca.pem");
  REQUIRE(first);
  CHECK(*stores.get(folder / "ca.pem") == *first);
  folder.write("ca.pem", CertificateAuthority("another, longer one").certificate_pem());
  const auto second = stores.get(folder / "ca.pem");
  REQUIRE(second);
  CHECK(*second != *first);
}

TEST_CASE("each CA file has its own store", "[trust]") {
  const ScratchFolder folder;
  for (const auto* name : {"a.pem", "b.pem"}) {
    folder.write(name, CertificateAuthority("one").certificate_pem());
  }
  TrustStores stores;
  CHECK(*stores.get(folder / "a.pem") != *stores.get(folder / "b.pem"));
}

TEST_CASE("a CA file that has become unusable is reported, and used again once it is repaired",
          "[trust]") {
  const ScratchFolder folder;
  const auto pem = CertificateAuthority("one").certificate_pem();
  folder.write("ca.pem", pem);
  TrustStores stores;
  REQUIRE(stores.get(folder / "ca.pem"));
  folder.write("ca.pem", "no certificate\n");
  CHECK_FALSE(stores.get(folder / "ca.pem"));
  folder.write("ca.pem", pem);
  CHECK(stores.get(folder / "ca.pem"));
}
