#include "probes/evtx/event_log.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace cal::evtx {

namespace {

constexpr std::size_t file_header_size = 128;
constexpr std::size_t chunk_size = 64 * 1024;
constexpr std::size_t chunk_header_size = 512;
constexpr std::size_t max_chunks = 1U << 20U;  // 64 GiB, above any log that Windows keeps
constexpr std::size_t record_head_size = 24;   // magic, size, number, time
constexpr std::size_t record_tail_size = 4;    // the size again
constexpr std::uint32_t record_magic = 0x00002a2a;

using Buffer = std::vector<std::uint8_t>;

template <class T>
T number_at(Bytes bytes, std::size_t at) {
  return Cursor(bytes, at).number<T>();
}

bool starts_with(Bytes bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

// Fills the buffer from `at`; what lies behind the end of the file is zero. How many bytes came.
std::size_t read_at(std::istream& file, std::size_t at, Buffer& into) {
  file.clear();
  file.seekg(static_cast<std::streamoff>(at));
  file.read(reinterpret_cast<char*>(into.data()),  // NOLINT: bytes as the stream gives them
            static_cast<std::streamsize>(into.size()));
  const auto count = static_cast<std::size_t>(file.gcount());
  std::fill(into.begin() + static_cast<std::ptrdiff_t>(count), into.end(), std::uint8_t{0});
  return count;
}

struct FileHeader {
  std::size_t size;      // of the block before the first chunk
  std::uint16_t chunks;  // as of the last time the log was closed
  bool is_dirty;
  bool has_checksums;
};

tl::expected<FileHeader, std::string> read_file_header(std::istream& file) {
  Buffer header(file_header_size);
  const auto count = read_at(file, 0, header);
  if (count == 0) return tl::unexpected(std::string("the file is empty"));
  if (!starts_with(header, std::string_view("ElfFile\0", 8))) {
    return tl::unexpected(std::string("this is not an event log: it does not begin with ElfFile"));
  }
  if (count < file_header_size) return tl::unexpected(std::string("the file's header is cut off"));
  const auto flags = number_at<std::uint32_t>(header, 120);
  return FileHeader{number_at<std::uint16_t>(header, 40), number_at<std::uint16_t>(header, 42),
                    (flags & 1) != 0, (flags & 4) == 0};
}

struct ChunkPlace {
  std::size_t at;              // in the file
  std::uint64_t first_number;  // of its first record
};

// Reads the records of one chunk.
class Chunk {
 public:
  Chunk(Bytes bytes, bool has_checksums) : bytes_(bytes) {
    const auto header_sum = number_at<std::uint32_t>(bytes, 124);
    header_is_whole_ =
        !has_checksums || checksum({{0, 120}, {128, chunk_header_size}}) == header_sum;
    last_number_ = number_at<std::uint64_t>(bytes, 16);
    free_at_ = number_at<std::uint32_t>(bytes, 48);
    header_is_whole_ = header_is_whole_ && free_at_ >= chunk_header_size && free_at_ <= chunk_size;
    data_are_whole_ =
        !header_is_whole_ || !has_checksums ||
        checksum({{chunk_header_size, free_at_}}) == number_at<std::uint32_t>(bytes, 52);
  }

  // Walks from record to record; where one is broken, on to the next that is whole. Returns the
  // number of the last one; 0 if there is none.
  std::uint64_t read(const std::function<void(const Record&)>& on_record, LogReport& report,
                     bool is_dirty) {
    std::size_t at = chunk_header_size;
    std::uint64_t last = 0;
    bool is_broken = false;
    while (at < chunk_size) {
      const auto size = record_size(at);
      if (size == 0) {
        if (!belongs_to_data(at)) break;
        is_broken = true;
        at = next_record(at);
        continue;
      }
      const auto number = number_at<std::uint64_t>(bytes_, at + 8);
      // Behind the data may lie what the chunk held in an earlier round.
      if (!belongs_to_data(at) && last != 0 && number != last + 1) break;
      last = number;
      on_record({number, bytes_, at + record_head_size, at + size - record_tail_size});
      at += size;
    }
    report_loss(report, last, is_broken, is_dirty);
    return last;
  }

 private:
  struct Range {
    std::size_t begin;
    std::size_t end;
  };

  std::uint32_t checksum(std::initializer_list<Range> ranges) const {
    auto sum = crc32(0, nullptr, 0);
    for (const auto& [begin, end] : ranges) {
      sum = crc32(sum, bytes_.data() + begin, static_cast<unsigned>(end - begin));
    }
    return static_cast<std::uint32_t>(sum);
  }

  bool belongs_to_data(std::size_t at) const { return header_is_whole_ && at < free_at_; }

  bool is_magic(std::size_t at) const {
    return at + sizeof record_magic <= chunk_size &&
           number_at<std::uint32_t>(bytes_, at) == record_magic;
  }

  // 0 when there is no whole record.
  std::size_t record_size(std::size_t at) const {
    if (at + record_head_size + record_tail_size > chunk_size) return 0;
    if (!is_magic(at)) return 0;
    const std::size_t size = number_at<std::uint32_t>(bytes_, at + 4);
    if (size < record_head_size + record_tail_size || size > chunk_size - at) return 0;
    // A log in use may lack the size at the end of its last record.
    const bool ends = number_at<std::uint32_t>(bytes_, at + size - record_tail_size) == size ||
                      at + size == free_at_ || is_magic(at + size);
    return ends ? size : 0;
  }

  std::size_t next_record(std::size_t at) const {
    for (at += 8; at < free_at_; at += 8) {  // records are aligned
      if (record_size(at) != 0) return at;
    }
    return free_at_;
  }

  void report_loss(LogReport& report, std::uint64_t last, bool is_broken, bool is_dirty) const {
    constexpr std::uint64_t max_records = chunk_size / record_head_size;
    if (!header_is_whole_ && !is_dirty && report.damage.empty()) {
      report.damage = "the header of a chunk is damaged";
    }
    const bool ends_early =
        header_is_whole_ && !is_dirty && last < last_number_ && last_number_ - last <= max_records;
    if (ends_early) report.lost += last_number_ - last;
    if (is_broken && !ends_early) ++report.lost;
    const bool is_changed = !data_are_whole_ && !is_dirty;
    if ((is_broken || ends_early || is_changed) && report.damage.empty()) {
      report.damage = "records of a chunk are damaged";
    }
  }

  Bytes bytes_;
  bool header_is_whole_;
  bool data_are_whole_;
  std::uint64_t last_number_;
  std::size_t free_at_;
};

std::vector<ChunkPlace> find_chunks(std::istream& file, const FileHeader& header,
                                    LogReport& report) {
  std::vector<ChunkPlace> places;
  Buffer head(chunk_header_size + record_head_size);
  std::size_t used = 0;
  for (std::size_t at = header.size;; at += chunk_size) {
    const auto count = read_at(file, at, head);
    if (count == 0) break;
    if (at / chunk_size > max_chunks) {
      report.damage = "the file is larger than 64 GiB; the rest was not read";
      break;
    }
    if (starts_with(head, std::string_view("ElfChnk\0", 8))) {
      ++used;
      places.push_back({at, number_at<std::uint64_t>(head, chunk_header_size + 8)});
    } else if (std::ranges::any_of(head, [](std::uint8_t byte) { return byte != 0; })) {
      ++used;
      if (report.damage.empty()) report.damage = "a chunk does not begin as one does";
    }
  }
  if (!header.is_dirty && used < header.chunks && report.damage.empty()) {
    report.damage =
        fmt::format("the file was cut off: it has {} of {} chunks", used, header.chunks);
  }
  std::ranges::stable_sort(places, {}, &ChunkPlace::first_number);
  return places;
}

// Chunks between two others are gone. A number that no chunk can hold is that of another log.
void report_gap(LogReport& report, std::uint64_t records) {
  constexpr std::uint64_t most = chunk_size / record_head_size;
  report.lost += records <= most ? records : 1;
  if (report.damage.empty()) report.damage = "chunks are missing between others";
}

}  // namespace

tl::expected<LogReport, std::string> read_log(std::istream& file,
                                              const std::function<void(const Record&)>& on_record) {
  const auto header = read_file_header(file);
  if (!header) return tl::unexpected(header.error());
  LogReport report;
  report.not_closed = header->is_dirty;
  Buffer chunk(chunk_size);
  std::uint64_t last = 0;
  for (const auto& [at, first_number] : find_chunks(file, *header, report)) {
    const auto count = read_at(file, at, chunk);
    if (count < chunk_size && report.damage.empty()) {
      report.damage = "the file was cut off inside a chunk";
    }
    if (last != 0 && first_number > last + 1) report_gap(report, first_number - last - 1);
    const auto end = Chunk(chunk, header->has_checksums).read(on_record, report, header->is_dirty);
    last = end != 0 ? end : last;
  }
  return report;
}

}  // namespace cal::evtx
