#include "agent/metrics/metrics_endpoint.h"

#include <chrono>
#include <span>
#include <string>
#include <utility>

namespace cal {

namespace {

constexpr std::chrono::seconds tail_lifetime{1};

// Texts up to this size are ready to be sent. Larger ones are decompressed while they are sent, so
// that slow clients without gzip do not each hold a text of 10 MB.
constexpr std::size_t max_ready_text = std::size_t{1} << 20;

using Page = std::shared_ptr<const Exposition>;

// A cache on the way to the client must not mix up the two forms.
Response empty_response() {
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .headers = {{"Vary", "Accept-Encoding"}}};
}

Reply gzip_reply(const Exposition& page, const std::string& tail) {
  auto response = empty_response();
  response.body = page.gzip(tail);
  response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

Reply plain_reply(const Page& page, const std::string& tail) {
  auto response = empty_response();
  if (page->text_size() <= max_ready_text) {
    response.body = page->text(tail);
    return response;
  }
  const auto read = [page, tail](std::size_t begin, std::span<char> out) {
    if (begin < page->text_size()) return page->read_text(begin, out);
    return tail.copy(out.data(), out.size(), begin - page->text_size());
  };
  response.large_body = {page->text_size() + tail.size(), read};
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
    scrape.gzip = gzip_reply(*scrape.page, scrape.tail);
  } else {
    scrape.plain = plain_reply(scrape.page, scrape.tail);
  }

  auto made = *(scrape.*wanted);
  const std::lock_guard lock(mutex_);
  // Unless a newer text was published meanwhile. Of two threads here at once the last one wins.
  if (current_.page == scrape.page) current_ = std::move(scrape);
  return made;
}

}  // namespace cal
