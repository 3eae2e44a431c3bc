#include "probes/ldap/kerberos.h"

#include "probes/ldap/answer.h"
#include "probes/ldap/refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace cal::ldap {

namespace {

// GSSAPI's text for a status: the mechanism's, if any, which names the realm or the keytab.
std::string text_of(OM_uint32 major, OM_uint32 minor) {
  std::string text;
  for (const auto& [status, kind] : {std::pair{minor, GSS_C_MECH_CODE}, {major, GSS_C_GSS_CODE}}) {
    OM_uint32 ignored = 0;
    OM_uint32 more = 0;
    gss_buffer_desc buffer = GSS_C_EMPTY_BUFFER;
    gss_display_status(&ignored, status, kind, GSS_C_NO_OID, &more, &buffer);
    text.assign(static_cast<const char*>(buffer.value), buffer.length);
    gss_release_buffer(&ignored, &buffer);
    if (status != 0 && !text.empty()) break;
  }
  return printable(text);
}

struct FreeContext {
  void operator()(krb5_context context) const { krb5_free_context(context); }
};
using Context = std::unique_ptr<_krb5_context, FreeContext>;

// What is odd about the principal: its realm is in lower case.
std::string note_on(const std::string& principal) {
  const auto at = principal.rfind('@');
  if (at == std::string::npos) return "";
  std::string upper = principal.substr(at + 1);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  if (upper == principal.substr(at + 1)) return "";
  return fmt::format("; the realm of {} is not in upper case: write {}@{}", principal,
                     principal.substr(0, at), upper);
}

// "; the keytab has svc@EX.COM, ldap/dc1@EX.COM"
std::string principals_in(const std::string& keytab) {
  constexpr std::size_t max_shown = 5;
  krb5_context raw_context = nullptr;
  if (krb5_init_context(&raw_context) != 0) return "";
  const Context context(raw_context);
  krb5_keytab table = nullptr;
  if (krb5_kt_resolve(raw_context, keytab.c_str(), &table) != 0) return "";
  std::vector<std::string> names;
  krb5_kt_cursor cursor{};
  if (krb5_kt_start_seq_get(raw_context, table, &cursor) == 0) {
    krb5_keytab_entry entry{};
    while (krb5_kt_next_entry(raw_context, table, &entry, &cursor) == 0) {
      char* name = nullptr;
      if (krb5_unparse_name(raw_context, entry.principal, &name) == 0) {
        auto shown = printable(name);
        krb5_free_unparsed_name(raw_context, name);
        const bool is_new = std::ranges::find(names, shown) == names.end();
        if (is_new && names.size() < max_shown) names.push_back(std::move(shown));
      }
      krb5_free_keytab_entry_contents(raw_context, &entry);
    }
    krb5_kt_end_seq_get(raw_context, table, &cursor);
  }
  krb5_kt_close(raw_context, table);
  return names.empty() ? "; the keytab has no key"
                       : fmt::format("; the keytab has {}", fmt::join(names, ", "));
}

Fault fault_of(const BindSettings& settings, const std::string& tried, OM_uint32 major,
               OM_uint32 minor) {
  auto error = static_cast<krb5_error_code>(minor);
  // Without a key of this principal in the keytab, GSSAPI goes on to the cache, which is empty.
  if (error == KRB5_FCC_NOFILE || error == KRB5_CC_NOTFOUND) error = KRB5_KT_NOTFOUND;
  const auto text = text_of(major, minor);
  auto note = note_on(settings.user);
  if (error == KRB5_KT_NOTFOUND) note += principals_in("FILE:" + settings.keytab_file);
  if (const auto* refusal = kerberos_refusal_of(error)) {
    return {FaultKind::bind_refused,
            fmt::format("{}: Kerberos: {} ({}: {}); {}{}", tried, refusal->meaning, refusal->code,
                        text, refusal->hint, note),
            refusal};
  }
  const bool no_kdc = error == KRB5_KDC_UNREACH || error == KRB5_REALM_CANT_RESOLVE;
  const auto hint =
      (no_kdc ? "check whether the KDC of the realm in krb5.conf is running, and port 88"
              : "check the keytab and the account") +
      note;
  return {no_kdc ? FaultKind::connect_failed : FaultKind::bind_refused,
          fmt::format("{}: Kerberos: {}; {}", tried, text, hint)};
}

struct DestroyCache {
  krb5_context context;
  void operator()(krb5_ccache cache) const { krb5_cc_destroy(context, cache); }
};
struct ReleaseCredentials {
  void operator()(gss_cred_id_t credentials) const {
    OM_uint32 minor = 0;
    gss_release_cred(&minor, &credentials);
  }
};
using Cache = std::unique_ptr<_krb5_ccache, DestroyCache>;
using Credentials = std::unique_ptr<gss_cred_id_struct, ReleaseCredentials>;

struct ReleaseName {
  void operator()(gss_name_t name) const {
    OM_uint32 minor = 0;
    gss_release_name(&minor, &name);
  }
};
using Name = std::unique_ptr<gss_name_struct, ReleaseName>;

}  // namespace

