#include "probes/replication/metadata.h"

#include "agent/base/iso_time.h"
#include "probes/ad/distinguished_name.h"
#include "probes/replication/flat_xml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <span>

namespace cal::replication {

namespace {

using std::chrono::sys_seconds;

// 1601-01-01, the time of what never happened.
constexpr sys_seconds never{std::chrono::sys_days{std::chrono::year{1601} / 1 / 1}};

std::optional<std::string> text_of(const Elements& elements, std::string_view name) {
  const auto found = elements.find(name);
  if (found == elements.end()) return std::nullopt;
  return found->second;
}

std::optional<sys_seconds> time_of(const Elements& elements, std::string_view name) {
  const auto text = text_of(elements, name);
  const auto time = text ? parse_iso_time(*text) : std::nullopt;
  if (!time || time->whole_day) return std::nullopt;
  return time->at;
}

std::optional<Stamp> stamp_of(const Elements& elements) {
  const auto changed = time_of(elements, "ftimeLastOriginatingChange");
  const auto version = text_of(elements, "dwVersion");
  if (!changed || !version || *changed <= never) return std::nullopt;
  Stamp stamp;
  const auto* const end = version->data() + version->size();
  const auto parsed = std::from_chars(version->data(), end, stamp.version);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  stamp.changed = clamped(*changed);
  stamp.invocation = security::Guid::parse_text(
      text_of(elements, "uuidLastOriginatingDsaInvocationID").value_or(""));
  stamp.settings_dn = text_of(elements, "pszLastOriginatingDsaDN").value_or("");
  return stamp;
}

// Little-endian numbers, one after the other; whoever reads has checked that they are there.
class OctetReader {
 public:
  explicit OctetReader(std::string_view octets) : rest_(octets) {}

  std::size_t left() const { return rest_.size(); }

  std::string_view take(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  template <class Number>
  Number number() {
    const auto octets = take(sizeof(Number));
    Number value = 0;
    for (std::size_t i = octets.size(); i-- > 0;) {
      value = static_cast<Number>(value << 8 | static_cast<unsigned char>(octets[i]));
    }
    return value;
  }

 private:
  std::string_view rest_;
};

SystemTime time_from_1601(std::uint64_t seconds) {
  constexpr std::uint64_t most = 1'000'000'000'000;  // beyond what the clock can hold
  return clamped(never + std::chrono::seconds(std::min(seconds, most)));
}

RawStamp raw_stamp(OctetReader& reader) {
  RawStamp raw{reader.number<std::uint32_t>(), {}};
  raw.stamp.version = reader.number<std::uint32_t>();
  raw.stamp.changed = time_from_1601(reader.number<std::uint64_t>());
  const auto invocation = reader.take(security::Guid::size);
  raw.stamp.invocation =
      security::Guid(std::as_bytes(std::span(invocation)).first<security::Guid::size>());
  reader.take(2 * sizeof(std::uint64_t));  // the sequence numbers there and here
  return raw;
}

struct Numbered {
  std::string_view name;
  std::uint32_t number;
};

// The same in every forest: 2 is the prefix of Microsoft's attributes 1.2.840.113556.1.2 and 9 that
// of 1.2.840.113556.1.4; the last number of the OID follows.
constexpr std::array numbered{
    Numbered{"nTSecurityDescriptor", 0x2'0119}, Numbered{"userAccountControl", 0x9'0008},
    Numbered{"pwdLastSet", 0x9'0060},           Numbered{"accountExpires", 0x9'009f},
    Numbered{"lockoutTime", 0x9'0296},
};

}  // namespace

std::optional<AttributeStamp> parse_attribute_stamp(std::string_view xml) {
  const auto elements = parse_flat_xml(xml, {"DS_REPL_ATTR_META_DATA", "DS_REPL_ATTR_META_DATA_2"});
  if (!elements) return std::nullopt;
  const auto attribute = text_of(*elements, "pszAttributeName");
  auto stamp = stamp_of(*elements);
  if (!attribute || !stamp) return std::nullopt;
  return AttributeStamp{*attribute, std::move(*stamp)};
}

std::optional<LinkStamp> parse_link_stamp(std::string_view xml) {
  const auto elements =
      parse_flat_xml(xml, {"DS_REPL_VALUE_META_DATA", "DS_REPL_VALUE_META_DATA_2"});
  if (!elements) return std::nullopt;
  const auto attribute = text_of(*elements, "pszAttributeName");
  const auto value = text_of(*elements, "pszObjectDn");
  const auto deleted = time_of(*elements, "ftimeDeleted");
  auto stamp = stamp_of(*elements);
  if (!attribute || !value || !deleted || !stamp) return std::nullopt;
  return LinkStamp{*attribute, *value, *deleted > never, std::move(*stamp)};
}

std::optional<std::vector<RawStamp>> parse_raw_stamps(std::string_view octets) {
  constexpr std::size_t header_size = 16;
  constexpr std::size_t entry_size = 48;
  if (octets.size() < header_size) return std::nullopt;
  OctetReader reader(octets);
  const auto version = reader.number<std::uint32_t>();
  reader.take(sizeof(std::uint32_t));
  const auto count = reader.number<std::uint32_t>();
  reader.take(sizeof(std::uint32_t));
  if (version != 1 || count > max_raw_stamps || reader.left() != count * entry_size) {
    return std::nullopt;
  }
  std::vector<RawStamp> stamps;
  stamps.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) stamps.push_back(raw_stamp(reader));
  return stamps;
}

std::optional<std::uint32_t> number_of_attribute(std::string_view name) {
  const auto* const found = std::ranges::find_if(
      numbered, [&](const Numbered& each) { return ad::equal_ignoring_case(each.name, name); });
  if (found == numbered.end()) return std::nullopt;
  return found->number;
}

}  // namespace cal::replication
