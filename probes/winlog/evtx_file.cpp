#include "probes/winlog/evtx_file.h"

#include "probes/winlog/event_time.h"
#include "probes/winlog/event_xml.h"

#include <fmt/format.h>
#include <libevtx.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

namespace cal::winlog {

namespace {

struct FileDeleter {
  void operator()(libevtx_file_t* file) const { libevtx_file_free(&file, nullptr); }
};
struct RecordDeleter {
  void operator()(libevtx_record_t* record) const { libevtx_record_free(&record, nullptr); }
};
using File = std::unique_ptr<libevtx_file_t, FileDeleter>;
using Record = std::unique_ptr<libevtx_record_t, RecordDeleter>;

// The innermost message: "libcfile_file_open: unable to open file: x."
std::string take_error(libevtx_error_t* error) {
  std::array<char, 512> text{};
  libevtx_error_sprint(error, text.data(), text.size());
  libevtx_error_free(&error);
  const std::string_view all(text.data());
  return std::string(all.substr(0, all.find('\n')));
}

Record record_at(libevtx_file_t* file, int index) {
  libevtx_record_t* record = nullptr;
  if (libevtx_file_get_record_by_index(file, index, &record, nullptr) != 1) return nullptr;
  return Record(record);
}

// A text of a record by its pair of functions: its size with the final NUL, then the text itself.
template <class Size, class Get>
std::string text_of(libevtx_record_t* record, Size size, Get get) {
  constexpr std::size_t most = 1024 * 1024;
  std::size_t length = 0;
  if (size(record, &length, nullptr) != 1 || length <= 1 || length > most) return "";
  std::vector<std::uint8_t> bytes(length);
  if (get(record, bytes.data(), length, nullptr) != 1) return "";
  return {bytes.begin(), bytes.end() - 1};
}

std::string provider_of(libevtx_record_t* record) {
  return text_of(record, libevtx_record_get_utf8_source_name_size,
                 libevtx_record_get_utf8_source_name);
}

template <class T>
std::optional<T> number_in(std::string_view xml, std::string_view element) {
  const auto text = element_text(xml, element);
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && !text.empty() ? std::optional(number) : std::nullopt;
}

// Nearly all comes from the XML. So does the record id: in an exported log, and in one of forwarded
// events, the record's own number is another one.
std::optional<Event> event_of(libevtx_record_t* record) {
  std::uint64_t written = 0;
  libevtx_record_get_written_time(record, &written, nullptr);
  const auto xml =
      text_of(record, libevtx_record_get_utf8_xml_string_size, libevtx_record_get_utf8_xml_string);
  const auto system_end = std::min(xml.find("</System>"), xml.size());
  const auto system = std::string_view(xml).substr(0, system_end);
  const auto id = number_in<std::uint32_t>(system, "EventID");
  const auto record_id = number_in<std::uint64_t>(system, "EventRecordID");
  const auto time = from_filetime(written);
  if (!id || !record_id || !time) return std::nullopt;
  return Event{.provider = attribute_text(system, "Provider", "Name"),
               .id = *id,
               .record_id = *record_id,
               .computer = element_text(system, "Computer"),
               .channel = element_text(system, "Channel"),
               .time = *time,
               .user = attribute_text(system, "Security", "UserID"),
               .data = data_of_xml(std::string_view(xml).substr(system_end)),
               .data_in_order = true};
}

struct Found {
  std::uint64_t number;  // of the record, in its own file
  int index;
};

}  // namespace

tl::expected<EvtxReport, std::string> read_evtx(const std::string& path,
                                                std::span<const std::string_view> providers,
                                                const std::function<void(const Event&)>& on_event) {
  libevtx_file_t* made = nullptr;
  libevtx_error_t* error = nullptr;
  if (libevtx_file_initialize(&made, &error) != 1) return tl::unexpected(take_error(error));
  const File file(made);
  if (libevtx_file_open(made, path.c_str(), LIBEVTX_OPEN_READ, &error) != 1) {
    return tl::unexpected(take_error(error));
  }
  int count = 0;
  if (libevtx_file_get_number_of_records(made, &count, &error) != 1) {
    return tl::unexpected(take_error(error));
  }

  EvtxReport report{.damaged = libevtx_file_is_corrupted(made, nullptr) == 1};
  std::vector<Found> found;
  for (int index = 0; index < count; ++index) {
    const auto record = record_at(made, index);
    std::uint64_t number = 0;
    if (!record || libevtx_record_get_identifier(record.get(), &number, nullptr) != 1) {
      ++report.unparsed;
    } else if (providers.empty() ||
               std::ranges::find(providers, provider_of(record.get())) != providers.end()) {
      found.push_back({number, index});
    }
  }
  std::ranges::stable_sort(found, {}, &Found::number);
  for (const auto& [number, index] : found) {
    const auto record = record_at(made, index);
    const auto event = record ? event_of(record.get()) : std::nullopt;
    if (event) {
      on_event(*event);
    } else {
      ++report.unparsed;
    }
  }
  return report;
}

}  // namespace cal::winlog
