#include "agent/http/message.h"

#include "agent/base/text.h"

#include <microhttpd.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <stdexcept>

namespace cal {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> default_headers{{
    {"Content-Security-Policy", content_security_policy},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-store"},
}};

using Body = std::shared_ptr<const std::string>;
using SharedLargeBody = std::shared_ptr<const LargeBody>;

constexpr std::size_t part_of_large_body = std::size_t{32} * 1024;

void release_body(void* body) { delete static_cast<Body*>(body); }
void release_large_body(void* body) { delete static_cast<SharedLargeBody*>(body); }

ssize_t read_large_body(void* closure, std::uint64_t begin, char* out, std::size_t room) noexcept {
  try {
    return static_cast<ssize_t>(
        (*static_cast<SharedLargeBody*>(closure))->read(begin, {out, room}));
  } catch (...) {
    return MHD_CONTENT_READER_END_WITH_ERROR;  // closes the connection
  }
}

// libmicrohttpd keeps the response, and so its body, until the last client has it.
MHD_Response* new_response(const Body& body) {
  auto kept = std::make_unique<Body>(body);
  // It only reads the body, although its type does not say so.
  auto* response = MHD_create_response_from_buffer_with_free_callback_cls(
      body->size(), const_cast<char*>(body->data()), &release_body, kept.get());
  if (response == nullptr) throw std::bad_alloc();
  kept.release();  // NOLINT(bugprone-unused-return-value): release_body has it now
  return response;
}

MHD_Response* new_response(const SharedLargeBody& body) {
  auto kept = std::make_unique<SharedLargeBody>(body);
  auto* response = MHD_create_response_from_callback(
      body->size, part_of_large_body, &read_large_body, kept.get(), &release_large_body);
  if (response == nullptr) throw std::bad_alloc();
  kept.release();  // NOLINT(bugprone-unused-return-value): release_large_body has it now
  return response;
}

// The part of `text` before the next `separator`; takes both away from it.
std::string_view next_part(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return trimmed(part, " \t");
}

// The weight among the parameters of a coding: positive unless it says `q=0`.
bool has_weight(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = next_part(parameters, ';');
    if (parameter.size() < 2 || (parameter[0] != 'q' && parameter[0] != 'Q')) continue;
    if (parameter[1] != '=') continue;
    return parameter.find_first_of("123456789") != std::string_view::npos;
  }
  return true;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

struct Reply::Prepared {
  explicit Prepared(Response given)
      : response(std::move(given)),
        body(std::make_shared<const std::string>(std::move(response.body))) {
    if (response.large_body) {
      large_body = std::make_shared<const LargeBody>(*std::move(response.large_body));
    }
  }

  Response response;
  const Body body;
  SharedLargeBody large_body = nullptr;  // null: `body`
  std::mutex mutex;
  // Under the mutex: the response, and the headers of the server that are in it.
  std::shared_ptr<MHD_Response> made = {};
  Headers made_with = {};

  std::shared_ptr<MHD_Response> make(const Headers& more) const;
};

std::shared_ptr<MHD_Response> Reply::Prepared::make(const Headers& more) const {
  std::shared_ptr<MHD_Response> fresh(large_body ? new_response(large_body) : new_response(body),
                                      MHD_destroy_response);

  Headers headers{{"Content-Type", response.content_type}};
  const auto add = [&](std::string_view name, std::string_view value) {
    const bool has_one = std::ranges::any_of(
        headers, [&](const auto& header) { return same_name(header.first, name); });
    if (!has_one) headers.emplace_back(name, value);
  };
  for (const auto& [name, value] : response.headers) add(name, value);
  for (const auto& [name, value] : more) add(name, value);
  for (const auto& [name, value] : default_headers) add(name, value);
  for (const auto& [name, value] : headers) {
    if (value.empty()) continue;  // unset by the web configuration
    if (MHD_add_response_header(fresh.get(), name.c_str(), value.c_str()) != MHD_YES) {
      throw std::invalid_argument("bad response header: " + name);
    }
  }
  return fresh;
}

Reply::Reply(Response response)
    : status_(response.status), prepared_(std::make_shared<Prepared>(std::move(response))) {}

std::shared_ptr<MHD_Response> Reply::get(const Headers& more) const {
  const std::lock_guard lock(prepared_->mutex);
  if (!prepared_->made || prepared_->made_with != more) {
    prepared_->made = prepared_->make(more);
    prepared_->made_with = more;
  }
  return prepared_->made;
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    auto parameters = next_part(accept_encoding, ',');
    const auto coding = next_part(parameters, ';');
    if (same_name(coding, "gzip")) return has_weight(parameters);
    if (coding == "*") any = has_weight(parameters);
  }
  return any;
}

}  // namespace cal
