#include "probes/net/portal.h"

#include "tests/catch.h"

using namespace cal::net;

TEST_CASE("a redirect to another host, or to nothing that is a URL, leads elsewhere", "[portal]") {
  const auto& [target, elsewhere] = GENERATE(table<std::string, bool>({
      {"", false},
      {"http://x.example.com/login", false},
      {"HTTPS://X.EXAMPLE.COM:8443/", false},
      {"http://x.example.com./", false},
      {"http://portal.example.org/", true},
      {"HTTP://PORTAL/", true},
      {"http://user:secret@x.example.com/", true},
      {"http://[fe80::1%25eth0]/", true},
      {"http:\\\\portal\\login", true},
      {"login:", true},
      {"javascript:alert(1)", true},
      {"http://b\xc3\xbc.example/", true},
  }));
  CHECK(leads_elsewhere(target, "x.example.com") == elsewhere);
}

TEST_CASE("a Refresh header leads elsewhere if it names another host", "[portal]") {
  const auto& [refresh, elsewhere] = GENERATE(table<std::string, bool>({
      {"", false},
      {"5", false},
      {"5; url=/again", false},
      {"0;URL=http://portal.example.org/login", true},
      {"0; url = 'http://portal.example.org/'", true},
      {"0, http://portal.example.org/", true},
      {"0;url=//portal.example.org/", true},
      {"0;url=http://x.example.com/", false},
      {"0; URL=\"HTTP://X.example.com/a\"", false},
  }));
  CHECK(refreshes_elsewhere(refresh, "x.example.com") == elsewhere);
}

TEST_CASE("an answer for browsers is recognized by its type or by its beginning", "[portal]") {
  const auto& [type, body, for_browsers] = GENERATE(table<std::string, std::string, bool>({
      {"text/plain", "Microsoft Connect Test", false},
      {"", "", false},
      {"application/json", "{\"a\": 1}", false},
      {"text/html; charset=utf-8", "hello", true},
      {"Text/HTML", "hello", true},
      {"APPLICATION/XHTML+XML", "hello", true},
      {"application/captive+json", "{}", true},
      {"text/javascript", "open()", true},
      {"text/plain", "\xef\xbb\xbf\r\n <!DOCTYPE html>", true},
      {"application/octet-stream", "<?xml version='1.0'?>", true},
      {"text/plain", "window.location = 'http://portal/'", true},
      {"text/plain", "self.LOCATION.href='http://portal/'", true},
      {"", "please wait <SCRIPT>location.replace('/login')</SCRIPT>", true},
      {"", "x <meta HTTP-EQUIV=refresh content=0>", true},
  }));
  CHECK(is_for_browsers(type, body) == for_browsers);
}
