#include "probes/ldap/bind.h"

#include "agent/base/file.h"
#include "probes/ldap/kerberos.h"
#include "probes/ldap/password.h"
#include "probes/ldap/refusal.h"

#include <fmt/format.h>
#include <krb5.h>
#include <ldap.h>
#include <sasl/sasl.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <string_view>

namespace cal::ldap {

namespace {

Result<void> bind_simple(Connection& connection, const BindSettings& settings, Password& password,
                         const std::string& tried, Deadline deadline) {
  berval credentials{password.size(), password.data()};
  int id = 0;
  const int sent = ldap_sasl_bind(connection.handle(), settings.user.c_str(), LDAP_SASL_SIMPLE,
                                  &credentials, nullptr, nullptr, &id);
  if (sent != LDAP_SUCCESS) {
    return tl::unexpected(connection.local_fault(Request::bind, tried, sent));
  }
  const auto message = connection.wait_for(id, Messages::all, tried, Request::bind, deadline);
  if (!message) return tl::unexpected(message.error());
  const Answer answer = connection.answer_in(message->get());
  if (answer.code != LDAP_SUCCESS) return tl::unexpected(fault_of(Request::bind, tried, answer));
  return {};
}

// SASL asks here for the name to act as: the empty answer means our own. libldap takes the
// credentials only now, when the exchange they belong to exists.
int answer_prompts(LDAP* handle, unsigned, void* credentials, void* prompts) {
  ldap_set_option(handle, LDAP_OPT_X_SASL_GSS_CREDS, credentials);
  for (auto* prompt = static_cast<sasl_interact_t*>(prompts); prompt->id != SASL_CB_LIST_END;
       ++prompt) {
    prompt->result = "";
    prompt->len = 0;
  }
  return LDAP_SUCCESS;
}

// The SASL library loads its plugins in its first call, without a lock, so that call must not be
// concurrent. Only binds by GSSAPI make it.
void initialize_sasl_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    char** mechanisms = nullptr;  // the library owns the list
    ldap_get_option(nullptr, LDAP_OPT_X_SASL_MECHLIST, &mechanisms);
  });
}

// What a Kerberos error means, which SASL passes on only as text, in English. Null for others.
const Refusal* refusal_in(std::string_view message) {
  struct Row {
    std::string_view words;
    krb5_error_code error;
  };
  static constexpr std::array rows{
      Row{"Clock skew", KRB5KRB_AP_ERR_SKEW},
      Row{"Ticket expired", KRB5KRB_AP_ERR_SKEW},
      Row{"Ticket not yet valid", KRB5KRB_AP_ERR_SKEW},
      Row{"not found in Kerberos database", KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN},
      Row{"Cannot find KDC for realm", KRB5_REALM_UNKNOWN},
      Row{"no support for encryption type", KRB5KDC_ERR_ETYPE_NOSUPP},
      Row{"lacks support for encryption type", KRB5KDC_ERR_ETYPE_NOSUPP},
  };
  const auto row = std::ranges::find_if(
      rows, [&](const Row& each) { return message.find(each.words) != message.npos; });
  return row == rows.end() ? nullptr : kerberos_refusal_of(row->error);
}

// Over TLS, the ticket is bound to the server's certificate (RFC 5929 tls-server-end-point), which
// Active Directory can require. A library without that option binds without it.
void bind_to_channel(LDAP* handle) {
#ifdef LDAP_OPT_X_SASL_CBINDING
  const int by_certificate = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
  ldap_set_option(handle, LDAP_OPT_X_SASL_CBINDING, &by_certificate);
#else
  (void)handle;
#endif
}

