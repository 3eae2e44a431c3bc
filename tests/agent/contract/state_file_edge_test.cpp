#include "agent/contract/state_file.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"

#include <sys/resource.h>

#include <csignal>
#include <thread>

using namespace cal;
using fakes::ScratchFolder;

namespace {

constexpr auto read_write = StateFolder::Access::read_write;
constexpr auto read_only = StateFolder::Access::read_only;

const std::string name = "ebs.activation_events.state";

std::shared_ptr<StateFile> state_in(const StateFolder& folder) {
  return folder.file("ebs", "activation_events");
}

std::optional<std::string> text_of(const std::shared_ptr<StateFile>& state) {
  const auto saved = state->load(1);
  return saved ? std::optional(saved->text) : std::nullopt;
}

}  // namespace

TEST_CASE("a saved text is loaded by the next process", "[state]") {
  const ScratchFolder scratch;
  {
    const StateFolder folder(scratch / "new", read_write);
    const auto state = state_in(folder);
    CHECK_FALSE(state->load(1));
    CHECK(state->save(1, "first"));
    CHECK(state->save(1, "second"));
  }
  const StateFolder folder(scratch / "new", read_write);
  CHECK(text_of(state_in(folder)) == "second");
  CHECK_FALSE(folder.file("ebs", "other")->load(1));
  CHECK_FALSE(folder.file("other", "activation_events")->load(1));
}

TEST_CASE("without a folder the text is kept in memory, across a reload", "[state]") {
  const StateFolder folder;
  const auto state = state_in(folder);
  CHECK_FALSE(state->load(1));
  CHECK(state->save(1, "text"));
  CHECK(text_of(state_in(folder)) == "text");
}

TEST_CASE("without a folder that can be created, state stays in memory", "[state]") {
  const ScratchFolder scratch;
  const StateFolder folder(scratch / "missing" / "deeper", read_write);
  const auto state = state_in(folder);
  CHECK_FALSE(state->load(1));
  CHECK(state->save(1, "text"));
  CHECK(text_of(state_in(folder)) == "text");
  CHECK_FALSE(std::filesystem::exists(scratch / "missing"));
}

TEST_CASE("a reader writes nothing, not even the folder", "[state]") {
  const ScratchFolder scratch;
  const StateFolder none(scratch / "none", read_only);
  CHECK_FALSE(state_in(none)->load(1));
  CHECK(state_in(none)->save(1, "text"));
  CHECK_FALSE(std::filesystem::exists(scratch / "none"));

  scratch.write(name, "damaged");
  const StateFolder folder(scratch.path(), read_only);
  const auto state = state_in(folder);
  CHECK_FALSE(state->load(1));
  CHECK(state->save(1, "text"));
  CHECK(scratch.read(name) == "damaged");
}

TEST_CASE("a reader sees what another process keeps", "[state]") {
  const ScratchFolder scratch;
  const StateFolder writer(scratch.path(), read_write);
  const auto state = state_in(writer);
  state->load(1);
  state->save(1, "text");
  CHECK(text_of(state_in(StateFolder(scratch.path(), read_only))) == "text");
}

TEST_CASE("a folder that another agent uses is left alone", "[state]") {
  const ScratchFolder scratch;
  const StateFolder first(scratch.path(), read_write);
  const auto kept = state_in(first);
  kept->load(1);
  kept->save(1, "first");
  const StateFolder second(scratch.path(), read_write);
  const auto state = state_in(second);
  CHECK_FALSE(state->load(1));
  CHECK(state->save(1, "second"));
  CHECK(scratch.read(name) == sealed_state(1, "first"));
}

TEST_CASE("an unusable state file is renamed and not destroyed", "[state]") {
  const ScratchFolder scratch;
  const auto content = GENERATE(as<std::string>(), "", "damaged", sealed_state(2, "newer"),
                                sealed_state(1, "cut").substr(0, 30));
  scratch.write(name, content);
  scratch.write(name + ".set-aside-1", "from before");
  const StateFolder folder(scratch.path(), read_write);
  const auto state = state_in(folder);
  CHECK_FALSE(state->load(1));
  CHECK(state->save(1, "fresh"));
  CHECK(scratch.read(name) == sealed_state(1, "fresh"));
  CHECK(scratch.read(name + ".set-aside-1") == "from before");
  CHECK(scratch.read(name + ".set-aside-2") == content);
}

