#include "tests/fakes/ldap_server.h"

#include "probes/security/sid.h"

#include <fmt/format.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace cal::fakes {

namespace {

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// Whether `dn` is in the scope of a search below `base`.
bool in_scope(const std::string& dn, const std::string& base, int scope) {
  if (same(dn, base)) return scope != 1;
  if (scope == 0 || dn.empty()) return false;
  if (base.empty()) return scope == 2;
  const std::string tail = "," + base;
  if (dn.size() <= tail.size() || !same(dn.substr(dn.size() - tail.size()), tail)) return false;
  return scope == 2 || dn.find(',') == dn.size() - tail.size();
}

// The part of an attribute's values that "name;range=first-.." requests, at most `most`.
LdapEntry::Attribute cut(const LdapEntry::Attribute& whole, std::size_t first, std::size_t most) {
  const auto size = whole.values.size();
  first = std::min(first, size);
  const auto end = std::min(size, first + most);
  LdapEntry::Attribute part;
  part.name = end == size ? fmt::format("{};range={}-*", whole.name, first)
                          : fmt::format("{};range={}-{}", whole.name, first, end - 1);
  const auto at = [&](std::size_t i) {
    return whole.values.begin() + static_cast<std::ptrdiff_t>(i);
  };
  part.values.assign(at(first), at(end));
  return part;
}

// Without the SIDs before its DNs, which not every client asks for.
LdapEntry without_sids(LdapEntry entry) {
  for (auto& attribute : entry.attributes) {
    for (auto& value : attribute.values) {
      if (value.starts_with("<SID=")) value.erase(0, value.find(';') + 1);
    }
  }
  return entry;
}

// The requested attributes, the long ones in ranges.
LdapEntry select(const LdapEntry& entry, const std::vector<std::string>& asked,
                 std::size_t max_values) {
  LdapEntry selected{entry.dn, {}};
  const auto add = [&](const LdapEntry::Attribute& attribute) {
    const bool in_ranges = max_values != 0 && attribute.values.size() > max_values;
    selected.attributes.push_back(in_ranges ? cut(attribute, 0, max_values) : attribute);
  };
  if (asked.empty() || std::ranges::find(asked, "+") != asked.end()) {
    for (const auto& attribute : entry.attributes) add(attribute);
    return selected;
  }
  for (const auto& name : asked) {
    const auto option = name.find(";range=");
    const auto* attribute = entry.find(name.substr(0, option));
    if (attribute == nullptr) continue;
    if (option == std::string::npos) {
      add(*attribute);
      continue;
    }
    std::size_t first = 0;
    std::from_chars(name.data() + option + 7, name.data() + name.size(), first);
    selected.attributes.push_back(
        cut(*attribute, first, max_values == 0 ? attribute->values.size() : max_values));
  }
  return selected;
}

ssize_t pull(gnutls_transport_ptr_t stream, void* into, std::size_t size) {
  return static_cast<net::Stream*>(stream)->read(into, size);
}
ssize_t push(gnutls_transport_ptr_t stream, const void* from, std::size_t size) {
  return static_cast<net::Stream*>(stream)->write(from, size);
}

// The server's side of TLS over a stream.
class Tls {
 public:
  Tls(net::Stream& stream, const KeyPair& pair, const std::string& priority) {
    gnutls_certificate_allocate_credentials(&credentials_);
    const auto datum = [](const std::string& text) {
      return gnutls_datum_t{reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
                            static_cast<unsigned>(text.size())};
    };
    const auto certificate = datum(pair.certificate_pem);
    const auto key = datum(pair.key_pem);
    gnutls_certificate_set_x509_key_mem(credentials_, &certificate, &key, GNUTLS_X509_FMT_PEM);
    gnutls_init(&session_, GNUTLS_SERVER);
    gnutls_priority_set_direct(session_, priority.c_str(), nullptr);
    gnutls_credentials_set(session_, GNUTLS_CRD_CERTIFICATE, credentials_);
    gnutls_transport_set_ptr(session_, &stream);
    gnutls_transport_set_pull_function(session_, pull);
    gnutls_transport_set_push_function(session_, push);
  }
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;
  ~Tls() {
    gnutls_deinit(session_);
    gnutls_certificate_free_credentials(credentials_);
  }

  bool handshake() { return gnutls_handshake(session_) == GNUTLS_E_SUCCESS; }
  ssize_t read(void* into, std::size_t size) { return gnutls_record_recv(session_, into, size); }
  ssize_t write(const void* from, std::size_t size) {
    return gnutls_record_send(session_, from, size);
  }

 private:
  gnutls_certificate_credentials_t credentials_ = nullptr;
  gnutls_session_t session_ = nullptr;
};

}  // namespace

// One client, served to its end on its own thread.
class LdapServer::Client {
 public:
  Client(LdapServer& server, net::Stream& stream) : server_(server), stream_(stream) {}

