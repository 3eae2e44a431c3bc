#include "probes/net/transfers.h"

#include "probes/net/answer_head.h"
#include "probes/net/descriptors.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace cal::net {

namespace {

using std::chrono::microseconds;

// Bytes, libcurl's least; its default is 16 kB. A longer answer arrives in several pieces.
constexpr long buffer_of_a_transfer = 1024;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ShareDeleter {
  void operator()(CURLSH* share) const { curl_share_cleanup(share); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;

// The sockets of a transfer. CURLINFO_PRIMARY_IP names the peer only when curl 8 is done with TLS
// or a proxy's tunnel, so that a failure there would look like one of TCP.
struct TransferSockets {
  std::map<curl_socket_t, std::optional<Address>> open;  // and where each of them connects to
  std::optional<Address> peer = std::nullopt;            // of the last that was connected
  int lacking = 0;                                       // an errno: why none could be opened
};

// A transfer in progress. libcurl keeps pointers into it, so it must not move.
struct Running {
  const Request& request;
  TransferSockets& sockets;
  const TrustStore& trust;
  std::size_t index;
  TrustStore::Check check;
  SteadyTime started = std::chrono::steady_clock::now();
  std::optional<SteadyTime> tls_begun = std::nullopt;
  AnswerHead head = {};
  std::string body = {};
  bool seen_enough = false;  // ended by us within the body
  std::array<char, CURL_ERROR_SIZE> error = {};
  List resolved = {};
  List headers = {};
  // A multi handle shares its name cache between all transfers; a separate one per transfer keeps
  // families apart.
  std::unique_ptr<CURLSH, ShareDeleter> names = {};
  std::unique_ptr<CURL, EasyDeleter> easy = {};
};

CURLcode begin_tls(CURL* /*easy*/, void* context, void* argument) {
  auto& running = *static_cast<Running*>(argument);
  running.tls_begun = std::chrono::steady_clock::now();
  auto* tls = static_cast<ssl_ctx_st*>(context);
  SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);  // hundreds may wait for a server at once
  running.trust.judge_in(tls, running.check);
  return CURLE_OK;
}

curl_socket_t open_socket(void* argument, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& sockets = *static_cast<TransferSockets*>(argument);
  const int opened = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (opened < 0) {
    if (is_lack_of_resources(errno)) sockets.lacking = errno;
    return CURL_SOCKET_BAD;
  }
  sockets.open[opened] = address_of(address->addr);
  return opened;
}

// getpeername() alone would miss a peer that has reset the connection since; what it acknowledged
// before (at least our SYN) stays.
bool was_connected(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_bytes_acked > 0) {
    return true;
  }
  sockaddr_storage peer{};
  size = sizeof peer;
  return ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
}

int close_socket(void* argument, curl_socket_t socket) {
  auto& sockets = *static_cast<TransferSockets*>(argument);
  if (was_connected(socket)) sockets.peer = sockets.open[socket];
  sockets.open.erase(socket);
  return ::close(socket);
}

std::optional<Address> peer_of(const TransferSockets& sockets) {
  for (const auto& [socket, address] : sockets.open) {
    if (was_connected(socket)) return address;
  }
  return sockets.peer;
}

std::size_t take_head(char* data, std::size_t /*always 1*/, std::size_t size, void* argument) {
  return static_cast<Running*>(argument)->head.take({data, size}) ? size : 0;
}

std::size_t take_body(char* data, std::size_t /*always 1*/, std::size_t size, void* argument) {
  auto& running = *static_cast<Running*>(argument);
  const bool wanted = !running.request.endpoint->expect_body.empty();
  const auto room = wanted ? most_of_a_body - running.body.size() : 0;
  running.body.append(data, std::min(size, room));
  running.seen_enough = size >= room;
  return running.seen_enough ? 0 : size;  // less than `size` ends the transfer
}

// "host:port:address,[address]": curl does not look up that host. Null for an address, which curl
// takes as it is.
List resolve_entry(const Request& request) {
  const auto& endpoint = *request.endpoint;
  const auto& host = endpoint.proxy ? endpoint.proxy->host : endpoint.url.host;
  if (Address::parse(host)) return nullptr;
  std::vector<std::string> addresses;
  for (const auto& address : request.addresses) addresses.push_back(in_url(address.text()));
  const auto port = endpoint.proxy ? endpoint.proxy->port : endpoint.url.port;
  const auto entry = fmt::format("{}:{}:{}", host, port, fmt::join(addresses, ","));
  return List(curl_slist_append(nullptr, entry.c_str()));
}

// An option that libcurl refuses is a bug.
template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  const auto status = curl_easy_setopt(easy, option, value);
  if (status != CURLE_OK) {
    throw std::runtime_error(fmt::format("libcurl refuses option {}: {}", static_cast<int>(option),
                                         curl_easy_strerror(status)));
  }
}

