#include "agent/base/file.h"
#include "tests/catch.h"
#include "tests/fakes/captured_log.h"
#include "tests/fakes/scratch_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <future>

using namespace cal;
using cal::fakes::ScratchFolder;

namespace {

ReadFault fault_of(const std::filesystem::path& file, FileKind kind = FileKind::regular) {
  const auto text = read_file(file, 100, kind);
  REQUIRE_FALSE(text);
  return text.error();
}

}  // namespace

TEST_CASE("a file is read as a whole, up to its limit", "[file]") {
  const ScratchFolder folder;
  const auto size = GENERATE(as<std::size_t>(), 0, 1, 100, 16 * 1024 - 1, 16 * 1024, 100'000);
  const std::string content(size, 'x');
  folder.write("file", content);
  CHECK(read_file(folder / "file", size) == content);
  CHECK(read_file(folder / "file", size + 1) == content);
  if (size > 0) CHECK(read_file(folder / "file", size - 1).error().error == ReadError::too_large);
}

TEST_CASE("at level debug each read is logged with its file and size", "[file][log]") {
  const ScratchFolder folder;
  folder.write("file", "12345");
  const fakes::CapturedLog log;
  CHECK(read_file(folder / "file", 100));
  CHECK(log.has("level=debug msg=\"file read\" file=" + (folder / "file").string() +
                " bytes=5 duration_seconds=0."));
}

TEST_CASE("the limit holds for files of unknown size", "[file]") {
  CHECK(read_file("/proc/self/status", 100'000)->starts_with("Name:"));
  CHECK(fault_of("/proc/self/status").error == ReadError::too_large);
  CHECK(fault_of("/dev/zero", FileKind::any).what == "larger than 100 bytes");
  CHECK(too_large(64U << 20U).what == "larger than 64 MiB");
}

TEST_CASE("a file that cannot be read is refused with the reason", "[file]") {
  const ScratchFolder folder;
  CHECK(fault_of(folder / "none").error == ReadError::missing);
  CHECK(fault_of(folder / "none").what == "No such file or directory");
  CHECK(fault_of("/dev/null/none").error == ReadError::missing);
  CHECK(fault_of(folder.path()).error == ReadError::folder);
  CHECK(fault_of(folder.path(), FileKind::any).what == "it is a folder, not a file");
  CHECK(fault_of("/dev/zero").error == ReadError::not_regular);
  CHECK(fault_of("/proc/self/mem").error == ReadError::failed);
  CHECK(fault_of("/proc/self/mem").what == "Input/output error");
}

TEST_CASE("a file of another user is refused with permission denied", "[file]") {
  const ScratchFolder folder;
  folder.write("file", "");
  REQUIRE(chmod((folder / "file").c_str(), 0) == 0);
  constexpr uid_t nobody = 65534;
  const auto self = static_cast<uid_t>(setfsuid(nobody));  // root may read everything
  const auto text = read_file(folder / "file", 100);
  setfsuid(self);
  REQUIRE_FALSE(text);
  CHECK(text.error().error == ReadError::denied);
  CHECK(text.error().what == "Permission denied");
}

TEST_CASE("a pipe without a writer blocks nothing", "[file]") {
  const ScratchFolder folder;
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(fault_of(folder / "pipe").error == ReadError::not_regular);
  CHECK(read_file(folder / "pipe", 100, FileKind::any) == "");
}

TEST_CASE("a pipe that is allowed is read until its writer closes it", "[file]") {
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  auto text = std::async(std::launch::async, [name = fmt::format("/proc/self/fd/{}", ends[0])] {
    return read_file(name, 100, FileKind::any);
  });
  for (const char c : {'a', 'b'}) REQUIRE(write(writing.fd(), &c, 1) == 1);
  writing = UniqueFd();
  CHECK(text.get() == "ab");
}

TEST_CASE("a pipe whose writer stays silent, or trickles, is given up", "[file]") {
  using namespace std::chrono_literals;
  const auto every = GENERATE(0ms, 20ms);
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd reading(ends[0]);
  const UniqueFd writing(ends[1]);
  auto text = std::async(std::launch::async, [name = fmt::format("/proc/self/fd/{}", ends[0])] {
    return read_file(name, 1'000'000, FileKind::any, 300ms);
  });
  while (text.wait_for(every == 0ms ? 1s : every) == std::future_status::timeout) {
    if (every > 0ms) REQUIRE(write(writing.fd(), "x", 1) == 1);
  }
  const auto read = text.get();
  REQUIRE_FALSE(read);
  CHECK(read.error().what == "its writer did not end in time");
}

TEST_CASE("a library may open regular files of some size only", "[file]") {
  const ScratchFolder folder;
  folder.write("file", "12345");
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(check_file(folder / "file", 5));
  CHECK(check_file(folder / "file", 4).error().error == ReadError::too_large);
  CHECK(check_file(folder / "pipe", 5).error().error == ReadError::not_regular);
  CHECK(check_file("/dev/zero", 5).error().error == ReadError::not_regular);
  CHECK(check_file(folder / "none", 5).error().error == ReadError::missing);
}

TEST_CASE("a descriptor has one owner", "[file]") {
  UniqueFd first(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.fd();
  const auto is_open = [&] { return fcntl(number, F_GETFD) >= 0; };
  {
    UniqueFd second(std::move(first));
    CHECK(second.fd() == number);
    CHECK(is_open());
  }
  CHECK_FALSE(is_open());
}
