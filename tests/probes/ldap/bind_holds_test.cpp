#include "probes/ldap/bind_holds.h"

#include "agent/base/text.h"
#include "tests/catch.h"

using namespace std::chrono_literals;
using cal::parse_utc;
using cal::SystemTime;
using cal::ldap::BindHolds;
using cal::ldap::BindKey;

namespace {

const SystemTime start = *parse_utc("2026-11-24T10:00:00Z");
const BindKey key{"ebs.example.com", "svc", "0123abcd"};

}  // namespace

TEST_CASE("a wrong secret is held for 15 minutes, then for an hour each time", "[bind_holds]") {
  BindHolds holds;
  CHECK_FALSE(holds.at(key, start));
  CHECK(holds.add(key, "49/52e", start).until == start + 15min);
  CHECK(holds.at(key, start)->code == "49/52e");
  CHECK(holds.at(key, start + 15min - 1s));
  CHECK_FALSE(holds.at(key, start + 15min));
  CHECK(holds.add(key, "49/52e", start + 15min).until == start + 75min);
  CHECK(holds.add(key, "49/52e", start + 75min).until == start + 135min);
}

TEST_CASE("refusals of binds that were under way at once count once", "[bind_holds]") {
  BindHolds holds;
  holds.add(key, "49/52e", start);
  CHECK(holds.add(key, "49/52e", start + 1s).until == start + 15min);
}

TEST_CASE("another secret, account or domain is not held", "[bind_holds]") {
  BindHolds holds;
  holds.add(key, "49", start);
  CHECK_FALSE(holds.at({key.domain, key.account, "ffffffff"}, start));
  CHECK_FALSE(holds.at({key.domain, "other", key.digest}, start));
  CHECK_FALSE(holds.at({"other.example.com", key.account, key.digest}, start));
}

TEST_CASE("a secret that worked starts from the beginning", "[bind_holds]") {
  BindHolds holds;
  holds.add(key, "49", start);
  CHECK(holds.remove(key));
  CHECK_FALSE(holds.remove(key));
  CHECK(holds.add(key, "49", start + 20min).until == start + 35min);
}

TEST_CASE("a clock that was set back before the hold ends it", "[bind_holds]") {
  BindHolds holds;
  holds.add(key, "49", start);
  CHECK_FALSE(holds.at(key, start - 24h));
}

TEST_CASE("holds are the same after they were written and read", "[bind_holds]") {
  BindHolds holds;
  holds.add(key, "49/52e", start);
  holds.add({"", "cn=the service %,dc=ebs\n", "00000000"}, "Kerberos 24", start + 1500ms);
  CHECK(BindHolds::parse(holds.text()) == holds);
}

TEST_CASE("a line of a newer version or a damaged one is skipped", "[bind_holds]") {
  BindHolds holds;
  holds.add(key, "49/52e", start);
  const auto text = holds.text();
  const std::string newer = text.substr(0, text.size() - 1) + " more\n";
  CHECK(BindHolds::parse("later x y\n" + newer) == holds);
  for (std::size_t cut = 0; cut + 2 < text.size(); ++cut) {
    CHECK(BindHolds::parse(text.substr(0, cut)) == BindHolds{});
  }
  CHECK(BindHolds::parse("hold %zz a b c 2026-11-24T10:00:00Z 2026-11-24T10:15:00Z 1\n") ==
        BindHolds{});
}

TEST_CASE("old holds are forgotten", "[bind_holds]") {
  BindHolds holds;
  holds.add(key, "49", start);
  holds.add({"d", "a", "s"}, "49", start + 48h);
  CHECK(holds.text().find("ebs.example.com") == std::string::npos);
}
