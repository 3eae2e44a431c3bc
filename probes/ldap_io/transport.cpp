#include "probes/ldap_io/transport.h"

#include <lber.h>
#include <ldap.h>

#include <algorithm>
#include <cerrno>

namespace cal::ldap {

namespace {

Transport& transport_of(Sockbuf_IO_Desc* layer) {
  return *static_cast<Transport*>(layer->sbiod_pvt);
}

int set_up(Sockbuf_IO_Desc* layer, void* transport) {
  layer->sbiod_pvt = transport;
  return 0;
}

int remove(Sockbuf_IO_Desc*) { return 0; }

// Nothing is buffered here, and libldap must not change how the socket waits.
int control(Sockbuf_IO_Desc*, int, void*) { return 0; }

ber_slen_t read(Sockbuf_IO_Desc* layer, void* into, ber_len_t size) {
  return transport_of(layer).read(into, size);
}

ber_slen_t write(Sockbuf_IO_Desc* layer, void* from, ber_len_t size) {
  return transport_of(layer).write(from, size);
}

int close(Sockbuf_IO_Desc*) { return 0; }  // the stream owns the socket

}  // namespace

void Transport::begin_step(std::size_t octets, Deadline deadline) {
  held_.release();
  limit_ = octets;
  left_ = octets;
  sent_too_much_ = false;
  found_no_memory_ = false;
  deadline_ = deadline;
  stream_.set_deadline(deadline);
}

ssize_t Transport::read(void* into, std::size_t size) {
  if (left_ == 0) {
    sent_too_much_ = true;
    errno = EMSGSIZE;
    return -1;
  }
  const auto count = stream_.read(into, std::min(size, left_));
  if (count <= 0) return count;
  const auto octets = static_cast<std::size_t>(count);
  left_ -= octets;
  if (held_.add(octets, deadline_)) return count;
  found_no_memory_ = true;
  errno = ETIMEDOUT;
  return -1;
}

bool Transport::put_under(::ldap* handle, std::size_t max_message) {
  // liblber takes a pointer to a non-const table, but only reads it.
  static Sockbuf_IO table{set_up, remove, control, ldap::read, ldap::write, close};
  Sockbuf* buffer = nullptr;
  if (ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) != LDAP_OPT_SUCCESS) return false;
  ber_len_t most = max_message;
  ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most);
  return ber_sockbuf_add_io(buffer, &table, LBER_SBIOD_LEVEL_PROVIDER, this) == 0;
}

}  // namespace cal::ldap
