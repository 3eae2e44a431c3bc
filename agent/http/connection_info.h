#pragma once

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <sys/socket.h>

namespace cal {

// What libmicrohttpd knows about a connection. Since 1.0 it puts each answer into the same storage
// of the connection, so that the next question overwrites it. These functions read it before they
// return, and nothing else calls MHD_get_connection_info.

const sockaddr* client_address(MHD_Connection* connection);

int client_socket(MHD_Connection* connection);

// What the callback for new connections stored; null if it stored nothing.
void* socket_context(MHD_Connection* connection);

// Null without TLS.
gnutls_session_t tls_session(MHD_Connection* connection);

}  // namespace cal
