#include "agent/http/web_access.h"

#include "agent/base/log.h"
#include "agent/http/protection.h"

#include <exception>
#include <utility>

namespace cal {

tl::expected<WebAccess, ConfigErrors> WebAccess::load(const std::filesystem::path& file) {
  if (file.empty()) return WebAccess({}, {});
  return load_web_config(file).map(
      [&](WebConfig config) { return WebAccess(file, std::move(config)); });
}

WebAccess::WebAccess(std::filesystem::path file, WebConfig config)
    : file_(std::move(file)), config_(std::move(config)) {
  access_ = access_of(config_);  // it reads access_
}

void WebAccess::renew(HttpServer& server) {
  if (file_.empty()) return;
  std::string errors;
  if (auto config = load_web_config(file_, config_.tls ? &*config_.tls : nullptr); !config) {
    errors = config.error().text(max_logged_config_errors);
  } else if (*config != config_) {
    errors = adopt_renewed(std::move(*config), server);
  }
  if (!errors.empty() && errors != errors_) {
    log(LogLevel::error, "reloading the web configuration failed; the previous one stays in effect",
        {{"errors", errors}});
  }
  errors_ = std::move(errors);
}

// What is wrong; empty when the new configuration is in effect.
std::string WebAccess::adopt_renewed(WebConfig config, HttpServer& server) {
  if (const auto lost = lost_protection(access_, config); !lost.empty()) {
    return lost + "; restart cal_exporter to apply it";
  }
  auto access = access_of(config);
  try {
    server.replace(access);
  } catch (const std::exception& error) {
    return error.what();  // tried again the next time
  }
  access_ = std::move(access);
  config_ = std::move(config);
  log(LogLevel::info, "web configuration reloaded", {{"file", file_.string()}});
  return "";
}

HttpAccess WebAccess::access_of(const WebConfig& config) const {
  HttpAccess access{.tls = nullptr, .auth = nullptr, .headers = config.headers};
  if (config.tls) {
    // The same certificate keeps its connections.
    const bool is_same = access_.tls && *access_.tls == *config.tls;
    access.tls = is_same ? access_.tls : std::make_shared<const HttpTls>(*config.tls);
  }
  if (config.limit) {
    const bool is_same = access_.limit && access_.limit->settings() == *config.limit;
    access.limit = is_same ? access_.limit : std::make_shared<RateLimit>(*config.limit);
  }
  if (!config.users.empty()) access.auth = std::make_shared<BasicAuth>(config.users);
  return access;
}

}  // namespace cal
