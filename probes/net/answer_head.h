// The head of an HTTP answer, taken line by line as it arrives: where it ends, and the headers that
// show who answered. What a server can send is bounded. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cal::net {

inline constexpr std::size_t max_head = std::size_t{100} * 1024;  // all its lines together

class AnswerHead {
 public:
  // A line with its end. False if the head has become longer than max_head.
  bool take(std::string_view line);

  // The status of the final answer, once its head has ended; 0: not yet.
  int status() const { return complete_ ? status_ : 0; }

  // Why there is no final answer; empty if there is one, or if nothing arrived.
  std::string why_incomplete() const;

  // The first header of each kind, without white space around it; empty: none.
  const std::string& location() const { return location_; }
  const std::string& refresh() const { return refresh_; }

  // The header by which a proxy says that it answered itself, such as "X-Squid-Error:
  // ERR_DNS_FAIL 0"; empty: none.
  const std::string& answered_by_proxy() const { return answered_by_proxy_; }

 private:
  void take_header(std::string_view name, std::string_view value);

  std::size_t size_ = 0;
  int status_ = 0;
  bool complete_ = false;
  std::string location_;
  std::string refresh_;
  std::string answered_by_proxy_;
};

}  // namespace cal::net
