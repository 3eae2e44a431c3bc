#include "agent/http_message.h"

#include <microhttpd.h>
#include <strings.h>

#include <algorithm>
#include <array>
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

void delete_body(void* body) { delete static_cast<std::string*>(body); }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The part of `text` before the next `separator`; takes both away from it.
std::string_view next_part(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return trimmed(part);
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

Reply::Reply(Response response) : status_(response.status) {
  // libmicrohttpd keeps the response, and so its body, until the last client has it.
  auto body = std::make_unique<std::string>(std::move(response.body));
  response_.reset(MHD_create_response_from_buffer_with_free_callback_cls(body->size(), body->data(),
                                                                         &delete_body, body.get()),
                  [](MHD_Response* made) {
                    if (made != nullptr) MHD_destroy_response(made);
                  });
  if (!response_) throw std::bad_alloc();
  body.release();  // NOLINT(bugprone-unused-return-value): delete_body has it now

  const auto add = [&](std::string_view name, std::string_view value) {
    if (MHD_add_response_header(get(), std::string(name).c_str(), std::string(value).c_str()) !=
        MHD_YES) {
      throw std::invalid_argument("bad response header: " + std::string(name));
    }
  };
  add("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) add(name, value);
  for (const auto& [name, value] : default_headers) {
    const auto replaced =
        std::any_of(response.headers.begin(), response.headers.end(),
                    [name = name](const auto& header) { return same_name(header.first, name); });
    if (!replaced) add(name, value);
  }
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
