#include "agent/http/server.h"
#include "agent/metrics/metrics_endpoint.h"
#include "tests/catch.h"
#include "tests/fakes/gunzip.h"
#include "tests/fakes/http_client.h"

#include <future>
#include <memory>
#include <string>

using cal::HttpServer;
using cal::Request;
using cal::fakes::gunzip;
using cal::fakes::HttpClient;

namespace {

constexpr auto with_gzip = "Accept-Encoding: gzip\r\n";

struct Fixture {
  Fixture() {
    server.router().get("/metrics", cal::Router::Run::immediate, [this](const Request& request) {
      return endpoint.reply(request, cal::Moment::now().steady);
    });
    server.start();
  }
  void publish(std::string_view text) {
    cal::ExpositionWriter writer;
    writer.append(text);
    endpoint.publish(writer.finish());
  }

  cal::MetricsEndpoint endpoint{[] { return std::string("process_open_fds 9\n"); }};
  HttpServer server{{.listen_addresses = {"127.0.0.1:0"}}};
};

}  // namespace

TEST_CASE("metrics are served plain or as gzip, the same text", "[metrics_endpoint]") {
  Fixture fixture;
  HttpClient client(fixture.server.addresses().at(0));
  for (const std::string text : {"cal_up 1\n", "cal_up 0\n"}) {
    fixture.publish(text);
    const auto plain = client.get("/metrics");
    CHECK(plain.headers.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(plain.headers.count("content-encoding") == 0);
    CHECK(plain.body == text + "process_open_fds 9\n");

    const auto gzip = client.get("/metrics", with_gzip);
    CHECK(gzip.headers.at("content-encoding") == "gzip");
    CHECK(gunzip(gzip.body) == plain.body);
  }
}

TEST_CASE("a large text is decompressed while it is sent, with the tail at its end",
          "[metrics_endpoint]") {
  std::string text;
  for (int i = 0; text.size() < 3'000'000; ++i) text += "series_" + std::to_string(i) + " 1\n";
  Fixture fixture;
  fixture.publish(text);
  HttpClient client(fixture.server.addresses().at(0));
  const auto received = client.get("/metrics").body;
  CHECK(received.size() == text.size() + std::string("process_open_fds 9\n").size());
  CHECK(received == text + "process_open_fds 9\n");
  CHECK(gunzip(client.get("/metrics", with_gzip).body) == received);
}

TEST_CASE("scrapes go on while pages are published", "[metrics_endpoint]") {
  Fixture fixture;
  fixture.publish("page 0\n");
  HttpClient client(fixture.server.addresses().at(0));
  auto publisher = std::async(std::launch::async, [&] {
    for (int i = 1; i <= 200; ++i) fixture.publish("page " + std::to_string(i) + '\n');
  });
  for (int i = 0; i < 200; ++i) {
    const auto body = gunzip(client.get("/metrics", with_gzip).body);
    CHECK_THAT(body, Catch::StartsWith("page ") && Catch::EndsWith("\nprocess_open_fds 9\n"));
  }
  publisher.get();
  CHECK(client.get("/metrics").body == "page 200\nprocess_open_fds 9\n");
}
