// One client that scrapes several servers in turn, so that other load on the machine affects all
// of them equally; in an order that changes every round, since a server is slower after one that
// fills the caches. Usage: scrape_latency ROUNDS PORT...; prints for each port, in microseconds,
// the median and the 99th percentile of the time from the request to the last byte of the reply.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <list>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Microseconds = std::chrono::duration<double, std::micro>;

// A keep-alive connection to 127.0.0.1.
class Scraper {
 public:
  explicit Scraper(const std::string& port) : port_(port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(std::stoul(port)));
    const auto* any = static_cast<const void*>(&at);
    if (connect(socket_, static_cast<const sockaddr*>(any), sizeof at) != 0) {
      throw std::runtime_error("connect to port " + port + ": failed");
    }
  }
  Scraper(const Scraper&) = delete;
  Scraper& operator=(const Scraper&) = delete;
  ~Scraper() { close(socket_); }

  void scrape() {
    static constexpr std::string_view request = "GET /metrics HTTP/1.1\r\nHost: bench\r\n\r\n";
    const auto begin = std::chrono::steady_clock::now();
    if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) fail();
    std::string reply;
    std::array<char, 65536> part;
    while (!is_whole(reply)) {
      const auto got = recv(socket_, part.data(), part.size(), 0);
      if (got <= 0) fail();
      reply.append(part.data(), static_cast<std::size_t>(got));
    }
    times_.push_back(std::chrono::steady_clock::now() - begin);
    if (!reply.starts_with("HTTP/1.1 200 ")) fail();
  }

  void print() {
    std::sort(times_.begin(), times_.end());
    std::printf("%s %.2f %.2f\n", port_.c_str(), times_[times_.size() / 2].count(),
                times_[times_.size() * 99 / 100].count());
  }

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error("scrape of port " + port_ + ": failed");
  }

  static bool is_whole(const std::string& reply) {
    static constexpr std::string_view length_header = "\r\nContent-Length: ";
    const auto head_end = reply.find("\r\n\r\n");
    if (head_end == std::string::npos) return false;
    const auto length = reply.find(length_header);
    if (length >= head_end) return reply.ends_with("\r\n0\r\n\r\n");  // chunked, as Go does
    return reply.size() == head_end + 4 + std::stoul(reply.substr(length + length_header.size()));
  }

  std::string port_;
  int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::vector<Microseconds> times_;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::fputs("usage: scrape_latency ROUNDS PORT...\n", stderr);
    return 2;
  }
  std::list<Scraper> scrapers;
  std::vector<Scraper*> order;
  for (int i = 2; i < argc; ++i) order.push_back(&scrapers.emplace_back(argv[i]));
  std::mt19937 random(1);
  for (auto rounds = std::stoul(argv[1]); rounds > 0; --rounds) {
    std::shuffle(order.begin(), order.end(), random);
    for (auto* each : order) each->scrape();
  }
  for (auto& each : scrapers) each.print();
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
