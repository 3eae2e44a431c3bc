// The access of the running server, from the web configuration file, and its reload: a new
// certificate, user or header takes effect without a restart. Not thread-safe.
#pragma once

#include "agent/contract/config_errors.h"
#include "agent/http/server.h"
#include "agent/http/web_config.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

namespace cal {

class WebAccess {
 public:
  // Without a file: plain HTTP for everyone.
  static tl::expected<WebAccess, ConfigErrors> load(const std::filesystem::path& file);

  HttpAccess current() const { return access_; }

  // Reads the files again and applies what changed. A file that has an error or removes protection
  // (protection.h) changes nothing and is logged once. Do not call it from a handler of the server:
  // it waits for them.
  void renew(HttpServer& server);

 private:
  WebAccess(std::filesystem::path file, WebConfig config);
  HttpAccess access_of(const WebConfig& config) const;
  std::string adopt_renewed(WebConfig config, HttpServer& server);

  std::filesystem::path file_;
  WebConfig config_;
  std::string errors_;
  HttpAccess access_;
};

}  // namespace cal