  void serve() {
    switch (server_.options_.misbehavior) {
      case Misbehavior::silent:
        return read_to_end();
      case Misbehavior::closes:
        return;
      case Misbehavior::garbage:
        return speak_and_stop("HTTP/1.1 400 Bad Request\r\n\r\n");
      case Misbehavior::half_a_handshake:
        return speak_and_stop(std::string("\x16\x03\x03\x00\x50\x02", 6));
      default:
        break;
    }
    if (server_.options_.tls_from_start && !begin_tls()) return;
    while (const auto message = read_message()) {
      std::optional<LdapRequest> request;
      try {
        request = decode_request(*message);
      } catch (const std::runtime_error&) {
        return;  // not LDAP, such as the start of a TLS handshake
      }
      server_.record(*request);
      if (!answer(*request)) return;
    }
  }

 private:
  void read_to_end() {
    char octet = 0;
    while (stream_.read(&octet, 1) > 0) continue;
  }

  void speak_and_stop(const std::string& bytes) {
    char octet = 0;
    if (stream_.read(&octet, 1) <= 0) return;
    stream_.write(bytes.data(), bytes.size());
    read_to_end();
  }

  bool begin_tls() {
    tls_.emplace(stream_, server_.options_.certificate.value(), server_.options_.tls_priority);
    return tls_->handshake();
  }

  bool read_exactly(std::size_t size, std::string& into) {
    while (size > 0) {
      char buffer[4096];
      const auto want = std::min(size, sizeof buffer);
      const auto count = tls_ ? tls_->read(buffer, want) : stream_.read(buffer, want);
      if (count <= 0) return false;
      into.append(buffer, static_cast<std::size_t>(count));
      size -= static_cast<std::size_t>(count);
    }
    return true;
  }

  std::optional<std::string> read_message() {
    std::string message;
    if (!read_exactly(2, message)) return std::nullopt;
    std::size_t length = static_cast<unsigned char>(message[1]);
    if (length > 0x80) {
      const std::size_t octets = length & 0x7fU;
      if (!read_exactly(octets, message)) return std::nullopt;
      length = 0;
      for (std::size_t i = 0; i < octets; ++i) {
        length = length << 8U | static_cast<unsigned char>(message[2 + i]);
      }
    }
    if (!read_exactly(length, message)) return std::nullopt;
    return message;
  }

  bool send(const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const auto count = tls_ ? tls_->write(bytes.data() + at, bytes.size() - at)
                              : stream_.write(bytes.data() + at, bytes.size() - at);
      if (count <= 0) return false;
      at += static_cast<std::size_t>(count);
    }
    return true;
  }

  // Sends entries until the client goes away.
  bool flood(int id) {
    const auto bytes = encode_entry(id, {"CN=x", {{"member", std::vector<std::string>(500, "v")}}});
    while (send(bytes)) server_.flooded_ += bytes.size();
    return false;
  }

  // False if the connection must be closed.
  bool answer(const LdapRequest& request) {
    const auto& options = server_.options_;
    switch (request.kind) {
      case LdapRequest::Kind::bind:
        if (options.misbehavior == Misbehavior::floods_bind) return flood(request.id);
        send(encode_result(request.id, request.kind,
                           options.on_bind ? options.on_bind(request) : LdapResult{}));
        if (options.misbehavior != Misbehavior::silent_after_bind) return true;
        read_to_end();
        return false;
      case LdapRequest::Kind::start_tls:
        if (options.misbehavior == Misbehavior::floods_start_tls) return flood(request.id);
        if (!options.certificate && options.misbehavior != Misbehavior::silent_after_start_tls) {
          send(encode_result(request.id, request.kind, {52, "no TLS here"}));
          return true;
        }
        send(encode_result(request.id, request.kind, {}));
        if (options.misbehavior != Misbehavior::silent_after_start_tls) return begin_tls();
        read_to_end();
        return false;
      case LdapRequest::Kind::search:
        return answer_search(request);
      case LdapRequest::Kind::abandon:
        return true;
      case LdapRequest::Kind::unbind:
        return false;
      case LdapRequest::Kind::other:
        send(encode_result(request.id, request.kind, {2, "unknown request"}));
        return true;
    }
    return false;
  }

  bool answer_search(const LdapRequest& request) {
    const auto& options = server_.options_;
    if (!request.base.empty()) {
      if (options.misbehavior == Misbehavior::floods_search) return flood(request.id);
      if (options.misbehavior == Misbehavior::unasked_entries) return flood(0);
      if (options.misbehavior == Misbehavior::disconnects) {
        send(encode_notice(options.notice));
        return false;
      }
    }
    auto found = options.on_search ? options.on_search(request) : std::nullopt;
    if (!found) found = server_.look_up(request);

    // A cookie is the number of entries sent so far.
    std::size_t at = 0;
    std::from_chars(request.cookie.data(), request.cookie.data() + request.cookie.size(), at);
    const bool paged = request.page_size && options.knows_pages;
    const auto page = paged ? static_cast<std::size_t>(*request.page_size) : found->entries.size();
    const auto end = std::min(found->entries.size(), at + page);
    for (; at < end; ++at) {
      if (options.size_limit != 0 && at >= options.size_limit) {
        send(encode_result(request.id, request.kind, {4, "too many entries"}));
        return true;
      }
      if (!send_entry(request.id, found->entries[at])) return false;
    }
    const bool is_last = end == found->entries.size();
    if (is_last) {
      for (const auto& uri : found->references) send(encode_reference(request.id, uri));
    }
    std::string controls;
    if (paged) controls = encode_page_control(page_value(is_last ? "" : std::to_string(end)));
    if (paged && options.on_page) controls = options.on_page(request);
    send(encode_result(request.id, request.kind, found->result, controls));
    return true;
  }

  bool send_entry(int id, const LdapEntry& entry) {
    const auto bytes = encode_entry(id, entry);
    // The root DSE is answered normally, so that a session can be opened first.
    const auto misbehavior = entry.dn.empty() ? Misbehavior::none : server_.options_.misbehavior;
    if (misbehavior == Misbehavior::half_a_search) {
      send(bytes.substr(0, bytes.size() / 2));
      read_to_end();
      return false;
    }
    send(bytes);
    return misbehavior != Misbehavior::closes_in_search;
  }

  LdapServer& server_;
  net::Stream& stream_;
  std::optional<Tls> tls_;
};

