// Web configuration files: what is accepted is safe to serve with, what is not has an error for a
// terminal.
#include "agent/http/web_config.h"
#include "tests/fakes/certificates.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/fuzz/property.h"

#include <cstdint>

namespace {

using cal::fuzz::require;

// Beside the input: what it can name.
struct Folder {
  Folder() {
    const cal::fakes::CertificateAuthority authority("Test CA");
    const auto leaf = authority.issue({.names = {"localhost"}});
    files.write("cert.pem", leaf.certificate_pem);
    files.write("key.pem", leaf.key_pem);
    files.write("ca.pem", authority.certificate_pem());
  }
  cal::fakes::ScratchFolder files;
};

bool has_line_end(const std::string& text) {
  return text.find_first_of(std::string("\r\n\0", 3)) != text.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  folder.files.write("web.yml", std::string(data, data + size));
  const auto config = cal::load_web_config(folder.files / "web.yml");
  if (!config) {
    require(!config.error().empty(), "a rejected file has an error");
    require(config.error().text().size() < 1'000'000, "errors are bounded");
    return 0;
  }
  for (const auto& [name, value] : config->headers) {
    require(!name.empty() && !has_line_end(name) && !has_line_end(value),
            "a header does not end its line");
  }
  for (const auto& [name, hash] : config->users) {
    require(!name.empty() && cal::is_bcrypt_hash(hash), "a user has a hash of a password");
  }
  return 0;
}
