// Why an export does not decide whether users of a session host get a license. It says on which
// computer somebody has to look, and for what.
#pragma once

namespace cal::session_host_licensing {

enum class ExportGap {
  none,            // it decides, or there is none that can be used
  host_unread,     // the host's export lacks a fact
  server_unread,   // that of a license server does
  membership,      // the license server was not asked whether it serves this host
  not_understood,  // the fact is there, and this release does not know what it means
  asked_by_other,  // not the host itself asked the license server, or it is not known who did
  no_status,       // the host asked, and the status says neither that it reaches it nor that not
  missed_once,     // the next export decides
};

}  // namespace cal::session_host_licensing
