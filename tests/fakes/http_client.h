// An HTTP/1.1 client on a bare socket, which can also misbehave. Every wait ends after 60 seconds
// with an exception, so that a broken server fails a test instead of hanging it.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace cal::fakes {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class HttpClient {
 public:
  // Connects to "http://127.0.0.1:80" or "http://[::1]:80", optionally from the given IPv4
  // address.
  explicit HttpClient(std::string_view url, const std::string& from = "");
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  void send(std::string_view bytes) const;

  // Sends a request without a body; `headers` are whole lines.
  void ask(std::string_view method, std::string_view path, std::string_view headers = {}) const;

  // The next reply on this connection.
  HttpReply receive();
  HttpReply receive_head();  // of a reply to HEAD: Content-Length, but no body

  HttpReply get(std::string_view path, std::string_view headers = {});

  // Reads until the server closes the connection, and discards the data.
  void wait_until_closed();

  // Which of two gets bytes first.
  static HttpClient& first_to_hear(HttpClient& a, HttpClient& b);

 private:
  bool read_more();
  std::string take(std::size_t count);

  int socket_;
  std::string buffer_;
};

}  // namespace cal::fakes
