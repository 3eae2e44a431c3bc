#include "agent/http/basic_auth.h"

#include <crypt.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

namespace cal {

namespace {

constexpr std::string_view scheme = "Basic ";
constexpr std::size_t max_header_bytes = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_bcrypt_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
}

bool same_scheme(std::string_view text) {
  return text.size() == scheme.size() &&
         std::ranges::equal(text, scheme, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

// Whether bcrypt turns the password into this hash. crypt_r reads the salt and cost from it.
bool matches(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool same = made != nullptr && std::string_view(made).size() == hash.size() &&
                    gnutls_memcmp(made, hash.data(), hash.size()) == 0;
  gnutls_memset(data.get(), 0, sizeof(crypt_data));
  return same;
}

std::map<std::string, std::string> one_of_each_cost(const Users& users) {
  std::map<std::string, std::string> hashes;
  for (const auto& [user, hash] : users) hashes.emplace(cost_of(hash), hash);
  return hashes;
}

std::array<std::byte, 32> random_salt() {
  std::array<std::byte, 32> salt{};
  if (gnutls_rnd(GNUTLS_RND_KEY, salt.data(), salt.size()) != 0) {
    throw std::runtime_error("cannot get random bytes from the system");
  }
  return salt;
}

}  // namespace

bool is_bcrypt_hash(std::string_view text) {
  return text.size() == 60 && text.starts_with("$2") &&
         std::string_view("aby").find(text[2]) != std::string_view::npos && text[3] == '$' &&
         is_digit(text[4]) && is_digit(text[5]) && text[6] == '$' && text.substr(4, 2) >= "04" &&
         text.substr(4, 2) <= "31" && std::ranges::all_of(text.substr(7), is_bcrypt_character);
}

std::string_view cost_of(std::string_view bcrypt_hash) { return bcrypt_hash.substr(4, 2); }

std::optional<Credentials> parse_basic(std::string_view authorization) {
  if (authorization.size() > max_header_bytes || authorization.size() <= scheme.size() ||
      !same_scheme(authorization.substr(0, scheme.size()))) {
    return std::nullopt;
  }
  const auto encoded = authorization.substr(scheme.size());
  const std::vector<unsigned char> bytes(encoded.begin(), encoded.end());
  const gnutls_datum_t input{const_cast<unsigned char*>(bytes.data()),  // read only
                             static_cast<unsigned>(bytes.size())};
  gnutls_datum_t decoded{};
  if (gnutls_base64_decode2(&input, &decoded) != 0) return std::nullopt;
  const std::string text(decoded.data, decoded.data + decoded.size);
  gnutls_memset(decoded.data, 0, decoded.size);
  gnutls_free(decoded.data);
  const auto colon = text.find(':');
  // crypt_r would stop at a NUL and so take a part for the whole.
  if (colon == std::string::npos || text.find('\0') != std::string::npos) return std::nullopt;
  return Credentials{text.substr(0, colon), text.substr(colon + 1)};
}

BasicAuth::BasicAuth(Users users)
    : users_(std::move(users)), stand_ins_(one_of_each_cost(users_)), salt_(random_salt()) {}

std::optional<bool> BasicAuth::remembered(const Credentials& credentials) const {
  const auto key = key_of(credentials);
  const std::lock_guard lock(mutex_);
  if (right_.has(key)) return true;
  return wrong_.has(key) ? std::optional(false) : std::nullopt;
}

bool BasicAuth::check(const Credentials& credentials) {
  const std::lock_guard one_at_a_time(working_);
  if (const auto known = remembered(credentials)) return *known;
  const auto hash = hash_of(credentials.user);
  bool right = false;
  for (const auto& [cost, stand_in] : stand_ins_) {
    const bool is_own = !hash.empty() && cost_of(hash) == cost;
    right |= matches(credentials.password, is_own ? hash : stand_in) && is_own;
  }
  const auto key = key_of(credentials);
  const std::lock_guard lock(mutex_);
  (right ? right_ : wrong_).add(key);
  return right;
}

void BasicAuth::Memory::add(const Key& key) {
  if (!keys_.insert(key).second) return;
  oldest_first_.push_back(key);
  if (oldest_first_.size() <= max_keys) return;
  keys_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

// The parts are hashed with their lengths; without them, "a" and "bc" would equal "ab" and "c".
BasicAuth::Key BasicAuth::key_of(const Credentials& credentials) const {
  Key key{};
  gnutls_hash_hd_t hash = nullptr;
  if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) != 0) throw std::bad_alloc();
  gnutls_hash(hash, salt_.data(), salt_.size());
  for (const auto& part : {credentials.user, hash_of(credentials.user), credentials.password}) {
    const auto size = part.size();
    gnutls_hash(hash, &size, sizeof size);
    gnutls_hash(hash, part.data(), part.size());
  }
  gnutls_hash_deinit(hash, key.data());
  return key;
}

// Empty for a user that does not exist.
std::string BasicAuth::hash_of(const std::string& user) const {
  const auto found = users_.find(user);
  return found == users_.end() ? "" : found->second;
}

}  // namespace cal
