// Keeps the agent from locking its own account. Every bind takes its turn here, all networks' and
// probes' binds at the same guard:
// - Until a secret has worked, one bind with it is under way at a time.
// - A secret that the directory calls wrong is held: no bind with it for 15 minutes, then for an
//   hour. A changed secret is another one, and not held. Holds outlive a restart.
// - A bind that was refused for another reason (disabled, locked out, …) is repeated once per
//   interval, so that a repair shows. So is one without a verdict (no answer, busy, an unknown
//   code) until the secret has worked: the directory may have counted it. Networks with the same
//   secret take these turns in rounds, so that one whose server fails leaves the next to another.
// A secret is known by the account it belongs to, by each of its names, and by a salted hash; it is
// never kept.
// Thread-safe.
#pragma once

#include "agent/base/clock.h"
#include "agent/contract/state_file.h"
#include "probes/ldap/bind_account.h"
#include "probes/ldap/bind_holds.h"
#include "probes/ldap/bind_rounds.h"
#include "probes/ldap/fault.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::ldap {

class BindGuard {
 public:
  using Clock = std::function<Moment()>;

  BindGuard() : BindGuard(Moment::now) {}
  explicit BindGuard(Clock clock) : clock_(std::move(clock)) {}

  // Keeps the holds there. The first folder counts; it is read at the first bind. The commands that
  // report and end obey the agent's holds and keep their own beside them.
  void keep_in(const StateFolder& folder);

  // A bind that is about to be sent.
  struct Attempt {
    std::string network;
    std::vector<BindAccount> accounts;  // its names
    std::string_view secret;            // the password, or the keytab's content
    std::string_view secret_option;     // "password_file": where it is from, for messages
    std::string tried;                  // begins a fault's message
    Milliseconds interval;              // from one bind to the next, when it fails but is not held
  };

  // The permission for one bind, given back with its result.
  class Turn {
   public:
    Turn(Turn&& other) noexcept;
    Turn& operator=(Turn&&) = delete;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

    // The result of the bind; when it begins a hold, the message says so.
    Result<void> settle(Result<void> result);

   private:
    friend class BindGuard;
    enum class Place { alone, beside_others };
    Turn(BindGuard& guard, std::vector<BindKey> keys, const Attempt& attempt, SteadyTime begun,
         Place place);

    BindGuard* guard_;
    std::vector<BindKey> keys_;
    std::string tried_;
    Milliseconds interval_;
    SteadyTime begun_;
    Place place_;
  };

  // Waits, until the deadline, for a bind with the same secret that is under way. A held one is a
  // fault of kind bind_refused.
  Result<Turn> enter(const Attempt& attempt, Deadline deadline);

  // What the guard did for each network that has a directory, for metrics.
  struct Report {
    std::string network;
    std::uint64_t held = 0;           // binds that were not sent because of a hold
    std::optional<SystemTime> until;  // the end of the hold in force
  };
  std::vector<Report> reports() const;

  // A network has a directory, or has it no longer. Called once per directory.
  void add_network(const std::string& network);
  void remove_network(const std::string& network);

 private:
  struct Failed {
    Fault fault;
    std::string tried;  // begins the fault's message
    SystemTime at;
    SteadyTime next;
  };
  struct Secret {
    bool has_worked = false;
    bool is_under_way = false;  // a bind that nobody may go beside
    std::optional<Failed> failed = std::nullopt;
    BindRounds rounds = {};
  };
  struct Network {
    int directories = 0;
    std::uint64_t held = 0;
    std::vector<BindKey> keys = {};  // of the last bind
  };

  using Keys = std::vector<BindKey>;

  Keys keys_of(const Attempt& attempt) const;
  std::optional<Hold> hold_of(const Keys& keys, SystemTime now) const;
  // Null: none that a bind has to wait for.
  const Failed* last_failure(const Keys& keys, const std::string& network, SteadyTime now) const;
  bool any(const Keys& keys, bool Secret::*property) const;
  void load();
  void save_changes();
  std::string note(const Turn& turn, const Result<void>& result);
  void note_success(const Keys& keys);
  void note_failure(const Turn& turn, const Fault& fault, Moment now);
  void release(const Turn& turn);

  const Clock clock_;
  std::mutex save_mutex_;  // one save at a time; before the other one
  mutable std::mutex mutex_;
  std::condition_variable released_;
  // Guarded by the mutex:
  std::shared_ptr<StateFile> of_agent_;
  std::shared_ptr<StateFile> of_commands_;
  bool is_command_ = false;
  bool is_loaded_ = false;
  std::string salt_;
  BindHolds holds_;
  bool holds_changed_ = false;  // since they were saved
  std::map<BindKey, Secret> secrets_;
  std::map<std::string, Network> networks_;
};

}  // namespace cal::ldap
