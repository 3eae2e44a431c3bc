// Ends a connection at the first message that libldap must not get (message_heads.h), since a
// hostile server would fill the memory with one per session. Of the messages that no request asked
// for (RFC 4511 4.4), directory servers send a Notice of Disconnection only. One thread at a time.
#pragma once

#include "probes/ldap_io/message_heads.h"

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

struct ldap;  // libldap's LDAP

namespace cal::ldap {

// A result code of RFC 4511 and the server's text.
struct Notice {
  int code;
  std::string text;
};

class NoticeWatch {
 public:
  // Puts it between the handle and what is under it, TLS included. It must outlive the handle.
  bool put_over(::ldap* handle);

  // What that message said; empty: none came.
  const std::optional<Notice>& notice() const { return notice_; }

  // Reads from what is below, as read(2); a notice is a connection that was reset.
  using Below = std::function<ssize_t(void* into, std::size_t size)>;
  ssize_t read(const Below& below, void* into, std::size_t size);

 private:
  MessageHeads heads_;
  std::optional<Notice> notice_;
};

}  // namespace cal::ldap
