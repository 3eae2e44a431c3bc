#include "probes/ldap_io/notice_watch.h"

#include <ldap.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>

namespace cal::ldap {

namespace {

constexpr int above_sasl = LBER_SBIOD_LEVEL_APPLICATION + 10;
constexpr std::size_t max_notice = 4096;  // octets; of a longer one, the text is not read

int set_up_watch(Sockbuf_IO_Desc* layer, void* watch) {
  layer->sbiod_pvt = watch;
  return 0;
}

int remove_watch(Sockbuf_IO_Desc*) { return 0; }

int pass_control(Sockbuf_IO_Desc* layer, int option, void* value) {
  return LBER_SBIOD_CTRL_NEXT(layer, option, value);
}

ber_slen_t read_watched(Sockbuf_IO_Desc* layer, void* into, ber_len_t size) {
  const auto below = [&](void* to, std::size_t most) -> ssize_t {
    return LBER_SBIOD_READ_NEXT(layer, to, most);
  };
  return static_cast<NoticeWatch*>(layer->sbiod_pvt)->read(below, into, size);
}

ber_slen_t pass_write(Sockbuf_IO_Desc* layer, void* from, ber_len_t size) {
  return LBER_SBIOD_WRITE_NEXT(layer, from, size);
}

int close_watch(Sockbuf_IO_Desc*) { return 0; }

// The result in an LDAPMessage with an ExtendedResponse (RFC 4511 4.12), which has its own tag.
Notice result_in(const std::string& message) {
  struct Free {
    void operator()(BerElement* element) const { ber_free(element, /*freebuf=*/0); }
  };
  berval octets{message.size(), const_cast<char*>(message.data())};  // it is only read
  const std::unique_ptr<BerElement, Free> element(ber_alloc_t(LBER_USE_DER));
  ber_int_t id = 0;
  ber_int_t code = LDAP_SUCCESS;
  berval matched{};  // both point into the message
  berval text{};
  Notice unclear{LDAP_PROTOCOL_ERROR, "the server sent what is not an LDAP answer"};
  if (!element) return unclear;
  ber_init2(element.get(), &octets, LBER_USE_DER);
  const bool decoded =
      ber_scanf(element.get(), "{i{emm", &id, &code, &matched, &text) != LBER_ERROR;
  if (!decoded || code == LDAP_SUCCESS) return unclear;
  return {code, std::string(text.bv_val, text.bv_len)};
}

}  // namespace

bool NoticeWatch::put_over(::ldap* handle) {
  // liblber takes a pointer to a non-const table, but only reads it.
  static Sockbuf_IO table{set_up_watch, remove_watch, pass_control,
                          read_watched, pass_write,   close_watch};
  Sockbuf* buffer = nullptr;
  return ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS &&
         ber_sockbuf_add_io(buffer, &table, above_sasl, this) == 0;
}

ssize_t NoticeWatch::read(const Below& below, void* into, std::size_t size) {
  const auto count = below(into, size);
  if (count <= 0) return count;
  if (!heads_.add({static_cast<const std::uint8_t*>(into), static_cast<std::size_t>(count)})) {
    return count;
  }
  std::string message = heads_.begun();
  std::size_t left = heads_.left();
  std::array<char, max_notice> more{};
  while (left > 0 && left <= more.size()) {
    const auto got = below(more.data(), left);
    if (got <= 0) break;
    message.append(more.data(), static_cast<std::size_t>(got));
    left -= static_cast<std::size_t>(got);
  }
  notice_ = result_in(message);
  errno = ECONNRESET;
  return -1;
}

}  // namespace cal::ldap
