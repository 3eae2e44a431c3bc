// Which handler answers a request: by the whole path or, below a prefix, by the longest prefix.
// GET routes answer HEAD too. An unknown path gives 404, another method 405. Routes are set first;
// afterwards any thread may ask.
#pragma once

#include "agent/http/message.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

class Router {
 public:
  using Handler = std::function<Reply(const Request&)>;

  // Where a handler runs: `immediate` on the event thread, where it must not block; `deferred` on a
  // worker, while its connection waits.
  enum class Run { immediate, deferred };

  struct Action {
    Run run = Run::immediate;
    Handler handler = {};
  };

  Router();
  Router(const Router&) = delete;  // an action refers to its router
  Router& operator=(const Router&) = delete;

  void get(std::string path, Run run, Handler handler);
  void post(std::string path, Run run, Handler handler);
  // Every path that begins with `prefix` ("/runbooks/") and has no route of its own.
  void get_below(std::string prefix, Run run, Handler handler);

  // Never without a handler.
  const Action& action_of(const Request& request) const;

 private:
  enum class Match { exact, prefix };
  struct Route {
    std::string path;
    Match match;
    Action get = {};
    Action post = {};
  };

  Route& route(std::string path, Match match);
  const Route* find(std::string_view path) const;

  std::vector<Route> routes_;
  const Action not_found_;
  const Action wrong_method_;
};

}  // namespace cal
