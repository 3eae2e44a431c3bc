#include "probes/ldap/deadline_io.h"

#include <lber.h>
#include <ldap.h>

namespace cal::ldap {

namespace {

net::Stream& stream_of(Sockbuf_IO_Desc* layer) {
  return *static_cast<net::Stream*>(layer->sbiod_pvt);
}

int set_up(Sockbuf_IO_Desc* layer, void* stream) {
  layer->sbiod_pvt = stream;
  return 0;
}

int remove(Sockbuf_IO_Desc*) { return 0; }

// Nothing is buffered here, and libldap must not change how the socket waits.
int control(Sockbuf_IO_Desc*, int, void*) { return 0; }

ber_slen_t read(Sockbuf_IO_Desc* layer, void* into, ber_len_t size) {
  return stream_of(layer).read(into, size);
}

ber_slen_t write(Sockbuf_IO_Desc* layer, void* from, ber_len_t size) {
  return stream_of(layer).write(from, size);
}

int close(Sockbuf_IO_Desc*) { return 0; }  // the stream owns the socket

}  // namespace

bool use_stream(::ldap* handle, net::Stream& stream, std::size_t max_message) {
  // liblber takes a pointer to a non-const table, but only reads it.
  static Sockbuf_IO table{set_up, remove, control, read, write, close};
  Sockbuf* buffer = nullptr;
  if (ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) != LDAP_OPT_SUCCESS) return false;
  ber_len_t most = max_message;
  ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most);
  return ber_sockbuf_add_io(buffer, &table, LBER_SBIOD_LEVEL_PROVIDER, &stream) == 0;
}

}  // namespace cal::ldap
