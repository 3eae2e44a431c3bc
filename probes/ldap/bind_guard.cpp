#include "probes/ldap/bind_guard.h"

#include "agent/base/text.h"
#include "probes/ldap/refusal.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cal::ldap {

namespace {

constexpr int state_version = 1;
constexpr std::size_t salt_size = 16;   // octets
constexpr std::size_t digest_size = 4;  // octets; see BindKey

std::string hex(const unsigned char* octets, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += fmt::format("{:02x}", octets[i]);
  return text;
}

std::string new_salt() {
  std::array<unsigned char, salt_size> octets{};
  gnutls_rnd(GNUTLS_RND_NONCE, octets.data(), octets.size());
  return hex(octets.data(), octets.size());
}

// "10:15 UTC"
std::string clock_text(SystemTime time) {
  return fmt::format("{:%H:%M} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

Fault held_fault(const BindGuard::Attempt& attempt, const Hold& hold) {
  const bool is_password = attempt.secret_option == "password_file";
  return {FaultKind::bind_refused,
          fmt::format("{}: held until {}, because the server refused this {} at {} ({}); change "
                      "the {} in {} to try at once",
                      attempt.tried, clock_text(hold.until), is_password ? "password" : "keytab",
                      clock_text(hold.refused_at), hold.code, is_password ? "password" : "key",
                      attempt.secret_option),
          refusal_by_code(hold.code)};
}

// Of a bind that is not sent, since the last one failed within the interval.
Fault repeated(const BindGuard::Attempt& attempt, const Fault& last, const std::string& tried,
               SystemTime at) {
  Fault fault = last;
  fault.is_of_all_servers = true;
  if (last.refusal == nullptr) {
    fault.message += fmt::format(
        " (at {}; until a bind with this {} has worked, one is sent per interval)", clock_text(at),
        attempt.secret_option == "password_file" ? "password" : "keytab");
    return fault;
  }
  const auto begin = tried + ": ";
  const auto what =
      last.message.starts_with(begin) ? last.message.substr(begin.size()) : last.message;
  fault.message = fmt::format("{}: {} (refused at {}; tried once per interval)", attempt.tried,
                              what, clock_text(at));
  return fault;
}

}  // namespace

void BindGuard::keep_in(const StateFolder& folder) {
  const std::lock_guard lock(mutex_);
  if (of_agent_) return;
  constexpr std::string_view name = "directory";  // no probe is called as these files are
  of_agent_ = folder.file(name, "binds");
  of_commands_ = folder.writable_file(name, "command_binds");
  is_command_ = folder.is_read_only();
}

void BindGuard::load() {
  if (std::exchange(is_loaded_, true)) return;
  for (const auto& file : {of_agent_, of_commands_}) {
    const auto saved = file ? file->load(state_version) : std::nullopt;
    if (!saved) continue;
    constexpr std::string_view key = "salt ";
    const std::string_view text = saved->text;
    const auto end = text.find('\n');
    if (!text.starts_with(key) || end == text.npos) {
      file->set_aside();
      continue;
    }
    const auto salt = text.substr(key.size(), end - key.size());
    if (salt_.empty()) salt_ = salt;
    if (salt_ == salt) holds_.merge(BindHolds::parse(text.substr(end + 1)));
  }
  if (salt_.empty()) salt_ = new_salt();
}

void BindGuard::save_changes() {
  const std::lock_guard saving(save_mutex_);
  std::string text;
  std::shared_ptr<StateFile> file;
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(holds_changed_, false)) return;
    text = fmt::format("salt {}\n{}", salt_, holds_.text());
    file = is_command_ ? of_commands_ : of_agent_;
  }
  if (!file || file->save(state_version, text)) return;
  const std::lock_guard lock(mutex_);
  holds_changed_ = true;  // tried again after the next bind
}

BindGuard::Keys BindGuard::keys_of(const Attempt& attempt) const {
  std::array<unsigned char, 32> digest{};  // SHA-256
  gnutls_hmac_fast(GNUTLS_MAC_SHA256, salt_.data(), salt_.size(), attempt.secret.data(),
                   attempt.secret.size(), digest.data());
  const auto secret = hex(digest.data(), digest_size);
  Keys keys;
  for (const auto& account : attempt.accounts) {
    keys.push_back({account.domain, account.name, secret});
  }
  return keys;
}

std::optional<Hold> BindGuard::hold_of(const Keys& keys, SystemTime now) const {
  std::optional<Hold> longest;
  for (const auto& key : keys) {
    const auto hold = holds_.at(key, now);
    if (hold && (!longest || hold->until > longest->until)) longest = hold;
  }
  return longest;
}

const BindGuard::Failed* BindGuard::last_failure(const Keys& keys, const std::string& network,
                                                 SteadyTime now) const {
  const Failed* last = nullptr;
  for (const auto& key : keys) {
    const auto found = secrets_.find(key);
    if (found == secrets_.end() || !found->second.failed) continue;
    const auto& failed = *found->second.failed;
    if (now >= failed.next && !found->second.rounds.is_turn_of_another(network, now)) continue;
    if (last == nullptr || failed.next > last->next) last = &failed;
  }
  return last;
}

bool BindGuard::any(const Keys& keys, bool Secret::*property) const {
  return std::ranges::any_of(keys, [&](const BindKey& key) {
    const auto found = secrets_.find(key);
    return found != secrets_.end() && found->second.*property;
  });
}

