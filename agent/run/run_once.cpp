#include "agent/run/run_once.h"

#include "agent/run/publisher.h"
#include "agent/run/scheduler.h"

#include <unistd.h>

#include <cstdio>
#include <future>

namespace cal {

int run_once(const Instances& instances, const std::function<int(const Rows&)>& report) {
  Board board;
  board.replace(instances);
  Scheduler scheduler(board, {.first_run_spread = Milliseconds{0}, .once = true});

  // The publisher also handles overdue runs; here it says when the last result has arrived.
  std::promise<Rows> complete;
  bool is_complete = false;
  Publisher publisher(
      board,
      [&](const Rows& rows, const auto&) {
        if (is_complete || !every_probe_ran(rows)) return;
        is_complete = true;
        complete.set_value(rows);
      },
      Milliseconds{10});
  scheduler.replace(instances);  // now that the publisher hears of every run
  const int code = report(complete.get_future().get());
  std::fflush(stdout);
  if (!scheduler.stop(Milliseconds{100})) _exit(code);
  return code;
}

}  // namespace cal
