// Which clients may see what would help an attacker: somebody on this host, or somebody who proved
// over TLS who they are. Never by what a header claims; a header can only take the trust away.
#pragma once

#include <string_view>

struct MHD_Connection;

namespace cal {

struct HttpTls;

// The client's address and the host that it asks for are loopback, and nothing shows a proxy on
// this host that passes on the request of somebody else. `version` is that of the request line,
// "HTTP/1.1".
bool is_local(MHD_Connection* connection, std::string_view host, std::string_view version);

// "localhost:10105", "127.0.0.1", "[::1]": the name under which a person on this host asks. A proxy
// often passes on the one that its own client asked.
bool is_loopback_host(std::string_view host);

// The client proved a certificate of a CA that the web configuration names, or a name that it
// allows. client_certificate_fault() has found nothing.
bool has_proved_certificate(MHD_Connection* connection, const HttpTls& tls);

}  // namespace cal