Result<BindGuard::Turn> BindGuard::enter(const Attempt& attempt, Deadline deadline) {
  std::unique_lock lock(mutex_);
  load();
  const auto keys = keys_of(attempt);
  networks_[attempt.network].keys = keys;
  const auto asked = clock_().steady;
  for (const auto& key : keys) {
    auto& secret = secrets_[key];
    if (secret.has_worked) continue;
    secret.rounds.ask(attempt.network, asked, asked + attempt.interval * 3 / 2);
  }
  while (true) {
    const auto now = clock_();
    if (const auto hold = hold_of(keys, now.system)) {
      ++networks_[attempt.network].held;
      return tl::unexpected(held_fault(attempt, *hold));
    }
    if (const auto* last = last_failure(keys, attempt.network, now.steady)) {
      return tl::unexpected(repeated(attempt, last->fault, last->tried, last->at));
    }
    if (any(keys, &Secret::has_worked)) {
      return {Turn(*this, keys, attempt, now.steady, Turn::Place::beside_others)};
    }
    if (!any(keys, &Secret::is_under_way)) {
      for (const auto& key : keys) {
        auto& secret = secrets_[key];
        secret.is_under_way = true;
        secret.rounds.take_turn(attempt.network);
      }
      return {Turn(*this, keys, attempt, now.steady, Turn::Place::alone)};
    }
    if (deadline.passed()) {
      return tl::unexpected(
          Fault{FaultKind::timeout,
                fmt::format("{}: another bind as this account has no answer yet, and until one has "
                            "worked they are sent one after another; check whether a server hangs",
                            attempt.tried)});
    }
    released_.wait_until(lock, deadline.at());
  }
}

void BindGuard::note_success(const Keys& keys) {
  for (const auto& key : keys) {
    auto& secret = secrets_[key];
    secret.has_worked = true;
    secret.failed.reset();
    secret.rounds = {};
    if (holds_.remove(key)) holds_changed_ = true;
    // The secrets that this account had before.
    std::erase_if(secrets_, [&](const auto& each) {
      return each.first.domain == key.domain && each.first.account == key.account &&
             each.first.digest != key.digest && !each.second.is_under_way;
    });
  }
}

void BindGuard::note_failure(const Turn& turn, const Fault& fault, Moment now) {
  if (fault.refusal == nullptr && any(turn.keys_, &Secret::has_worked)) return;
  // A run begins some milliseconds earlier or later than the one before.
  const Failed failed{fault, turn.tried_, now.system, turn.begun_ + turn.interval_ * 9 / 10};
  for (const auto& key : turn.keys_) {
    auto& secret = secrets_[key];
    secret.has_worked = false;
    secret.failed = failed;
  }
}

// Takes note of a result; empty, or what the message says about the next try.
std::string BindGuard::note(const Turn& turn, const Result<void>& result) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_();
  if (result) {
    note_success(turn.keys_);
    return "";
  }
  const auto* refusal = result.error().refusal;
  if (refusal == nullptr || refusal->secret != Refusal::Secret::wrong) {
    note_failure(turn, result.error(), now);
    return "";
  }
  auto until = now.system;
  for (const auto& key : turn.keys_) {
    secrets_[key].has_worked = false;
    until = std::max(until, holds_.add(key, refusal->code, now.system).until);
  }
  holds_changed_ = true;
  return fmt::format("; not tried again before {} unless it changes", clock_text(until));
}

void BindGuard::release(const Turn& turn) {
  if (turn.place_ == Turn::Place::beside_others) return;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& key : turn.keys_) secrets_[key].is_under_way = false;
  }
  released_.notify_all();
}

std::vector<BindGuard::Report> BindGuard::reports() const {
  const std::lock_guard lock(mutex_);
  const auto now = clock_().system;
  std::vector<Report> reports;
  for (const auto& [name, network] : networks_) {
    if (network.directories == 0) continue;
    const auto hold = hold_of(network.keys, now);
    reports.push_back({name, network.held, hold ? std::optional(hold->until) : std::nullopt});
  }
  return reports;
}

void BindGuard::add_network(const std::string& network) {
  const std::lock_guard lock(mutex_);
  ++networks_[network].directories;
}

void BindGuard::remove_network(const std::string& network) {
  const std::lock_guard lock(mutex_);
  const auto found = networks_.find(network);
  if (found != networks_.end() && --found->second.directories <= 0) networks_.erase(found);
}

BindGuard::Turn::Turn(BindGuard& guard, std::vector<BindKey> keys, const Attempt& attempt,
                      SteadyTime begun, Place place)
    : guard_(&guard),
      keys_(std::move(keys)),
      tried_(attempt.tried),
      interval_(attempt.interval),
      begun_(begun),
      place_(place) {}

BindGuard::Turn::Turn(Turn&& other) noexcept
    : guard_(std::exchange(other.guard_, nullptr)),
      keys_(std::move(other.keys_)),
      tried_(std::move(other.tried_)),
      interval_(other.interval_),
      begun_(other.begun_),
      place_(other.place_) {}

BindGuard::Turn::~Turn() {
  if (guard_ != nullptr) guard_->release(*this);
}

Result<void> BindGuard::Turn::settle(Result<void> result) {
  auto& guard = *std::exchange(guard_, nullptr);
  const auto more = guard.note(*this, result);
  guard.release(*this);
  if (!result) result.error().message += more;
  guard.save_changes();
  return result;
}

}  // namespace cal::ldap
