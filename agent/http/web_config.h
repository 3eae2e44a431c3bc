// The web configuration file (--web.config.file), in the format of Prometheus' exporter-toolkit:
// TLS, users and response headers. What it does not know it refuses, like the configuration itself.
#pragma once

#include "agent/contract/config_errors.h"
#include "agent/http/basic_auth.h"
#include "agent/http/message.h"
#include "agent/http/tls.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace cal {

struct WebConfig {
  std::optional<HttpTls> tls;  // none: plain HTTP
  Users users;                 // none: everybody may ask
  Headers headers;
  std::string seen;  // what stood in the files: equal text, nothing to do on a reload
};

// Reads and checks the file and those that it names.
tl::expected<WebConfig, ConfigErrors> load_web_config(const std::filesystem::path& file);

}  // namespace cal
