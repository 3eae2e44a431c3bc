#include "agent/http/web_config.h"

#include "agent/base/file.h"
#include "agent/config/yaml_text.h"
#include "agent/contract/options.h"
#include "agent/http/tls_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

namespace cal {

namespace {

// The headers that exporter-toolkit lets a file set, and the values that it takes; none: any.
struct AllowedHeader {
  const char* name;
  std::array<std::string_view, 2> values = {};
};
constexpr std::array<AllowedHeader, 5> allowed_headers{{{"Content-Security-Policy"},
                                                        {"Strict-Transport-Security"},
                                                        {"X-Content-Type-Options", {"nosniff"}},
                                                        {"X-Frame-Options", {"deny", "sameorigin"}},
                                                        {"X-XSS-Protection"}}};

// A second of processor time for each password that is not remembered yet.
constexpr std::string_view max_cost = "14";

std::string_view without_blanks_at_the_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

// A text that begins with the line "---" has to end with the line "...", so that a part of it is
// not taken for the whole. Comments and blank lines do not count.
bool is_cut_short(std::string_view text) {
  std::string_view first;
  std::string_view last;
  while (!text.empty()) {
    const auto line = without_blanks_at_the_end(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (line.empty() || line.starts_with('#')) continue;
    if (first.empty()) first = line;
    last = line;
  }
  return (first == "---" || first.starts_with("--- ")) && last != "...";
}

// What RFC 9110 5.5 forbids in a header, and the tab, which it allows.
bool forbidden_in_header(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

std::string header_fault(const AllowedHeader& header, const std::string& value) {
  if (std::ranges::any_of(value, forbidden_in_header)) {
    return fmt::format("'{}' must be a single line without control characters", header.name);
  }
  const auto& [first, second] = header.values;
  if (value.empty() || first.empty() || value == first || value == second) return "";
  return fmt::format("'{}' is not allowed; allowed: {}{}{}", value, first,
                     second.empty() ? "" : ", ", second);
}

// A blank value unsets the header, also one that is left out, which is an empty text to Go.
void read_headers(Options headers, WebConfig& config) {
  for (const auto& header : allowed_headers) {
    if (headers.is_null(header.name)) {
      config.headers.emplace_back(header.name, "");
      continue;
    }
    const auto values = headers.texts(header.name);
    if (values.empty()) continue;
    const auto fault = values.size() == 1 ? header_fault(header, values[0]) : "must be one text";
    if (!fault.empty()) headers.error(header.name, fault);
    config.headers.emplace_back(header.name, values[0]);
  }
  headers.reject_unknown_keys();
}

void read_http(Options options, WebConfig& config) {
  if (options.flag_or("http2", false)) {
    options.error("http2", "this server has no HTTP/2; leave 'http2' out, or set it to false");
  }
  read_headers(options.section("headers"), config);
  options.reject_unknown_keys();
}

// As Go writes it: 0, 1.5s, 500us, 1h30m; also with days. Less than a day.
std::optional<std::chrono::nanoseconds> go_duration(std::string_view text) {
  using Nanoseconds = std::chrono::duration<double, std::nano>;
  static constexpr std::array<std::pair<std::string_view, double>, 9> units{{{"ns", 1},
                                                                             {"us", 1e3},
                                                                             {"\u00B5s", 1e3},
                                                                             {"\u03BCs", 1e3},
                                                                             {"ms", 1e6},
                                                                             {"s", 1e9},
                                                                             {"m", 60e9},
                                                                             {"h", 3600e9},
                                                                             {"d", 86400e9}}};
  constexpr Nanoseconds most = std::chrono::hours(24);
  if (text == "0") return std::chrono::nanoseconds(0);
  Nanoseconds total{0};
  do {
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || !(number >= 0)) return std::nullopt;  // also not-a-number
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto name = text.substr(0, text.find_first_of(".0123456789"));
    const auto* unit = std::ranges::find(units, name, &std::pair<std::string_view, double>::first);
    if (unit == units.end()) return std::nullopt;
    text.remove_prefix(name.size());
    total += Nanoseconds(number * unit->second);
    if (total > most) return std::nullopt;
  } while (!text.empty());
  return std::chrono::duration_cast<std::chrono::nanoseconds>(total);
}

void read_limit(Options options, WebConfig& config) {
  const auto text = options.text_or("interval", "0");
  const auto parsed = go_duration(text);
  if (!parsed) {
    options.error("interval", fmt::format("'{}' is not a duration up to a day; use a form such as "
                                          "500ms, 1.5s, 1m30s, or 0",
                                          text));
  }
  const auto interval = parsed.value_or(std::chrono::nanoseconds(0));
  const auto written = options.text_or("burst", "");
  unsigned burst = 0;
  const auto* end = written.data() + written.size();
  const auto [rest, error] = std::from_chars(written.data(), end, burst);
  if (options.has("burst") && (error != std::errc{} || rest != end)) {
    options.error("burst", "'burst' must be a number of requests");
  } else if (interval.count() > 0 && !options.has("burst")) {
    options.error("burst", "'burst' is missing; without it, every request would be refused");
  } else if (interval.count() > 0) {
    config.limit = RateLimit::Settings{interval, burst};
  }
  options.reject_unknown_keys();
}

void read_users(Options options, WebConfig& config) {
  for (const auto& user : options.keys()) {
    const auto hash = options.text(user);
    if (user.empty() || user.find(':') != std::string::npos) {
      options.error(user, "a user name must not be empty or contain ':' (RFC 7617)");
    } else if (is_bcrypt_hash(hash) && cost_of(hash) > max_cost) {
      options.error(user,
                    fmt::format("the bcrypt hash of '{}' has cost {}, which is slow enough to "
                                "block all users; use at most {}, better 10",
                                user, cost_of(hash), max_cost));
    } else if (is_bcrypt_hash(hash)) {
      config.users[user] = hash;
    } else {
      options.error(user, fmt::format("the password of '{}' must be a bcrypt hash; create one with "
                                      "htpasswd -nBC 10 '' | tr -d ':\\n'",
                                      user));
    }
  }
}

}  // namespace

tl::expected<WebConfig, ConfigErrors> load_web_config(const std::filesystem::path& file,
                                                      const HttpTls* proven) {
  ConfigErrors errors;
  WebConfig config;
  const Place whole{file.string()};
  auto text = read_file(file, max_web_file_size);
  if (!text) {
    errors.add(whole, "cannot read the web configuration file: " + text.error().what);
    return tl::unexpected(std::move(errors));
  }
  if (is_cut_short(*text)) {
    errors.add(whole,
               "the file begins with --- and does not end with the line ...: add it, unless "
               "the file was cut short");
  } else if (const auto root = parse_yaml(*text, file.string(), errors)) {
    Options options(root, file, errors, {file.string(), 1, 1});
    config.tls = read_tls(options.section("tls_server_config"), proven);
    read_http(options.section("http_server_config"), config);
    read_users(options.section("basic_auth_users"), config);
    read_limit(options.section("rate_limit"), config);
    options.reject_unknown_keys();
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return config;
}

}  // namespace cal
