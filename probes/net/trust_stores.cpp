#include "probes/net/trust_stores.h"

#include <fmt/format.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdlib>

namespace cal::net {

namespace {

// Equal texts mean that the file, or the folder's list of files, has not changed.
std::string state_of(const char* path) {
  struct stat status {};
  if (::stat(path, &status) != 0) return "none;";
  return fmt::format("{} {} {} {}.{};", status.st_dev, status.st_ino, status.st_size,
                     status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

// Where OpenSSL looks for the system's CAs.
const char* place(const char* variable, const char* usual) {
  const char* set = std::getenv(variable);
  return set == nullptr ? usual : set;
}

}  // namespace

tl::expected<std::shared_ptr<const TrustStore>, std::string> TrustStores::get(
    const std::filesystem::path& ca_file) {
  // Taken before the files are read, so that a change in the meantime makes the next call read them
  // again.
  const auto state =
      state_of(place(X509_get_default_cert_file_env(), X509_get_default_cert_file())) +
      state_of(place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir())) +
      state_of(ca_file.c_str());
  const std::lock_guard lock(mutex_);
  auto& known = loaded_[ca_file];
  if (known.store && known.state == state) return known.store;
  auto fresh = TrustStore::load(ca_file);
  if (!fresh) return tl::unexpected(fresh.error());
  known = {state, std::make_shared<const TrustStore>(std::move(*fresh))};
  return known.store;
}

}  // namespace cal::net