LdapServer::LdapServer(Options options)
    : options_(std::move(options)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  entries_.push_back({"",
                      {{"defaultNamingContext", {options_.base_dn}},
                       {"configurationNamingContext",
                        {options_.configuration_dn.empty() ? "CN=Configuration," + options_.base_dn
                                                           : options_.configuration_dn}}}});
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_.fd(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.fd(), 16) != 0) {
    throw std::runtime_error("the fake directory server cannot listen");
  }
  ::getsockname(listener_.fd(), reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

LdapServer::~LdapServer() {
  stopping_ = true;
  ::shutdown(listener_.fd(), SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  for (auto& client : clients_) ::shutdown(client.stream.fd(), SHUT_RDWR);
  for (auto& client : clients_) client.thread.join();
}

void LdapServer::start() {
  acceptor_ = std::thread([this] { accept_clients(); });
}

std::string LdapServer::uri(const std::string& host) const {
  return fmt::format("{}://{}:{}", options_.tls_from_start ? "ldaps" : "ldap", host, port_);
}

std::vector<LdapRequest> LdapServer::binds() const {
  const std::lock_guard lock(mutex_);
  return binds_;
}

std::vector<LdapRequest> LdapServer::searches() const {
  const std::lock_guard lock(mutex_);
  return searches_;
}

void LdapServer::accept_clients() {
  while (true) {
    UniqueFd socket(::accept4(listener_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (stopping_ || socket.fd() < 0) return;
    ++connections_;
    const int at_once = 1;
    ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    auto& client = clients_.emplace_back(
        Connected{net::Stream(std::move(socket), Deadline::in(std::chrono::minutes(2)))});
    client.thread = std::thread([this, &client] {
      Client(*this, client.stream).serve();
      ::shutdown(client.stream.fd(), SHUT_RDWR);
    });
  }
}

void LdapServer::record(const LdapRequest& request) {
  const std::lock_guard lock(mutex_);
  if (request.kind == LdapRequest::Kind::bind) binds_.push_back(request);
  if (request.kind == LdapRequest::Kind::search) searches_.push_back(request);
}

LdapServer::SearchAnswer LdapServer::look_up(const LdapRequest& request) const {
  std::string base = request.base;
  if (base.starts_with("<SID=") && base.ends_with(">")) {
    const auto sid = security::Sid::parse_text(base.substr(5, base.size() - 6));
    for (const auto& entry : entries_) {
      const auto* own = entry.find("objectSid");
      if (sid && own != nullptr && own->values.at(0) == sid->octets()) base = entry.dn;
    }
  }
  SearchAnswer answer;
  bool base_exists = same(base, options_.base_dn);
  for (const auto& entry : entries_) {
    base_exists = base_exists || same(entry.dn, base);
    if (in_scope(entry.dn, base, request.scope) && request.filter.matches(entry)) {
      auto selected = select(entry, request.attributes, options_.max_values);
      answer.entries.push_back(request.wants_sids ? std::move(selected)
                                                  : without_sids(std::move(selected)));
    }
  }
  if (!base_exists) answer.result = {32, "no such object"};
  return answer;
}

}  // namespace cal::fakes
