// The HTTP server on a free port of 127.0.0.1, with /hello and the pages that a test adds before
// it starts.
#pragma once

#include "agent/http/server.h"

#include <string>
#include <utility>

namespace cal::fakes {

inline HttpServer::Settings on_loopback() {
  HttpServer::Settings settings;
  settings.listen_addresses = {"127.0.0.1:0"};
  return settings;
}

inline Response hello(const Request&) { return {.body = "hello\n"}; }

struct LoopbackServer {
  explicit LoopbackServer(HttpServer::Settings settings = on_loopback())
      : server(std::move(settings)) {
    server.router().get("/hello", Router::Run::immediate, hello);
  }
  std::string start(HttpAccess access = {}) {
    server.start(std::move(access));
    return server.addresses().at(0);
  }
  HttpServer server;
};

}  // namespace cal::fakes
