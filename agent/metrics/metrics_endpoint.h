// The reply of /metrics: the text published last, followed by a short tail (the `process_*`
// metrics) that is read at most once a second. Between changes a scrape sends one ready reply.
// Thread-safe: shared by the publisher and the server's threads.
#pragma once

#include "agent/base/clock.h"
#include "agent/http/message.h"
#include "agent/metrics/exposition.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace cal {

class MetricsEndpoint {
 public:
  // `read_tail` returns whole lines in text format 0.0.4 and does not block; called on any thread.
  explicit MetricsEndpoint(std::function<std::string()> read_tail);

  void publish(std::shared_ptr<const Exposition> page);

  Reply reply(const Request& request, SteadyTime now);

 private:
  // A text with a tail, and the replies made of the two so far.
  struct Scrape {
    std::shared_ptr<const Exposition> page;
    std::string tail = {};
    SteadyTime tail_read_at = SteadyTime::min();
    std::optional<Reply> plain = {};
    std::optional<Reply> gzip = {};
  };

  std::function<std::string()> read_tail_;
  std::mutex mutex_;
  Scrape current_;  // under mutex_
};

}  // namespace cal
