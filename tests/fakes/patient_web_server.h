// An HTTP server on a free port of loopback that answers nobody until enough clients wait, then all
// of them. It shows how many requests a client sends in parallel. The body is the requested path.
#pragma once

#include "probes/net/connect.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

namespace cal::fakes {

class PatientWebServer {
 public:
  // Waits for `together` requests, or for the rest of `total`.
  PatientWebServer(std::size_t together, std::size_t total);
  ~PatientWebServer();
  PatientWebServer(const PatientWebServer&) = delete;
  PatientWebServer& operator=(const PatientWebServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t max_at_once() const { return max_at_once_; }

 private:
  struct Client {
    UniqueFd socket;
    std::string request;
  };

  void serve();
  void accept_all();
  void read_all();
  bool enough_wait() const;

  std::size_t together_;
  std::size_t left_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::list<Client> clients_;
  std::atomic<std::size_t> max_at_once_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace cal::fakes
