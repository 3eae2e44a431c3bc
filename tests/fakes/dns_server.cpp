#include "tests/fakes/dns_server.h"

#include "probes/net/address.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cctype>
#include <optional>
#include <stdexcept>

namespace cal::fakes {

namespace {

constexpr std::uint16_t type_a = 1;
constexpr std::uint16_t type_aaaa = 28;
constexpr std::uint16_t type_srv = 33;

void append16(std::string& bytes, std::uint16_t value) {
  bytes.push_back(static_cast<char>(value >> 8));
  bytes.push_back(static_cast<char>(value & 0xff));
}

std::string encode_name(const std::string& name) {
  std::string bytes;
  for (std::size_t at = 0; at < name.size();) {
    const auto dot = std::min(name.find('.', at), name.size());
    bytes.push_back(static_cast<char>(dot - at));
    bytes.append(name, at, dot - at);
    at = dot + 1;
  }
  bytes.push_back('\0');
  return bytes;
}

struct Question {
  std::string name;
  std::uint16_t type;
  std::string wire;  // as received, to be repeated in the answer
};

std::optional<Question> parse(const std::string& query) {
  Question question{};
  std::size_t at = 12;
  while (at < query.size() && query[at] != '\0') {
    const auto length = static_cast<unsigned char>(query[at]);
    if (!question.name.empty()) question.name.push_back('.');
    for (std::size_t i = 1; i <= length && at + i < query.size(); ++i) {
      const auto c = static_cast<unsigned char>(query[at + i]);
      question.name.push_back(static_cast<char>(std::tolower(c)));
    }
    at += length + 1U;
  }
  if (at + 5 > query.size()) return std::nullopt;
  question.type = static_cast<std::uint16_t>(static_cast<unsigned char>(query[at + 1]) << 8 |
                                             static_cast<unsigned char>(query[at + 2]));
  question.wire = query.substr(12, at + 5 - 12);
  return question;
}

std::vector<std::string> records(const DnsServer::Name& name, std::uint16_t type) {
  std::vector<std::string> data;
  if (type == type_a || type == type_aaaa) {
    for (const auto& text : name.addresses) {
      const auto address = net::Address::parse(text).value();
      const bool v4 = address.family == net::Family::v4;
      if (v4 != (type == type_a)) continue;
      data.emplace_back(address.octets.begin(), address.octets.begin() + (v4 ? 4 : 16));
    }
  }
  if (type == type_srv) {
    for (const auto& service : name.services) {
      std::string bytes;
      append16(bytes, service.priority);
      append16(bytes, service.weight);
      append16(bytes, service.port);
      data.push_back(bytes + encode_name(service.target));
    }
  }
  return data;
}

std::uint16_t rcode_of(DnsServer::Fault fault) {
  switch (fault) {
    case DnsServer::Fault::servfail:
      return 2;
    case DnsServer::Fault::nxdomain:
      return 3;
    case DnsServer::Fault::notauth:
      return 9;
    case DnsServer::Fault::refused:
      return 5;
    case DnsServer::Fault::none:
    case DnsServer::Fault::silence:
    case DnsServer::Fault::garbage:
      return 0;
  }
  return 0;
}

}  // namespace

DnsServer::DnsServer(std::map<std::string, Name> names)
    : names_(std::move(names)), socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket_.fd(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    throw std::runtime_error("the fake name server cannot listen");
  }
  ::getsockname(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

DnsServer::~DnsServer() {
  stopping_ = true;
  sockaddr_in self{};
  self.sin_family = AF_INET;
  self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  self.sin_port = htons(port_);
  // An empty datagram wakes the thread.
  ::sendto(socket_.fd(), "", 0, 0, reinterpret_cast<const sockaddr*>(&self), sizeof self);
  thread_.join();
}

std::string DnsServer::address() const { return fmt::format("127.0.0.1:{}", port_); }

void DnsServer::serve() {
  while (true) {
    std::array<char, 1500> buffer{};
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const auto count = ::recvfrom(socket_.fd(), buffer.data(), buffer.size(), 0,
                                  reinterpret_cast<sockaddr*>(&peer), &size);
    if (stopping_) return;
    if (count < 12) continue;
    const std::string query(buffer.data(), static_cast<std::size_t>(count));
    const auto question = parse(query);
    if (!question) continue;
    ++questions_;

    const auto found = names_.find(question->name);
    const Name name = found == names_.end() ? Name{.fault = Fault::nxdomain} : found->second;
    if (name.fault == Fault::silence) continue;
    const auto data = records(name, question->type);
    std::string answer = query.substr(0, 2);
    append16(answer, static_cast<std::uint16_t>(0x8180 | rcode_of(name.fault)));
    append16(answer, 1);
    append16(answer, static_cast<std::uint16_t>(data.size()));
    append16(answer, 0);
    append16(answer, 0);
    answer += question->wire;
    for (const auto& bytes : data) {
      append16(answer, 0xc00c);  // the requested name
      append16(answer, question->type);
      append16(answer, 1);
      append16(answer, 0);
      append16(answer, 60);  // seconds to live
      append16(answer, static_cast<std::uint16_t>(bytes.size()));
      answer += bytes;
    }
    // The header announces an answer that is missing.
    if (name.fault == Fault::garbage) answer[7] = 3;
    ::sendto(socket_.fd(), answer.data(), answer.size(), 0,
             reinterpret_cast<const sockaddr*>(&peer), size);
  }
}

}  // namespace cal::fakes
