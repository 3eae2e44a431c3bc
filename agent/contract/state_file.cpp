#include "agent/contract/state_file.h"

#include "agent/base/file.h"
#include "agent/base/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <mutex>
#include <system_error>

namespace cal {

namespace {

constexpr std::string_view heading = "cal_exporter state";
constexpr std::size_t max_state_size = 64U << 20U;  // bytes

// FNV-1a, 64 bits: detects damage, not forgery.
std::uint64_t checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A command that root runs leaves a file that the agent's user can read.
void give_to_owner(int file, const std::filesystem::path& folder) {
  struct stat owner {};
  if (geteuid() != 0 || stat(folder.c_str(), &owner) != 0) return;
  [[maybe_unused]] const int ignored = fchown(file, owner.st_uid, owner.st_gid);
}

// Empty on success, else what failed.
std::string replace_file(const std::filesystem::path& path, std::string_view content) {
  const auto fresh = path.string() + ".new";
  {
    const UniqueFd file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (file.valid()) give_to_owner(file.fd(), path.parent_path());
    if (!file.valid() || !write_all(file.fd(), content) || fsync(file.fd()) != 0) {
      return fmt::format("write {}: {}", fresh, last_error());
    }
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) {
    return fmt::format("rename {} to {}: {}", fresh, path.string(), last_error());
  }
  const UniqueFd folder(open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || fsync(folder.fd()) != 0) {
    return fmt::format("sync {}: {}", path.parent_path().string(), last_error());
  }
  return "";
}

std::filesystem::path free_name_beside(const std::filesystem::path& path) {
  for (int number = 1;; ++number) {
    auto name = fmt::format("{}.set-aside-{}", path.string(), number);
    std::error_code error;
    if (!std::filesystem::exists(name, error)) return name;
  }
}

}  // namespace

std::string sealed_state(int version, std::string_view text) {
  return fmt::format("{} {} {} {:016x}\n{}", heading, version, text.size(), checksum(text), text);
}

OpenedState open_state(int version, std::string_view sealed) {
  constexpr auto damaged = "is damaged";
  const auto line_end = sealed.find('\n');
  if (!sealed.starts_with(heading) || line_end == sealed.npos) return {std::nullopt, damaged};
  int found = 0;
  const auto number = sealed.substr(heading.size() + 1);
  const auto read = std::from_chars(number.data(), sealed.data() + line_end, found);
  if (read.ec != std::errc{} || found < 1) return {std::nullopt, damaged};
  if (found > version) {
    return {std::nullopt, fmt::format("was written by a newer version of cal_exporter: it has "
                                      "version {}, and {} is the newest that can be read",
                                      found, version)};
  }
  const auto text = sealed.substr(line_end + 1);
  if (sealed != sealed_state(found, text)) return {std::nullopt, damaged};
  return {SavedState{found, std::string(text)}};
}

// The state of one probe. `folder` is empty while it is kept in memory only.
struct StateFile::Slot {
  std::mutex mutex;
  std::string name;
  std::filesystem::path folder;
  bool read_only = false;
  int owner = 0;                    // the number of a handle
  std::optional<SavedState> state;  // as saved last, or as read
  bool was_read = false;
  bool failing = false;  // so that a full disk is logged once

  std::filesystem::path path() const { return folder / name; }
  void read(int version);
  void set_aside(std::string_view why);
  bool write();
};

struct StateFolder::Shared {
  std::filesystem::path folder;  // empty: in memory only
  bool read_only = true;
  std::mutex mutex;  // after that of a slot
  bool opened = false;
  UniqueFd lock;
  std::map<std::string, std::shared_ptr<StateFile::Slot>> slots;
  int handles = 0;

