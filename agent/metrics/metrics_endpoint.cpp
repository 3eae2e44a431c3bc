#include "agent/metrics/metrics_endpoint.h"

#include <chrono>
#include <utility>

namespace cal {

namespace {

constexpr std::chrono::seconds tail_lifetime{1};

enum class Form { plain, gzip };

Reply make_reply(std::string body, Form form) {
  // A cache on the way to the client must not mix up the two forms.
  Response response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                    .body = std::move(body),
                    .headers = {{"Vary", "Accept-Encoding"}}};
  if (form == Form::gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

}  // namespace

MetricsEndpoint::MetricsEndpoint(std::function<std::string()> read_tail)
    : read_tail_(std::move(read_tail)) {
  current_.page = ExpositionWriter().finish();
}

void MetricsEndpoint::publish(std::shared_ptr<const Exposition> page) {
  const std::lock_guard lock(mutex_);
  current_.page = std::move(page);
  current_.plain.reset();
  current_.gzip.reset();
}

Reply MetricsEndpoint::reply(const Request& request, SteadyTime now) {
  const auto wanted = request.accepts_gzip ? &Scrape::gzip : &Scrape::plain;
  Scrape scrape;
  {
    const std::lock_guard lock(mutex_);
    const auto& ready = current_.*wanted;
    if (ready && now < current_.tail_read_at + tail_lifetime) return *ready;
    scrape = current_;
  }

  if (now >= scrape.tail_read_at + tail_lifetime) {
    scrape = {.page = scrape.page, .tail = read_tail_(), .tail_read_at = now};
  }
  if (request.accepts_gzip) {
    scrape.gzip = make_reply(scrape.page->gzip(scrape.tail), Form::gzip);
  } else {
    scrape.plain = make_reply(scrape.page->text(scrape.tail), Form::plain);
  }

  auto made = *(scrape.*wanted);
  const std::lock_guard lock(mutex_);
  // Unless a newer text was published meanwhile. Of two threads here at once the last one wins.
  if (current_.page == scrape.page) current_ = std::move(scrape);
  return made;
}

}  // namespace cal
