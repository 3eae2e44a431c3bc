// What a probe keeps across restarts: one small text per network and probe, in one folder. A text
// is replaced as a whole (written beside the old one, synced, renamed), so that a process that is
// killed leaves either the old one or the new one. State that cannot be written to disk is kept in
// memory, and the log says so once. Thread-safe.
//
// Each probe counts the versions of its text from 1. An upgrade and a downgrade both have to keep
// state:
// - A program reads the texts of its own version and of all older ones. What they lack has a
//   default.
// - Additions that an older program skips keep the version. Anything else is a new version, which
//   an older program moves aside; then the changelog says what a downgrade loses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cal {

class StateFile;

// The folder (--state.dir), shared by its copies.
class StateFolder {
 public:
  enum class Access { read_write, read_only };

  // Keeps everything in memory.
  StateFolder();
  // The folder is opened when the first state is loaded, and created if it is missing. With
  // `read_write` no other process may use it: a second agent on one folder would undo what the
  // first one writes, so it keeps its state in memory.
  StateFolder(std::filesystem::path folder, Access access);

  // The state of one probe. Touches no file yet.
  std::shared_ptr<StateFile> file(std::string_view network, std::string_view probe) const;

  // One that is written in a folder for reading, too: for the commands that report and end, which
  // are not alone in the folder. It has to have another name than what the agent writes.
  std::shared_ptr<StateFile> writable_file(std::string_view network, std::string_view probe) const;

  bool is_read_only() const;

 private:
  std::shared_ptr<StateFile> file(std::string name, Access access) const;

  friend class StateFile;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

// A text, and the version of the format in which it was written.
struct SavedState {
  int version;
  std::string text;

  bool operator==(const SavedState&) const = default;
};

// Of the handles on one file that have loaded, the newest owns it: after a reload, the last run of
// a probe that was replaced no longer saves anything.
class StateFile {
 public:
  // The last saved text, of this version or an older one; empty when there is none. The file is
  // read the first time only. One that is damaged, or of a newer version than `version`, is renamed
  // and not destroyed.
  std::optional<SavedState> load(int version);

  // After load(), when the probe does not understand the text: renames the file.
  void set_aside();

  // Keeps the text, and writes it to disk unless it is there. False when that failed: save again
  // later.
  bool save(int version, std::string_view text);

 private:
  friend class StateFolder;
  struct Slot;
  StateFile(std::shared_ptr<StateFolder::Shared> folder, std::shared_ptr<Slot> slot, int number)
      : folder_(std::move(folder)), slot_(std::move(slot)), number_(number) {}

  std::shared_ptr<StateFolder::Shared> folder_;
  std::shared_ptr<Slot> slot_;
  int number_;  // of the handles that the folder gave, from 1
};

// The format on disk: a line with version, length and checksum, then the text. Pure.
std::string sealed_state(int version, std::string_view text);
// Empty, with a reason for people, when it is damaged or of a newer version than `version`.
struct OpenedState {
  std::optional<SavedState> state;
  std::string wrong = {};
};
OpenedState open_state(int version, std::string_view sealed);

}  // namespace cal
