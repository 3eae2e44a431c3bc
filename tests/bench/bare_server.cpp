// The reference of ./run bench: libmicrohttpd with our flags and a static body, nothing else.
// Usage: bare_server PORT BYTES [CERTIFICATE KEY]. Serves on 127.0.0.1, with TLS if a certificate
// is given, until its standard input ends.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

// The same as in agent/http/web_config.cpp, so that both speak the same TLS.
std::string priorities = "NORMAL:-RSA:-VERS-TLS-ALL:+VERS-TLS1.2:+VERS-TLS1.3:%SERVER_PRECEDENCE";

MHD_Result answer(void* response, MHD_Connection* connection, const char*, const char*, const char*,
                  const char*, std::size_t*, void** state) {
  if (*state == nullptr) {
    *state = response;  // a mark: the reply comes at the second call
    return MHD_YES;
  }
  return MHD_queue_response(connection, MHD_HTTP_OK, static_cast<MHD_Response*>(response));
}

std::string text_of(const char* file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    std::fputs("usage: bare_server PORT BYTES [CERTIFICATE KEY]\n", stderr);
    return 2;
  }
  std::string body(std::stoul(argv[2]), 'x');
  auto* response =
      MHD_create_response_from_buffer(body.size(), body.data(), MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header(response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");

  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(static_cast<std::uint16_t>(std::stoul(argv[1])));
  const bool tls = argc == 5;
  auto certificate = tls ? text_of(argv[3]) : "";
  auto key = tls ? text_of(argv[4]) : "";
  std::vector<MHD_OptionItem> options;
  if (tls) {
    options.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, certificate.data()});
    options.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, key.data()});
    options.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, priorities.data()});
  }
  options.push_back({MHD_OPTION_END, 0, nullptr});
  const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME;
  auto* daemon =
      MHD_start_daemon(tls ? flags | MHD_USE_TLS : flags, 0, nullptr, nullptr, &answer, response,
                       MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_CONNECTION_TIMEOUT, 30U,
                       MHD_OPTION_CONNECTION_MEMORY_LIMIT, std::size_t{16} * 1024, MHD_OPTION_ARRAY,
                       options.data(), MHD_OPTION_END);
  if (daemon == nullptr) {
    std::perror("bare_server: start");
    return 1;
  }
  while (std::getchar() != EOF) {
  }
  MHD_stop_daemon(daemon);
  MHD_destroy_response(response);
}
