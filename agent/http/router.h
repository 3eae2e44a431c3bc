// Which handler answers a request: by the whole path or, below a prefix, by the longest prefix.
// GET routes answer HEAD too. An unknown path gives 404, another method 405. Behind a proxy that
// serves the agent below a path, the router removes this prefix; nothing else knows it. Routes are
// set first; afterwards any thread may ask.
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

  // "/ebs", or empty. A proxy may have removed it already, so unless it is required, paths without
  // it are answered, too.
  struct Prefix {
    std::string path = {};
    bool required = false;
  };

  explicit Router(Prefix prefix);
  Router(const Router&) = delete;  // an action refers to its router
  Router& operator=(const Router&) = delete;
  ~Router() = default;

  void get(std::string path, Run run, Handler handler);
  void post(std::string path, Run run, Handler handler);
  // Every path that begins with `prefix` ("/runbooks/") and has no route of its own.
  void get_below(std::string prefix, Run run, Handler handler);

  // What handlers and routes know as the path. Empty, which has no route, for a path outside of a
  // required prefix.
  std::string_view path_below_prefix(std::string_view path) const;

  // Never without a handler. The request's path is below the prefix.
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

  const Prefix prefix_;
  std::vector<Route> routes_;
  const Action not_found_;
  const Action wrong_method_;
};

}  // namespace cal
