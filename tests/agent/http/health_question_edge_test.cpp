#include "agent/http/health_question.h"
#include "tests/catch.h"
#include "tests/fakes/loopback_server.h"
#include "tests/fakes/scripted_server.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

std::string ask(const std::string& address) {
  return ask_for_health(address, WebScheme::http, 500ms);
}

std::string fault_of_status(int status) {
  fakes::LoopbackServer web;
  web.server.router().get("/-/healthy", Router::Run::immediate,
                          [&](const Request&) { return Response{.status = status}; });
  return ask(web.start().substr(std::string("http://").size()));
}

}  // namespace

TEST_CASE("an agent is healthy if it answers, also if it refuses the client", "[health]") {
  for (const int status : {200, 401, 403, 429}) CHECK(fault_of_status(status).empty());
  CHECK_THAT(fault_of_status(500), Catch::EndsWith(" answers 500"));
  CHECK_THAT(fault_of_status(404), Catch::EndsWith(" answers 404"));
}

TEST_CASE("what is silent, speaks another protocol or is not there is not healthy", "[health]") {
  using Then = fakes::ScriptedServer::Then;
  for (const std::string said : {"", "220 mail.example.com\r\n", "HTTP/1.1 "}) {
    const fakes::ScriptedServer server(said, said.empty() ? Then::hold : Then::close);
    CHECK_THAT(ask("127.0.0.1:" + std::to_string(server.port())),
               Catch::EndsWith("gives no answer over http"));
  }
  CHECK_THAT(ask("127.0.0.1:1"), Catch::StartsWith("connect to 127.0.0.1:1: "));
  CHECK_THAT(ask("localhost"), Catch::Contains("HOST:PORT"));
}

TEST_CASE("an agent on all addresses is asked over loopback", "[health]") {
  HttpServer::Settings settings;
  settings.listen_addresses = {":0"};
  fakes::LoopbackServer web(settings);
  web.server.router().get("/-/healthy", Router::Run::immediate,
                          [&](const Request&) { return Response{}; });
  const auto url = web.start();
  CHECK(ask(url.substr(url.rfind(':'))).empty());
}
