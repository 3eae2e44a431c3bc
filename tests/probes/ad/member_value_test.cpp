#include "probes/ad/member_value.h"

#include "tests/catch.h"

using cal::ad::parse_member_value;
using cal::security::Sid;

TEST_CASE("a member has its SID and DN", "[member_value]") {
  const std::string value = GENERATE("<GUID=8e9a>;<SID=S-1-5-21-1-2-3-1104>;CN=x,DC=ebs",
                                     "<sid=S-1-5-21-1-2-3-1104>;CN=x,DC=ebs");
  const auto member = parse_member_value(value);
  CHECK(member.dn == "CN=x,DC=ebs");
  CHECK(member.sid == Sid::parse_text("S-1-5-21-1-2-3-1104"));
  CHECK_FALSE(member.malformed);
}

TEST_CASE("a DN without a SID is not malformed", "[member_value]") {
  const auto member = parse_member_value("CN=x,DC=ebs");
  CHECK(member.dn == "CN=x,DC=ebs");
  CHECK_FALSE(member.sid);
  CHECK_FALSE(member.malformed);
}

TEST_CASE("a SID that cannot be read is not a member without one", "[member_value]") {
  const std::string value = GENERATE("<SID=>;CN=x,DC=ebs", "<SID=0105>;CN=x,DC=ebs",
                                     "<GUID=8e9a>;<SID=S-1-5-21-x>;CN=x,DC=ebs", "<SID=S-1-5-21");
  const auto member = parse_member_value(value);
  CHECK_FALSE(member.sid);
  CHECK(member.malformed);
}
