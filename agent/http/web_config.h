// The web configuration file (--web.config.file), in the format of Prometheus' exporter-toolkit:
// TLS, users, response headers and a rate limit. An unknown key is an error, as in the main
// configuration.
#pragma once

#include "agent/contract/config_errors.h"
#include "agent/http/basic_auth.h"
#include "agent/http/message.h"
#include "agent/http/rate_limit.h"
#include "agent/http/tls.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace cal {

struct WebConfig {
  std::optional<HttpTls> tls = {};                // none: plain HTTP
  Users users = {};                               // none: everyone has access
  Headers headers = {};                           // a blank value: the header is left out
  std::optional<RateLimit::Settings> limit = {};  // none: any number of requests

  // With the contents of all files that it names, and of the host's CAs if they count: if it is
  // equal, a reload has nothing to do.
  bool operator==(const WebConfig&) const = default;
};

// Reads and checks the file and those that it names. `proven`: see read_tls().
tl::expected<WebConfig, ConfigErrors> load_web_config(const std::filesystem::path& file,
                                                      const HttpTls* proven = nullptr);

}  // namespace cal