  std::filesystem::path usable_folder();
};

// The folder, or empty when it cannot be used.
std::filesystem::path StateFolder::Shared::usable_folder() {
  const std::lock_guard guard(mutex);
  std::error_code ignored;
  if (read_only && !std::filesystem::is_directory(folder, ignored)) return {};
  if (opened || read_only || folder.empty()) return folder;
  opened = true;
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  lock = UniqueFd(open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (lock.valid() && flock(lock.fd(), LOCK_EX | LOCK_NB) == 0) return folder;
  log(LogLevel::warning, "state is kept in memory only and will be lost on exit; see --state.dir",
      {{"folder", folder.string()},
       {"error", errno == EWOULDBLOCK ? "another cal_exporter is using it" : last_error()}});
  folder.clear();
  return folder;
}

StateFolder::StateFolder() : shared_(std::make_shared<Shared>()) {}

StateFolder::StateFolder(std::filesystem::path folder, Access access) : StateFolder() {
  shared_->folder = std::move(folder);
  shared_->read_only = access == Access::read_only;
}

namespace {

std::string file_name(std::string_view network, std::string_view probe) {
  return fmt::format("{}.{}.state", network, probe);
}

}  // namespace

bool StateFolder::is_read_only() const { return shared_->read_only; }

std::shared_ptr<StateFile> StateFolder::file(std::string_view network,
                                             std::string_view probe) const {
  return file(file_name(network, probe), is_read_only() ? Access::read_only : Access::read_write);
}

std::shared_ptr<StateFile> StateFolder::writable_file(std::string_view network,
                                                      std::string_view probe) const {
  return file(file_name(network, probe), Access::read_write);
}

std::shared_ptr<StateFile> StateFolder::file(std::string name, Access access) const {
  const std::lock_guard guard(shared_->mutex);
  auto& slot = shared_->slots[name];
  if (!slot) {
    slot = std::make_shared<StateFile::Slot>();
    slot->name = std::move(name);
    slot->read_only = access == Access::read_only;
  }
  return std::shared_ptr<StateFile>(new StateFile(shared_, slot, ++shared_->handles));
}

std::optional<SavedState> StateFile::load(int version) {
  const std::lock_guard guard(slot_->mutex);
  slot_->owner = std::max(slot_->owner, number_);
  if (!slot_->was_read) {
    slot_->folder = folder_->usable_folder();
    slot_->read(version);
    slot_->was_read = true;
  }
  return slot_->state;
}

void StateFile::set_aside() {
  const std::lock_guard guard(slot_->mutex);
  if (slot_->owner != number_ || !slot_->state) return;
  slot_->state.reset();
  slot_->set_aside(
      "is intact, but the probe does not understand it: was it written by a newer "
      "version of cal_exporter?");
}

bool StateFile::save(int version, std::string_view text) {
  const std::lock_guard guard(slot_->mutex);
  if (slot_->owner != number_) return true;  // replaced: this text is outdated
  SavedState state{version, std::string(text)};
  if (slot_->state == state && !slot_->failing) return true;
  slot_->state = std::move(state);
  return slot_->write();
}

void StateFile::Slot::read(int version) {
  if (folder.empty()) return;
  const auto sealed = read_file(path(), max_state_size);
  if (!sealed && sealed.error().error == ReadError::missing) return;
  if (!sealed) {
    log(LogLevel::warning, "cannot read the state file; starting with empty state in memory",
        {{"file", path().string()}, {"error", sealed.error().what}});
    folder.clear();
    return;
  }
  auto opened = open_state(version, *sealed);
  state = std::move(opened.state);
  if (!state) set_aside(opened.wrong);
}

// Only the file; the caller resets what is in memory.
void StateFile::Slot::set_aside(std::string_view why) {
  if (folder.empty() || read_only) return;
  std::error_code error;
  const auto aside = free_name_beside(path());
  std::filesystem::rename(path(), aside, error);
  log(LogLevel::warning, "the state file is unusable; moved it aside and starting with empty state",
      {{"file", path().string()},
       {"why", std::string(why)},
       {"set_aside_as", error ? error.message() : aside.string()}});
  if (error) folder.clear();  // a file that cannot be moved must not be overwritten
}

bool StateFile::Slot::write() {
  if (folder.empty() || read_only) return true;
  const auto wrong = replace_file(path(), sealed_state(state->version, state->text));
  if (wrong.empty() == failing) {
    failing = !failing;
    if (failing) {
      log(LogLevel::error, "cannot save the state; keeping it in memory and trying again",
          {{"error", wrong}});
    } else {
      log(LogLevel::info, "saving the state works again", {{"file", path().string()}});
    }
  }
  return !failing;
}

}  // namespace cal
