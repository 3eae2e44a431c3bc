#include "probes/inventory/text_file.h"

#include "agent/base/file.h"
#include "agent/base/read_log.h"
#include "probes/inventory/encoding.h"

#include <fmt/format.h>

namespace cal::inventory {

namespace {

TextFault failed(const std::string& what) { return {0, what}; }

tl::expected<WipedText, TextFault> read_octets(const OpenFile& file, std::size_t max_size) {
  const auto size = static_cast<std::size_t>(file.status.st_size);
  if (size > max_size) return tl::unexpected(failed(too_large(max_size).what));
  // One octet more than its size, to notice whether it is growing.
  WipedText octets(size + 1);
  const auto count = read_into(file, octets);
  if (!count) return tl::unexpected(failed(count.error().what));
  if (*count != size) {
    return tl::unexpected(
        failed("its size changed while it was read; the next run tries again. "
               "Write exports to a temporary file and rename it"));
  }
  octets.resize(size);
  return octets;
}

}  // namespace

FileFault unreadable(const std::filesystem::path& file, const TextFault& fault) {
  const auto where = fault.line == 0 ? std::string() : fmt::format("line {}: ", fault.line);
  return {FileFaultKind::unreadable, fmt::format("read {}: {}{}", file.string(), where, fault.what),
          file, fault.line};
}

tl::expected<TextFile, FileFault> read_text_file(const std::filesystem::path& file,
                                                 std::size_t max_size) {
  const auto input = open_file(file);
  if (!input) {
    const auto& [error, what] = input.error();
    if (error == ReadError::missing) {
      return tl::unexpected(FileFault{
          FileFaultKind::missing,
          fmt::format("read {}: there is no such file; check the name, and the export or the copy "
                      "that should bring it",
                      file.string()),
          file});
    }
    const auto* const step = error == ReadError::denied ? "; let the agent's user read it" : "";
    return tl::unexpected(unreadable(file, failed(what + step)));
  }
  ReadLog read_log(file);
  auto octets = read_octets(*input, max_size);
  if (octets) read_log.add(octets->size());
  if (!octets) return tl::unexpected(unreadable(file, octets.error()));
  auto text = to_utf8(std::move(*octets));
  if (!text) return tl::unexpected(unreadable(file, text.error()));
  return TextFile{std::move(*text), written_at(*input)};
}

}  // namespace cal::inventory