TEST_CASE("a state of an older version is read, and stays until it is saved again", "[state]") {
  const ScratchFolder scratch;
  scratch.write(name, sealed_state(1, "old"));
  const StateFolder folder(scratch.path(), read_write);
  const auto state = state_in(folder);
  CHECK(state->load(2) == SavedState{1, "old"});
  CHECK(scratch.read(name) == sealed_state(1, "old"));
  CHECK(state->save(2, "new"));
  CHECK(scratch.read(name) == sealed_state(2, "new"));
  CHECK_FALSE(std::filesystem::exists(scratch / (name + ".set-aside-1")));
}

TEST_CASE("a state that the probe does not understand is renamed", "[state]") {
  const ScratchFolder scratch;
  const auto content = sealed_state(1, "of another program");
  scratch.write(name, content);
  const auto access = GENERATE(read_write, read_only);
  const StateFolder folder(scratch.path(), access);
  const auto state = state_in(folder);
  REQUIRE(state->load(1));
  state->set_aside();
  CHECK_FALSE(state->load(1));
  CHECK(state->save(1, "fresh"));
  const bool writes = access == read_write;
  CHECK(scratch.read(name) == (writes ? sealed_state(1, "fresh") : content));
  CHECK(scratch.read(name + ".set-aside-1") == (writes ? content : ""));
}

TEST_CASE("a replaced probe does not overwrite the state of the new one", "[state]") {
  const ScratchFolder scratch;
  const StateFolder folder(scratch.path(), read_write);
  const auto before = state_in(folder);
  before->load(1);
  before->save(1, "before");
  const auto after = state_in(folder);
  CHECK(before->save(1, "still the one that loaded last"));
  CHECK(text_of(after) == "still the one that loaded last");
  CHECK(after->save(1, "after"));
  CHECK(before->save(1, "late"));
  CHECK(scratch.read(name) == sealed_state(1, "after"));
}

TEST_CASE("a replaced probe that loads late does not take the state back", "[state]") {
  const ScratchFolder scratch;
  const StateFolder folder(scratch.path(), read_write);
  const auto before = state_in(folder);
  const auto after = state_in(folder);
  after->load(1);
  before->load(1);
  CHECK(before->save(1, "late"));
  CHECK(after->save(1, "after"));
  CHECK(scratch.read(name) == sealed_state(1, "after"));
}

TEST_CASE("handles are made while other threads load", "[state]") {
  const StateFolder folder;
  for (int i = 0; i < 20'000; ++i) {
    const auto name = std::to_string(i);
    const auto first = folder.file("ebs", name);
    std::thread loading([&] { first->load(1); });
    CHECK_FALSE(folder.file("ebs", name)->load(1));
    loading.join();
  }
}

TEST_CASE("a text that is on disk is not written again", "[state]") {
  const ScratchFolder scratch;
  const StateFolder folder(scratch.path(), read_write);
  const auto state = state_in(folder);
  state->load(1);
  state->save(1, "text");
  scratch.write(name, "by somebody else");
  CHECK(state->save(1, "text"));
  CHECK(scratch.read(name) == "by somebody else");
  CHECK(state->save(1, "another"));
  CHECK(scratch.read(name) == sealed_state(1, "another"));
}

TEST_CASE("on a full disk the old text stays whole, and the new one is saved later", "[state]") {
  const ScratchFolder scratch;
  const StateFolder folder(scratch.path(), read_write);
  const auto state = state_in(folder);
  state->load(1);
  REQUIRE(state->save(1, "old"));

  // No file of this process may grow past this: what a full disk is to a writer.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit full{20, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  const bool saved = state->save(1, "new");
  const bool saved_again = state->save(1, "newer");
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);

  CHECK_FALSE(saved);
  CHECK_FALSE(saved_again);
  CHECK(scratch.read(name) == sealed_state(1, "old"));
  CHECK(text_of(state_in(folder)) == "newer");
  const auto owner = state_in(folder);
  owner->load(1);
  CHECK(owner->save(1, "newer"));
  CHECK(scratch.read(name) == sealed_state(1, "newer"));
}
