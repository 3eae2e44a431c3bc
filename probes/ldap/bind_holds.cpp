#include "probes/ldap/bind_holds.h"

#include "agent/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <vector>

namespace cal::ldap {

namespace {

using namespace std::chrono_literals;

constexpr auto first_hold = 15min;
constexpr auto later_hold = 1h;
// Kept beyond its end, so that the next refusal of the same secret is known as a repeated one.
constexpr auto memory = 24h;
constexpr std::size_t max_holds = 4096;

// Spaces, control characters and '%' in an account's name, so that they do not end a field.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    out += octet <= ' ' || c == '%' ? fmt::format("%{:02x}", octet) : std::string(1, c);
  }
  return out.empty() ? "%" : out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  if (text == "%") return out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned octet = 0;
    const auto* const begin = text.data() + i + 1;
    if (text.size() - i < 3 || std::from_chars(begin, begin + 2, octet, 16).ptr != begin + 2) {
      return std::nullopt;
    }
    out += static_cast<char>(octet);
    i += 2;
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::optional<std::pair<BindKey, Hold>> parse_line(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 8 || words[0] != "hold") return std::nullopt;
  const auto domain = unescaped(words[1]);
  const auto account = unescaped(words[2]);
  const auto code = unescaped(words[4]);
  const auto refused_at = parse_utc(words[5]);
  const auto until = parse_utc(words[6]);
  int refusals = 0;
  std::from_chars(words[7].data(), words[7].data() + words[7].size(), refusals);
  if (!domain || !account || !code || !refused_at || !until || refusals < 1) return std::nullopt;
  return {{{*domain, *account, std::string(words[3])}, {*code, *refused_at, *until, refusals}}};
}

}  // namespace

std::optional<Hold> BindHolds::at(const BindKey& key, SystemTime now) const {
  const auto found = holds_.find(key);
  if (found == holds_.end()) return std::nullopt;
  const auto& hold = found->second;
  return now >= hold.refused_at && now < hold.until ? std::optional(hold) : std::nullopt;
}

Hold BindHolds::add(const BindKey& key, std::string_view code, SystemTime now) {
  if (const auto hold = at(key, now)) return *hold;  // two binds were under way at once
  forget_old(now);
  now = std::chrono::floor<std::chrono::seconds>(now);  // as the text keeps it
  const auto known = holds_.find(key);
  const int refusals = known == holds_.end() ? 1 : known->second.refusals + 1;
  const auto span = refusals == 1 ? std::chrono::seconds(first_hold) : later_hold;
  Hold hold{std::string(code), now, now + span, refusals};
  holds_[key] = hold;
  return hold;
}

bool BindHolds::remove(const BindKey& key) { return holds_.erase(key) > 0; }

void BindHolds::forget_old(SystemTime now) {
  std::erase_if(holds_, [&](const auto& each) { return each.second.until + memory < now; });
  if (holds_.size() < max_holds) return;
  const auto oldest =
      std::ranges::min_element(holds_, {}, [](const auto& each) { return each.second.refused_at; });
  holds_.erase(oldest);
}

void BindHolds::merge(const BindHolds& others) {
  for (const auto& [key, hold] : others.holds_) {
    const auto& kept = holds_.try_emplace(key, hold).first->second;
    if (kept.until < hold.until) holds_[key] = hold;
  }
}

std::string BindHolds::text() const {
  std::string text;
  for (const auto& [key, hold] : holds_) {
    text += fmt::format("hold {} {} {} {} {} {} {}\n", escaped(key.domain), escaped(key.account),
                        key.digest, escaped(hold.code), utc_text(hold.refused_at),
                        utc_text(hold.until), hold.refusals);
  }
  return text;
}

BindHolds BindHolds::parse(std::string_view text) {
  BindHolds holds;
  while (!text.empty() && holds.holds_.size() < max_holds) {
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto line = parse_line(text.substr(0, end))) holds.holds_.insert(*line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return holds;
}

}  // namespace cal::ldap