Result<void> bind_gssapi(Connection& connection, const BindSettings& settings, bool tls,
                         const std::string& tried, Deadline deadline) {
  initialize_sasl_once();
  const auto kerberos = KerberosCredentials::acquire(settings, tried);
  if (!kerberos) return tl::unexpected(kerberos.error());
  LDAP* handle = connection.handle();
  ldap_set_option(
      handle, LDAP_OPT_X_SASL_SECPROPS,
      tls ? "noanonymous,noplain,minssf=0,maxssf=0" : "noanonymous,noplain,minssf=1,maxssf=512");
  if (tls) bind_to_channel(handle);
  const char* mechanism = nullptr;
  Message message;
  int id = 0;
  while (true) {
    const int code =
        ldap_sasl_interactive_bind(handle, nullptr, "GSSAPI", nullptr, nullptr, LDAP_SASL_QUIET,
                                   answer_prompts, kerberos->get(), message.get(), &mechanism, &id);
    if (code == LDAP_SUCCESS) return {};
    if (code != LDAP_SASL_BIND_IN_PROGRESS) {
      Fault fault = connection.local_fault(Request::bind, tried, code);
      if (fault.refusal != nullptr && fault.refusal->secret == Refusal::Secret::wrong) {
        fault.refusal = &refused_ticket();  // the KDC has accepted the keytab's key
        fault.message += fmt::format("; {}", fault.refusal->hint);
      }
      // Failures inside SASL concern tickets and mechanisms.
      if (fault.kind == FaultKind::server_error) {
        fault.kind = FaultKind::bind_refused;
        fault.refusal = refusal_in(fault.message);
        fault.message +=
            fmt::format("; {}", fault.refusal == nullptr
                                    ? "check krb5.conf, and that `uri` has the host name in the "
                                      "server's service principal name (SPN)"
                                    : fault.refusal->hint);
      }
      return tl::unexpected(std::move(fault));
    }
    auto next = connection.wait_for(id, Messages::all, tried, Request::bind, deadline);
    if (!next) return tl::unexpected(next.error());
    message = std::move(*next);
  }
}

Result<void> guarded_simple(Connection& connection, const BindSettings& settings,
                            BindGuard::Attempt attempt, BindGuard& guard, Deadline deadline) {
  auto read = Password::read(settings.password_file);
  if (!read) {
    return tl::unexpected(
        Fault{FaultKind::bind_refused, fmt::format("{}: {}", attempt.tried, read.error())});
  }
  Password& password = connection.hide(std::move(*read));
  attempt.secret = {password.data(), password.size()};
  attempt.secret_option = "password_file";
  auto turn = guard.enter(attempt, deadline);
  if (!turn) return tl::unexpected(std::move(turn.error()));
  auto bound = bind_simple(connection, settings, password, attempt.tried, deadline);
  const bool is_wrong =
      !bound && bound.error().refusal && bound.error().refusal->secret == Refusal::Secret::wrong;
  if (is_wrong && !password.odd().empty()) {
    bound.error().message += fmt::format("; {}", password.odd());
  }
  return turn->settle(std::move(bound));
}

Result<void> guarded_gssapi(Connection& connection, const BindSettings& settings, bool tls,
                            BindGuard::Attempt attempt, BindGuard& guard, Deadline deadline) {
  constexpr std::size_t max_keytab = 1U << 20U;  // bytes
  const auto keytab = read_file(settings.keytab_file, max_keytab);
  if (!keytab) {
    return tl::unexpected(Fault{FaultKind::bind_refused,
                                fmt::format("{}: the keytab {} cannot be read: {}", attempt.tried,
                                            settings.keytab_file, keytab.error().what)});
  }
  attempt.secret = *keytab;
  attempt.secret_option = "keytab_file";
  auto turn = guard.enter(attempt, deadline);
  if (!turn) return tl::unexpected(std::move(turn.error()));
  return turn->settle(bind_gssapi(connection, settings, tls, attempt.tried, deadline));
}

}  // namespace

Result<void> bind(Connection& connection, const BindSettings& settings, bool tls,
                  BindGuard::Attempt attempt, BindGuard& guard, Deadline deadline) {
  switch (settings.method) {
    case BindMethod::simple:
      return guarded_simple(connection, settings, std::move(attempt), guard, deadline);
    case BindMethod::gssapi:
      return guarded_gssapi(connection, settings, tls, std::move(attempt), guard, deadline);
  }
  return {};
}

}  // namespace cal::ldap
