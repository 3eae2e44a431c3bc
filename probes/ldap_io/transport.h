// What is under libldap: a stream with a deadline, a limit on the octets that the server may send
// for one step (libldap stores them before its user sees any), and a charge on the process's budget
// for answers. Internal to this folder. One thread at a time.
#pragma once

#include "probes/ldap_io/answer_budget.h"
#include "probes/net/stream.h"

#include <cstddef>
#include <utility>

struct ldap;  // libldap's LDAP

namespace cal::ldap {

// How much a server may send in one step, TLS included.
namespace max_inflow {
inline constexpr std::size_t before_tls = std::size_t{64} * 1024;
inline constexpr std::size_t handshake = std::size_t{256} * 1024;
inline constexpr std::size_t bind = std::size_t{256} * 1024;
inline constexpr std::size_t page = std::size_t{16} * 1024 * 1024;
}  // namespace max_inflow

class Transport {
 public:
  Transport(net::Stream stream, AnswerBudget& budget) : stream_(std::move(stream)), held_(budget) {}

  int fd() const { return stream_.fd(); }

  // Begins a step: its deadline, and how much may come until the next one. What the previous step
  // held of the budget is given back.
  void begin_step(std::size_t octets, Deadline deadline);

  bool timed_out() const { return stream_.timed_out(); }
  bool sent_too_much() const { return sent_too_much_; }  // in this step
  bool found_no_memory() const { return found_no_memory_; }
  std::size_t limit() const { return limit_; }

  ssize_t read(void* into, std::size_t size);
  ssize_t write(const void* from, std::size_t size) { return stream_.write(from, size); }

  // Puts it under a handle made by ldap_init_fd with LDAP_PROTO_EXT from fd(). It must outlive the
  // handle. `max_message`: the largest message to accept, octets.
  bool put_under(::ldap* handle, std::size_t max_message);

 private:
  net::Stream stream_;
  AnswerCharge held_;
  Deadline deadline_ = Deadline(SteadyTime::max());
  std::size_t limit_ = 0;
  std::size_t left_ = 0;  // of the limit
  bool sent_too_much_ = false;
  bool found_no_memory_ = false;
};

}  // namespace cal::ldap
