// The stores of CAs that all runs share, one for each CA file, since reading the system's CAs takes
// longer than many handshakes. Changes on disk take effect on the next call. Thread-safe.
#pragma once

#include "probes/net/certificate.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace cal::net {

class TrustStores {
 public:
  // Like TrustStore::load.
  tl::expected<std::shared_ptr<const TrustStore>, std::string> get(
      const std::filesystem::path& ca_file);

 private:
  struct Loaded {
    std::string state;  // of the files that the store was read from
    std::shared_ptr<const TrustStore> store;
  };

  std::mutex mutex_;
  std::map<std::filesystem::path, Loaded> loaded_;
};

}  // namespace cal::net
