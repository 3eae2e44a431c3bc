// What a probe keeps across restarts: one small text per network and probe, in a folder of its own.
// A text replaces the one before as a whole (written beside it, synced, renamed), so that whoever
// is killed leaves the old one or the new one. What cannot be kept on disk is kept in memory, and
// said once in the log. Thread-safe.
//
// Each probe counts the versions of its text from 1. An upgrade and a downgrade both have to keep
// state:
// - A program reads the texts of its own version and of all before. What they lack has a default.
// - Additions that an older program skips keep the version. Anything else is a new version, which
//   an older program sets aside; then the changelog says what a downgrade loses.
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
  // The folder is opened when the first state is loaded, and made when it is missing. With
  // `read_write` no other process may use it: a second agent on one folder would undo what the
  // first one writes, and so keeps its state in memory.
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

// A text, and the version of the program's form in which it was written.
struct SavedState {
  int version;
  std::string text;

  bool operator==(const SavedState&) const = default;
};

// Of the handles on one file, the one that loaded last owns it: after a reload, the last run of the
// probe that was replaced saves nothing any more.
class StateFile {
 public:
  // What was saved last, by this version or an older one; empty when there is none. One that is
  // damaged, or of a newer version than `version`, is set aside under another name and not
  // destroyed.
  std::optional<SavedState> load(int version);

  // After load(): the probe does not understand the text. It is set aside, too.
  void set_aside();

  // Keeps the text. False when it is not on disk though it should be: save again later.
  bool save(int version, std::string_view text);

 private:
  friend class StateFolder;
  struct Slot;
  StateFile(std::shared_ptr<StateFolder::Shared> folder, std::shared_ptr<Slot> slot)
      : folder_(std::move(folder)), slot_(std::move(slot)) {}

  std::shared_ptr<StateFolder::Shared> folder_;
  std::shared_ptr<Slot> slot_;
};

// The form on disk: a line with version, length and checksum, then the text. Pure.
std::string sealed_state(int version, std::string_view text);
// Empty, with a reason for people, when it is not whole or of a newer version than `version`.
struct OpenedState {
  std::optional<SavedState> state;
  std::string wrong = {};
};
OpenedState open_state(int version, std::string_view sealed);

}  // namespace cal