// The environment was read already: curl must not read it again for a proxy or for exemptions.
void set_up_proxy(CURL* easy, const Endpoint& endpoint) {
  set(easy, CURLOPT_NOPROXY, "");
  if (!endpoint.proxy) return set(easy, CURLOPT_PROXY, "");
  set(easy, CURLOPT_PROXY, ("http://" + endpoint.proxy->text()).c_str());
  if (!endpoint.proxy->credentials.empty()) {
    set(easy, CURLOPT_PROXYUSERPWD, endpoint.proxy->credentials.c_str());
  }
}

void set_up(Running& running, Milliseconds time) {
  running.easy.reset(curl_easy_init());
  auto* easy = running.easy.get();
  if (easy == nullptr) throw std::bad_alloc();
  const auto& endpoint = *running.request.endpoint;

  running.names.reset(curl_share_init());
  curl_share_setopt(running.names.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  set(easy, CURLOPT_SHARE, running.names.get());
  running.resolved = resolve_entry(running.request);
  set(easy, CURLOPT_RESOLVE, running.resolved.get());
  set_up_proxy(easy, endpoint);

  if (endpoint.url.scheme == Scheme::tcp) {
    set(easy, CURLOPT_URL,
        fmt::format("http://{}:{}", in_url(endpoint.url.host), endpoint.url.port).c_str());
    set(easy, CURLOPT_CONNECT_ONLY, 1L);
    set(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  } else {
    set(easy, CURLOPT_URL, endpoint.url.request.c_str());
  }
  running.headers.reset(curl_slist_append(nullptr, "Cache-Control: no-cache"));
  set(easy, CURLOPT_HTTPHEADER, running.headers.get());
  set(easy, CURLOPT_USERAGENT, "cal_exporter");
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_HEADERFUNCTION, take_head);
  set(easy, CURLOPT_HEADERDATA, &running);
  set(easy, CURLOPT_WRITEFUNCTION, take_body);
  set(easy, CURLOPT_WRITEDATA, &running);
  set(easy, CURLOPT_BUFFERSIZE, buffer_of_a_transfer);

  // The certificate is verified here. curl gets no CAs, since it would read them for every
  // handshake.
  set(easy, CURLOPT_CAINFO, static_cast<char*>(nullptr));
  set(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
  set(easy, CURLOPT_SSL_VERIFYHOST, 0L);  // judge_in() checks the name
  set(easy, CURLOPT_SSL_CTX_FUNCTION, begin_tls);
  set(easy, CURLOPT_SSL_CTX_DATA, &running);

  set(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  set(easy, CURLOPT_OPENSOCKETDATA, &running.sockets);
  set(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  set(easy, CURLOPT_CLOSESOCKETDATA, &running.sockets);
  set(easy, CURLOPT_FRESH_CONNECT, 1L);
  set(easy, CURLOPT_FORBID_REUSE, 1L);
  set(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<Milliseconds::rep>(time.count(), 1)));
  set(easy, CURLOPT_ERRORBUFFER, running.error.data());
  set(easy, CURLOPT_PRIVATE, &running);
}

template <class Value>
Value info(CURL* easy, CURLINFO which) {
  Value value{};
  curl_easy_getinfo(easy, which, &value);
  return value;
}

std::string text_info(CURL* easy, CURLINFO which) {
  const auto* text = info<const char*>(easy, which);
  return text == nullptr ? "" : text;
}

microseconds time_info(CURL* easy, CURLINFO which) {
  return microseconds(info<curl_off_t>(easy, which));
}

TransferFault fault_of(CURLcode code, long error) {
  if (code == CURLE_OK) return TransferFault::none;
  if (code == CURLE_OPERATION_TIMEDOUT) return TransferFault::timeout;
  if (code != CURLE_COULDNT_CONNECT) return TransferFault::other;
  switch (error) {
    case ECONNREFUSED:
      return TransferFault::refused;
    case ETIMEDOUT:
    case 0:  // curl gave up on each address after its share of the time
      return TransferFault::timeout;
    default:
      return TransferFault::unreachable;
  }
}

std::string words_of(CURLcode code, long error, const Running& running) {
  if (code == CURLE_OPERATION_TIMEDOUT || (code == CURLE_COULDNT_CONNECT && error == 0)) {
    return "no answer in time";
  }
  if (code == CURLE_COULDNT_CONNECT) {
    return std::generic_category().message(static_cast<int>(error));
  }
  return running.error[0] != '\0' ? running.error.data() : curl_easy_strerror(code);
}

// Why there is no answer, although there was a connection for it. curl refuses a single line of
// more than 100 kB before it is passed on.
std::string why_unanswered(CURLcode code, const Running& running) {
  if (code == CURLE_WEIRD_SERVER_REPLY) return "";  // curl names the line
  if (const auto why = running.head.why_incomplete(); !why.empty()) {
    constexpr int too_large = 100;  // CURLE_TOO_LARGE of curl 8
    return code == CURLE_OUT_OF_MEMORY || static_cast<int>(code) == too_large
               ? fmt::format("a line in the head of the answer is longer than {} kB",
                             max_head / 1024)
               : why;
  }
  return code == CURLE_OK ? "the connection was closed without an answer" : "";
}

// curl 7.88 reports the end of the TLS handshake as the end of the connection.
void read_times(const Running& running, Transfer& transfer) {
  auto* easy = running.easy.get();
  const auto total = time_info(easy, CURLINFO_TOTAL_TIME_T);
  if (running.tls_begun) {
    transfer.connecting = *running.tls_begun - running.started;
    const auto encrypted = time_info(easy, CURLINFO_APPCONNECT_TIME_T);
    if (encrypted.count() > 0) transfer.encrypting = encrypted - *transfer.connecting;
  } else if (transfer.connected() && time_info(easy, CURLINFO_CONNECT_TIME_T).count() > 0) {
    transfer.connecting = time_info(easy, CURLINFO_CONNECT_TIME_T);
  }
  if (transfer.status == 0) return;
  const auto answered = time_info(easy, CURLINFO_STARTTRANSFER_TIME_T);
  transfer.answering = answered - time_info(easy, CURLINFO_PRETRANSFER_TIME_T);
  transfer.reading = total - answered;
}

Transfer read_result(Running& running, CURLcode code) {
  const auto& sockets = running.sockets;
  if (code != CURLE_OK && sockets.lacking != 0) throw_lack_of_resources(sockets.lacking);
  auto* easy = running.easy.get();
  if (code == CURLE_WRITE_ERROR && running.seen_enough) code = CURLE_OK;
  const auto error = info<long>(easy, CURLINFO_OS_ERRNO);
  Transfer transfer;
  transfer.fault = fault_of(code, error);
  transfer.tried = running.request.addresses;
  if (code != CURLE_OK) transfer.message = words_of(code, error, running);
  if (const auto peer = peer_of(sockets)) {
    const auto& to = *running.request.endpoint;
    transfer.peer = with_port(*peer, to.proxy ? to.proxy->port : to.url.port);
  }
  transfer.tunnel_status = static_cast<int>(info<long>(easy, CURLINFO_HTTP_CONNECTCODE));
  transfer.status = running.head.status();
  if (transfer.status == 0 && running.request.endpoint->url.scheme != Scheme::tcp) {
    if (transfer.fault == TransferFault::none) transfer.fault = TransferFault::other;
    if (auto why = why_unanswered(code, running); !why.empty()) transfer.message = std::move(why);
  }
  transfer.certificate = std::move(running.check.seen);
  transfer.redirect = text_info(easy, CURLINFO_REDIRECT_URL);
  // curl gives no target if it cannot read the header.
  if (transfer.redirect.empty() && transfer.status / 100 == 3) {
    transfer.redirect = running.head.location();
  }
  transfer.refresh = running.head.refresh();
  transfer.answered_by_proxy = running.head.answered_by_proxy();
  transfer.content_type = text_info(easy, CURLINFO_CONTENT_TYPE);
  transfer.body = std::move(running.body);
  read_times(running, transfer);
  return transfer;
}

// Every transfer that has not started yet gets its share of the remaining time.
Milliseconds share_of(Deadline deadline, std::size_t still_to_start) {
  const auto waves = (still_to_start + max_at_once - 1) / max_at_once;
  return deadline.left() / static_cast<Milliseconds::rep>(waves);
}

}  // namespace

std::vector<Transfer> transfer_all(const std::vector<Request>& requests, const TrustStore& trust,
                                   Deadline deadline) {
  static const auto initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  std::vector<TransferSockets> sockets(
      requests.size());  // curl may close one as late as with `multi`
  const std::unique_ptr<CURLM, MultiDeleter> multi(curl_multi_init());
  if (initialized != CURLE_OK || !multi) throw std::runtime_error("libcurl cannot be initialized");

  std::vector<Transfer> results(requests.size());
  std::vector<std::unique_ptr<Running>> all;
  std::size_t running_now = 0;
  std::size_t next = 0;
  const auto start_next = [&] {
    const auto& request = requests[next];
    all.push_back(std::make_unique<Running>(
        Running{request,
                sockets[next],
                trust,
                next,
                {request.endpoint->url.host, request.endpoint->tls_trust}}));
    set_up(*all.back(), share_of(deadline, requests.size() - next));
    curl_multi_add_handle(multi.get(), all.back()->easy.get());
    ++running_now;
    ++next;
  };
  const auto finish = [&](CURL* easy, CURLcode code) {
    auto& running = *info<Running*>(easy, CURLINFO_PRIVATE);
    results[running.index] = read_result(running, code);
    curl_multi_remove_handle(multi.get(), easy);
    all[running.index].reset();
    --running_now;
  };
  while (next < requests.size() || running_now > 0) {
    while (next < requests.size() && running_now < max_at_once) start_next();
    int left = 0;
    curl_multi_perform(multi.get(), &left);
    while (const auto* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
    }
    if (running_now > 0) curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
  }
  OPENSSL_thread_stop();  // else each thread that has run this once keeps its own random generators
  return results;
}

}  // namespace cal::net
