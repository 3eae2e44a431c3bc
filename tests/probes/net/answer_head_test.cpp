#include "probes/net/answer_head.h"

#include "tests/catch.h"

using cal::net::AnswerHead;

namespace {

AnswerHead head_of(const std::vector<std::string>& lines) {
  AnswerHead head;
  for (const auto& line : lines) REQUIRE(head.take(line + "\r\n"));
  return head;
}

}  // namespace

TEST_CASE("an answer has a status only once the head of a final answer has ended",
          "[answer_head]") {
  using Lines = std::vector<std::string>;
  const auto& [lines, status, why] = GENERATE(table<Lines, int, std::string>({
      {{}, 0, ""},
      {{"HTTP/1.1 200 OK", "A: b", ""}, 200, ""},
      {{"HTTP/1.0 204", ""}, 204, ""},
      {{"HTTP/1.1 200 OK", "A: b"}, 0, "the head of the answer (HTTP 200) did not end"},
      {{"HTTP/1.1 100 Continue", ""}, 0, "only an interim answer (HTTP 100), and no final one"},
      {{"HTTP/1.1 103 Early Hints", "", "HTTP/1.1 102 Processing", ""},
       0,
       "only an interim answer (HTTP 102), and no final one"},
      {{"HTTP/1.1 100 Continue", "", "HTTP/1.1 503 Busy", ""}, 503, ""},
      {{"HTTP/1.1 200 OK", "", "HTTP/1.1 500 in a trailer", ""}, 200, ""},
      {{"HTTP/1.1 99", ""}, 0, ""},
      {{"HTTP/1.1", ""}, 0, ""},
  }));
  const auto head = head_of(lines);
  CHECK(head.status() == status);
  CHECK(head.why_incomplete() == why);
}

TEST_CASE("the head of an answer is bounded, by its lines and by their number", "[answer_head]") {
  AnswerHead one_line;
  CHECK(one_line.take("HTTP/1.1 200 OK\r\n"));
  CHECK_FALSE(one_line.take("A: " + std::string(cal::net::max_head, 'x')));
  CHECK(one_line.status() == 0);
  CHECK(one_line.why_incomplete() == "the head of the answer is longer than 100 kB");
  AnswerHead many;
  std::size_t taken = 0;
  while (many.take("A: b\r\n")) ++taken;
  CHECK(taken == cal::net::max_head / 6);
}

TEST_CASE("the headers that show who answered are kept", "[answer_head]") {
  const auto head =
      head_of({"HTTP/1.1 103 Early Hints", "Location: http://early/", "", "HTTP/1.1 302 Found",
               "LOCATION:http://portal/ ", "Location: second", "refresh : 0;url=/login", ""});
  CHECK(head.location() == "http://portal/");
  CHECK(head.refresh() == "0;url=/login");
  CHECK(head.answered_by_proxy().empty());
}

TEST_CASE("a proxy's own answer is recognized by its headers", "[answer_head]") {
  const auto& [header, own] = GENERATE(table<std::string, bool>({
      {"X-Squid-Error: ERR_DNS_FAIL 0", true},
      {"x-squid-error: ERR_ACCESS_DENIED 0", true},
      {"Proxy-Status: proxy.example.net; error=dns_error", true},
      {"Proxy-Status: cache; fwd=miss, proxy; error=\"connection_refused\"", true},
      {"Proxy-Status: proxy.example.net; received-status=503", false},
      {"Via: 1.1 proxy", false},
      {"X-Cache: MISS from proxy", false},
  }));
  CHECK(head_of({"HTTP/1.1 503 No", header, ""}).answered_by_proxy() == (own ? header : ""));
}
