// Ends a connection at the first message that its server sends unasked (RFC 4511 4.4). libldap
// never frees a Notice of Disconnection, so a hostile server would fill the memory with one per
// session; directory servers send no other kind. Internal to this folder. One thread at a time.
#pragma once

#include "probes/ldap/answer.h"
#include "probes/ldap/message_heads.h"

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>

struct ldap;  // libldap's LDAP

namespace cal::ldap {

class NoticeWatch {
 public:
  // Puts it between the handle and what is under it, TLS included. It must outlive the handle.
  bool put_over(::ldap* handle);

  // What the notice said; empty: none came.
  const std::optional<Answer>& notice() const { return notice_; }

  // Reads from what is below, as read(2); a notice is a connection that was reset.
  using Below = std::function<ssize_t(void* into, std::size_t size)>;
  ssize_t read(const Below& below, void* into, std::size_t size);

 private:
  MessageHeads heads_;
  std::optional<Answer> notice_;
};

}  // namespace cal::ldap
