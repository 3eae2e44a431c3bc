// The TLS contexts of libldap, one for each content of a CA file, shared by all handles.
//
// A context for each handle would leak: libldap 2.5 with GnuTLS frees no priorities that replace
// its own (8 kB for each handle). It would also parse the system's 140 CAs for each handshake.
#pragma once

#include <filesystem>

struct ldap;

namespace cal::ldap {

// Makes the handle trust the CAs in this PEM file and refuse TLS before 1.2. The file is read in
// each call, so that a new CA counts at once; a context stays until the process ends. False if the
// file cannot be used. Thread-safe.
bool use_tls_context(::ldap* handle, const std::filesystem::path& ca_file);

}  // namespace cal::ldap