// Destroyed from the last to the first.
struct KerberosCredentials::Tickets {
  Context context;
  Cache cache;
  Credentials credentials;
};

KerberosCredentials::KerberosCredentials(std::unique_ptr<Tickets> tickets)
    : tickets_(std::move(tickets)) {}
KerberosCredentials::KerberosCredentials(KerberosCredentials&&) noexcept = default;
KerberosCredentials::~KerberosCredentials() = default;

gss_cred_id_struct* KerberosCredentials::get() const { return tickets_->credentials.get(); }

Result<KerberosCredentials> KerberosCredentials::acquire(const BindSettings& settings,
                                                         const std::string& tried) {
  krb5_context raw_context = nullptr;
  if (const auto code = krb5_init_context(&raw_context); code != 0) {
    return tl::unexpected(Fault{
        FaultKind::bind_refused,
        fmt::format("{}: Kerberos cannot be initialized ({}); check /etc/krb5.conf", tried, code)});
  }
  Context context(raw_context);
  krb5_ccache raw_cache = nullptr;
  if (const auto code = krb5_cc_new_unique(raw_context, "MEMORY", nullptr, &raw_cache); code != 0) {
    return tl::unexpected(Fault{FaultKind::bind_refused,
                                fmt::format("{}: no Kerberos ticket cache ({})", tried, code)});
  }
  Cache cache(raw_cache, DestroyCache{raw_context});

  OM_uint32 minor = 0;
  Name name;
  if (!settings.user.empty()) {
    std::string principal = settings.user;
    gss_buffer_desc buffer{principal.size(), principal.data()};
    gss_name_t raw_name = GSS_C_NO_NAME;
    const auto major = gss_import_name(&minor, &buffer, GSS_KRB5_NT_PRINCIPAL_NAME, &raw_name);
    if (GSS_ERROR(major)) return tl::unexpected(fault_of(settings, tried, major, minor));
    name.reset(raw_name);
  }

  const std::string keytab = "FILE:" + settings.keytab_file;
  const std::string cache_name = fmt::format("MEMORY:{}", krb5_cc_get_name(raw_context, raw_cache));
  std::array<gss_key_value_element_desc, 2> elements{
      {{"client_keytab", keytab.c_str()}, {"ccache", cache_name.c_str()}}};
  const gss_key_value_set_desc store{elements.size(), elements.data()};
  gss_OID_set_desc mechanisms{1, const_cast<gss_OID>(gss_mech_krb5)};
  gss_cred_id_t raw_credentials = GSS_C_NO_CREDENTIAL;
  auto major = gss_acquire_cred_from(&minor, name.get(), GSS_C_INDEFINITE, &mechanisms,
                                     GSS_C_INITIATE, &store, &raw_credentials, nullptr, nullptr);
  if (GSS_ERROR(major)) return tl::unexpected(fault_of(settings, tried, major, minor));
  Credentials credentials(raw_credentials);
  // Fetch the ticket here; otherwise it happens during the bind, which reports faults only as text.
  major = gss_inquire_cred(&minor, raw_credentials, nullptr, nullptr, nullptr, nullptr);
  if (GSS_ERROR(major)) return tl::unexpected(fault_of(settings, tried, major, minor));
  return KerberosCredentials(std::make_unique<Tickets>(
      Tickets{std::move(context), std::move(cache), std::move(credentials)}));
}

}  // namespace cal::ldap
