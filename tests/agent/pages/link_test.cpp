#include "agent/pages/link.h"

#include "tests/catch.h"

using cal::Link;
using cal::Links;

TEST_CASE("a link to a page of the agent holds names percent-encoded", "[pages]") {
  CHECK(Links().network("ebs").url() == "/?search=ebs");
  CHECK(Links().network("a&b c#d").url() == "/?search=a%26b%20c%23d");
  CHECK(Links().history("../x", "Zo\u00EB?").url() == "/probes/..%2Fx/Zo%C3%AB%3F");
  CHECK(Links().runbook("fake").at("resolve").url() == "/runbooks/fake#resolve");
  CHECK(Links("/ebs").runbook("fake").url() == "/ebs/runbooks/fake");
  CHECK(Links("/ebs").status().url() == "/ebs/");
  CHECK(Link::section("a b").url() == "#a%20b");
}

TEST_CASE("a link elsewhere is http or https with a host", "[pages]") {
  CHECK(Link::external("https://a.example/b?c=d#e%20f").value().url() ==
        "https://a.example/b?c=d#e%20f");
  CHECK(Link::external("http://[::1]:80/").value().url() == "http://[::1]:80/");
  CHECK(Link::external("https://a.example/\"> <").value().url() ==
        "https://a.example/%22%3E%20%3C");
  for (const auto* refused :
       {"javascript:alert(1)", "data:text/html,x", "ftp://a.example", "//a.example", "/metrics",
        "https://", "https:///path", "https://?x", " https://a.example", "java\nscript:x", ""}) {
    INFO(refused);
    CHECK_FALSE(Link::external(refused));
  }
}
