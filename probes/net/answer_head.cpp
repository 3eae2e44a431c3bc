#include "probes/net/answer_head.h"

#include "agent/base/text.h"

#include <fmt/format.h>

#include <charconv>

namespace cal::net {

namespace {

constexpr std::size_t max_kept = 1000;  // of a header's value

// "HTTP/1.1 200 OK"; 0: not a status line.
int status_in(std::string_view line) {
  if (!line.starts_with("HTTP/")) return 0;
  const auto space = line.find(' ');
  if (space == line.npos) return 0;
  const auto digits = trimmed(line.substr(space)).substr(0, 3);
  int status = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return error == std::errc{} && end == digits.data() + 3 ? status : 0;
}

bool is_final(int status) { return status >= 200; }

}  // namespace

bool AnswerHead::take(std::string_view line) {
  size_ += line.size();
  if (size_ > max_head) return false;
  if (complete_) return true;  // trailers of a chunked body
  const auto text = trimmed(line);
  if (text.empty()) {
    complete_ = is_final(status_);
  } else if (const auto status = status_in(text)) {
    status_ = status;
  } else if (const auto colon = text.find(':'); colon != text.npos && is_final(status_)) {
    take_header(trimmed(text.substr(0, colon)), trimmed(text.substr(colon + 1)));
  }
  return true;
}

void AnswerHead::take_header(std::string_view name, std::string_view value) {
  const auto kept = value.substr(0, max_kept);
  const auto keep_first = [&](std::string& into, std::string text) {
    if (into.empty()) into = std::move(text);
  };
  const auto key = folded(name);
  if (key == "location") keep_first(location_, std::string(kept));
  if (key == "refresh") keep_first(refresh_, std::string(kept));
  // Squid marks its own pages; RFC 9209, 2.1: with `error`, a proxy generated the answer.
  const bool own = key == "x-squid-error" ||
                   (key == "proxy-status" && folded(value).find("error=") != std::string::npos);
  if (own) keep_first(answered_by_proxy_, fmt::format("{}: {}", name, kept));
}

std::string AnswerHead::why_incomplete() const {
  if (size_ > max_head) {
    return fmt::format("the head of the answer is longer than {} kB", max_head / 1024);
  }
  if (complete_ || status_ == 0) return "";
  if (!is_final(status_)) {
    return fmt::format("only an interim answer (HTTP {}), and no final one", status_);
  }
  return fmt::format("the head of the answer (HTTP {}) did not end", status_);
}

}  // namespace cal::net
