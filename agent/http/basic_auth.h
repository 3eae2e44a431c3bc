// HTTP basic authentication (RFC 7617) against bcrypt hashes. A check takes tens of milliseconds of
// processor time, so results are remembered, and a check belongs on a thread that may block.
// Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace cal {

using Users = std::map<std::string, std::string>;  // name to bcrypt hash

// "$2y$10$…" with a cost from 4 to 31 and 53 characters of salt and digest.
bool is_bcrypt_hash(std::string_view text);

// The cost of such a hash, two digits; each step doubles the work.
std::string_view cost_of(std::string_view bcrypt_hash);

struct Credentials {
  std::string user;
  std::string password;
};

// From the value of an Authorization header; empty when it has another form.
std::optional<Credentials> parse_basic(std::string_view authorization);

class BasicAuth {
 public:
  explicit BasicAuth(Users users);
  BasicAuth(const BasicAuth&) = delete;
  BasicAuth& operator=(const BasicAuth&) = delete;
  ~BasicAuth() = default;

  // The remembered result; returns at once.
  std::optional<bool> remembered(const Credentials& credentials) const;

  // Computes the result, one at a time, and remembers it. Every check computes one hash per
  // configured cost, so that timing does not reveal user names.
  bool check(const Credentials& credentials);

 private:
  using Key = std::array<std::byte, 32>;

  // The newest keys.
  class Memory {
   public:
    bool has(const Key& key) const { return keys_.contains(key); }
    void add(const Key& key);

   private:
    static constexpr std::size_t max_keys = 256;
    std::set<Key> keys_;
    std::deque<Key> oldest_first_;
  };

  Key key_of(const Credentials& credentials) const;
  std::string hash_of(const std::string& user) const;

  const Users users_;
  const std::map<std::string, std::string> stand_ins_;  // a hash for each configured cost
  const std::array<std::byte, 32> salt_;  // so that a remembered key cannot be looked up elsewhere
  std::mutex working_;
  mutable std::mutex mutex_;
  // Separate, so that a flood of wrong passwords pushes out no right one.
  Memory right_;  // under mutex_
  Memory wrong_;  // under mutex_
};

}  // namespace cal
