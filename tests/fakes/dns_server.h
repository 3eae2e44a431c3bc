// A name server on a free UDP port of loopback that answers from a table: A, AAAA and SRV records,
// or with a fault. Thread-safe after its start: the table is set at construction.
#pragma once

#include "probes/net/connect.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace cal::fakes {

class DnsServer {
 public:
  struct Srv {
    std::uint16_t priority;
    std::uint16_t weight;
    std::uint16_t port;
    std::string target;
  };
  enum class Fault { none, nxdomain, refused, servfail, notauth, silence, garbage };

  struct Name {
    std::vector<std::string> addresses = {};  // of both families
    std::vector<Srv> services = {};
    Fault fault = Fault::none;
  };
  // Names in lower case, without a final dot. Other names do not exist.
  explicit DnsServer(std::map<std::string, Name> names);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  std::string address() const;  // "127.0.0.1:PORT"
  int questions() const { return questions_; }

 private:
  void serve();

  std::map<std::string, Name> names_;
  UniqueFd socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> questions_ = 0;
  std::thread thread_;
};

}  // namespace cal::fakes
