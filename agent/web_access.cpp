#include "agent/web_access.h"

#include "agent/log.h"

#include <exception>
#include <utility>

namespace cal {

tl::expected<WebAccess, Mistakes> WebAccess::load(const std::filesystem::path& file) {
  if (file.empty()) return WebAccess({}, {});
  return load_web_config(file).map(
      [&](WebConfig config) { return WebAccess(file, std::move(config)); });
}

WebAccess::WebAccess(std::filesystem::path file, WebConfig config) : file_(std::move(file)) {
  adopt(std::move(config));
}

void WebAccess::renew(HttpServer& server) {
  if (file_.empty()) return;
  std::string mistakes;
  if (auto config = load_web_config(file_); !config) {
    mistakes = config.error().text();
  } else if (config->seen != seen_) {
    adopt(std::move(*config));
    try {
      server.replace(access_);
      log(LogLevel::info, "web configuration reloaded", {{"file", file_.string()}});
    } catch (const std::exception& error) {
      mistakes = error.what();
    }
  }
  if (!mistakes.empty() && mistakes != mistakes_) {
    log(LogLevel::error, "the web configuration before stays in force", {{"mistakes", mistakes}});
  }
  mistakes_ = std::move(mistakes);
}

void WebAccess::adopt(WebConfig config) {
  seen_ = std::move(config.seen);
  access_ = {.tls = nullptr, .auth = nullptr, .headers = std::move(config.headers)};
  if (config.tls) access_.tls = std::make_shared<const HttpTls>(std::move(*config.tls));
  if (!config.users.empty()) access_.auth = std::make_shared<BasicAuth>(std::move(config.users));
}

}  // namespace cal
