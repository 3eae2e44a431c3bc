#include "probes/ldap/refusal.h"

#include <krb5.h>
#include <ldap.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace cal::ldap {

namespace {

constexpr auto wrong = Refusal::Secret::wrong;

// Result 49: Active Directory adds a Win32 code or a code of SSPI in hex.
constexpr std::array sub_codes{
    Refusal{"49/52e", "invalid credentials", "check the user name and password",
            "write the account's password into password_file; if nobody knows it, set one: "
            "Set-ADAccountPassword {} -Reset",
            wrong},
    Refusal{"49/525", "no such user", "check the user name",
            "correct `user` in the configuration, or create the account: New-ADUser {}"},
    Refusal{"49/52f", "an account restriction applies (for one, Protected Users must use Kerberos)",
            "take the account out of Protected Users and of authentication policies, or use "
            "method: gssapi",
            "Remove-ADGroupMember 'Protected Users' -Members {}, or use method: gssapi with a "
            "keytab"},
    Refusal{"49/51f", "the server finds no logon server that could check the password",
            "check that the domain controllers of the account's domain are running and can be "
            "reached from this server",
            "nltest /dsgetdc:DOMAIN /force (on the server, for the account's domain)"},
    Refusal{"49/530", "the account is not allowed to log on at this time",
            "extend the account's logon hours", "Set-ADUser {} -Clear logonHours"},
    Refusal{"49/531", "the account is not allowed to log on from this host",
            "allow it to log on to all computers", "Set-ADUser {} -Clear userWorkstations"},
    Refusal{"49/532", "the password has expired", "set a new password, or one that never expires",
            "Set-ADAccountPassword {0} -Reset, then write it into password_file, or "
            "Set-ADUser {0} -PasswordNeverExpires $true"},
    Refusal{"49/533", "the account is disabled", "enable the account", "Enable-ADAccount {}"},
    Refusal{"49/534", "the account has no right to this type of logon on the server",
            "allow it \"Access this computer from the network\" in the policy of the domain "
            "controllers, and take it out of \"Deny access to this computer from the network\"",
            "gpresult /r on the domain controller names the policy to change for {}"},
    Refusal{"49/569", "the account has no right to this type of logon on the server",
            "allow it \"Access this computer from the network\" in the policy of the domain "
            "controllers, and take it out of \"Deny access to this computer from the network\"",
            "gpresult /r on the domain controller names the policy to change for {}"},
    Refusal{"49/57", "the server cannot use the user name or the password as it was sent",
            "write the user as NAME@DOMAIN, and check the password file for characters that do "
            "not belong to the password",
            "correct `user` in the configuration: NAME@DOMAIN in place of {}"},
    Refusal{"49/701", "the account has expired", "set a later expiration date",
            "Clear-ADAccountExpiration {}"},
    Refusal{"49/773", "the password must be changed at the next logon",
            "change it, or clear the flag", "Set-ADUser {} -ChangePasswordAtLogon $false"},
    Refusal{"49/775", "the account is locked out", "unlock it, then find what locks it",
            "Unlock-ADAccount {}"},
    Refusal{
        "49/80090346",
        "the server requires channel binding (LdapEnforceChannelBinding), and did not get that "
        "of its own TLS connection",
        "connect to the domain controller itself: a proxy or load balancer that ends TLS breaks "
        "the binding; or use ldap:// with start_tls: false and method: gssapi, which GSSAPI "
        "signs and seals",
        "use a `uri` that reaches the domain controller itself, or ldap:// and method: gssapi "
        "with a keytab for {}"},
};

// These are shown with the server's text.
constexpr Refusal wrong_credentials{
    "49", "invalid credentials", "check the user name and password, or the keytab",
    "write the account's password into password_file, or make a new keytab; if nobody knows the "
    "password, set one: Set-ADAccountPassword {} -Reset",
    wrong};
constexpr Refusal other_sub_code{
    "49", "invalid credentials", "look up the code after \"data\" (certutil -error 0xCODE)",
    "look up the code after \"data\" in the message: certutil -error 0xCODE"};
constexpr Refusal ticket_refused{
    "49", "the server does not accept the Kerberos ticket",
    "compare the clocks, and check that `uri` names this server as its SPN does",
    "setspn -L SERVER on a domain controller lists its service principal names"};

struct ResultRow {
  int result;
  Refusal refusal;
};
constexpr std::string_view use_tls =
    "use ldaps:// or StartTLS; with gssapi use plain ldap://, which GSSAPI signs and seals";
const std::array results{
    ResultRow{LDAP_AUTH_METHOD_NOT_SUPPORTED,
              {"7", "the server does not support this method of authentication",
               "use the other `method` in `bind`", "use the other `method` in `bind`"}},
    ResultRow{LDAP_STRONG_AUTH_REQUIRED,
              {"8", "the server requires signing (LDAPServerIntegrity) or TLS", use_tls, use_tls}},
    ResultRow{LDAP_CONFIDENTIALITY_REQUIRED,
              {"13", "the server requires an encrypted connection", use_tls, use_tls}},
    ResultRow{LDAP_INVALID_DN_SYNTAX,
              {"34", "the server does not understand the user name as a DN",
               "write the user as NAME@DOMAIN, DOMAIN\\NAME or a complete DN",
               "correct `user` in the configuration"}},
    ResultRow{LDAP_INAPPROPRIATE_AUTH,
              {"48", "the account cannot authenticate in this way",
               "give it a password, or use the other `method` in `bind`",
               "Set-ADAccountPassword {} -Reset"}},
    ResultRow{LDAP_INSUFFICIENT_ACCESS,
              {"50", "the account has no permission to bind",
               "check the policies that restrict the account on the domain controller",
               "check the policies that restrict {} on the domain controller"}},
    ResultRow{LDAP_UNWILLING_TO_PERFORM,
              {"53", "the server is unwilling to perform the bind",
               "with gssapi use plain ldap://, which GSSAPI signs and seals",
               "use plain ldap:// with gssapi; else look into the Directory Service event log of "
               "the domain controller"}},
};

struct KerberosRow {
  krb5_error_code error;
  Refusal refusal;
};
constexpr std::string_view make_keytab =
    "make a new keytab with the account's current password: ktpass -princ NAME@REALM -mapuser {} "
    "-crypto AES256-SHA1 -ptype KRB5_NT_PRINCIPAL -pass * -out FILE";
constexpr KerberosRow no_common_encryption(krb5_error_code error) {
  return {error,
          {"Kerberos 14", "keytab, account and KDC have no encryption type in common",
           "make a keytab with AES keys, and allow AES for the account",
           "Set-ADUser {0} -KerberosEncryptionType AES128,AES256, then reset its password and make "
           "a new keytab"}};
}
constexpr KerberosRow clocks_differ(krb5_error_code error) {
  return {error,
          {"Kerberos 37", "the clocks differ too much",
           "compare the clocks of this host and the domain controller",
           "compare the clocks of this host and the domain controller: chronyc tracking"}};
}
const std::array kerberos_rows{
    KerberosRow{
        KRB5KDC_ERR_PREAUTH_FAILED,
        {"Kerberos 24", "the key in the keytab is not that of the account",
         "check the keytab: make a new one after each change of the password", make_keytab, wrong}},
    KerberosRow{
        KRB5KRB_AP_ERR_BAD_INTEGRITY,
        {"Kerberos 31", "the key in the keytab is not that of the account",
         "check the keytab: make a new one after each change of the password", make_keytab, wrong}},
    KerberosRow{KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN,
                {"Kerberos 6", "the KDC does not know the principal",
                 "check the account and `user`: NAME@REALM, with the realm in upper case",
                 "correct `user` in the configuration, or create the account {}"}},
    KerberosRow{KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN,
                {"Kerberos 7", "the KDC does not know the server's principal",
                 "use the host name in the server's service principal name (SPN) in `uri`",
                 "setspn -L SERVER on a domain controller lists the names to use in `uri`"}},
    KerberosRow{KRB5KDC_ERR_POLICY,
                {"Kerberos 12", "a policy forbids the logon",
                 "check the account's logon hours and workstations",
                 "Set-ADUser {} -Clear logonHours,userWorkstations"}},
    no_common_encryption(KRB5KDC_ERR_ETYPE_NOSUPP),
    no_common_encryption(KRB5_CONFIG_ETYPE_NOSUPP),
    no_common_encryption(KRB5_PROG_ETYPE_NOSUPP),
    no_common_encryption(KRB5_BAD_ENCTYPE),
    KerberosRow{KRB5KDC_ERR_CLIENT_REVOKED,
                {"Kerberos 18", "the account is disabled, locked out or expired",
                 "check the account: enable or unlock it",
                 "Enable-ADAccount {0}; Unlock-ADAccount {0}; Clear-ADAccountExpiration {0}"}},
    KerberosRow{KRB5KDC_ERR_KEY_EXP,
                {"Kerberos 23", "the account's password has expired or must be changed",
                 "set a new password and make a new keytab",
                 "Set-ADUser {0} -PasswordNeverExpires $true -ChangePasswordAtLogon $false"}},
    clocks_differ(KRB5KRB_AP_ERR_SKEW),
    clocks_differ(KRB5_KDCREP_SKEW),
    clocks_differ(KRB5KRB_AP_ERR_TKT_NYV),
    KerberosRow{
        KRB5_KT_NOTFOUND,
        {"keytab", "the keytab has no key of this principal",
         "check `user`: NAME@REALM, with the realm in upper case, as `klist -k` shows it",
         "klist -k KEYTAB shows the principals of the keytab; write one of them as `user`"}},
    KerberosRow{KRB5_REALM_UNKNOWN,
                {"realm", "no KDC of this realm is known",
                 "write the realm in upper case; add it to [realms] in krb5.conf, or let DNS have "
                 "_kerberos._udp.REALM",
                 "write the realm in `user` in upper case, and add it to [realms] in "
                 "/etc/krb5.conf"}},
    KerberosRow{KRB5KDC_ERR_WRONG_REALM,
                {"Kerberos 68", "the KDC is that of another realm",
                 "check `user`: NAME@REALM, with the realm of the account's domain in upper case",
                 "correct `user` in the configuration"}},
};

bool is_hex(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

// "…, data 52e, v2580": the word before the version, since its name may be translated; without a
// version, the word after "data". Empty without either.
std::string_view data_in(std::string_view diagnostic) {
  if (const auto version = diagnostic.rfind(", v"); version != diagnostic.npos) {
    const auto before = diagnostic.substr(0, version);
    const auto data = before.substr(before.find_last_of(" ,:=") + 1);
    if (is_hex(data)) return data;
  }
  constexpr std::string_view name = "data ";
  const auto at = diagnostic.find(name);
  if (at == diagnostic.npos) return {};
  const auto rest = diagnostic.substr(at + name.size());
  const auto end =
      std::ranges::find_if(rest, [](unsigned char c) { return std::isxdigit(c) == 0; });
  return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
}

bool is_same_hex(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

const Refusal* sub_code(std::string_view data) {
  const auto row = std::ranges::find_if(sub_codes, [&](const Refusal& each) {
    return is_same_hex(each.code.substr(std::string_view("49/").size()), data);
  });
  return row == sub_codes.end() ? nullptr : &*row;
}

const Refusal* invalid_credentials(std::string_view diagnostic) {
  const auto data = data_in(diagnostic);
  if (data.find_first_not_of('0') == data.npos) {
    // The code of SSPI, at the front, may say more: "80090346: LdapErr: …, data 0".
    const auto* by_front = sub_code(diagnostic.substr(0, diagnostic.find(':')));
    return by_front == nullptr ? &wrong_credentials : by_front;
  }
  const auto* row = sub_code(data);
  return row == nullptr ? &other_sub_code : row;
}

// As PowerShell and cmd take it.
std::string quoted(std::string_view account) {
  if (account.empty()) return "ACCOUNT";
  const bool is_plain = std::ranges::all_of(account, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  if (is_plain) return std::string(account);
  std::string text = "'";
  for (const char c : account) text += c == '\'' ? std::string(2, c) : std::string(1, c);
  return text + "'";
}

}  // namespace

const Refusal* refusal_of(int code, std::string_view diagnostic) {
  if (code == LDAP_INVALID_CREDENTIALS) return invalid_credentials(diagnostic);
  const auto row = std::ranges::find(results, code, &ResultRow::result);
  return row == results.end() ? nullptr : &row->refusal;
}

const Refusal* kerberos_refusal_of(std::int32_t error) {
  const auto row = std::ranges::find(kerberos_rows, error, &KerberosRow::error);
  return row == kerberos_rows.end() ? nullptr : &row->refusal;
}

const Refusal* refusal_by_code(std::string_view code) {
  if (code == wrong_credentials.code) return &wrong_credentials;
  const auto sub_code = std::ranges::find(sub_codes, code, &Refusal::code);
  if (sub_code != sub_codes.end()) return &*sub_code;
  for (const auto& row : results) {
    if (row.refusal.code == code) return &row.refusal;
  }
  for (const auto& row : kerberos_rows) {
    if (row.refusal.code == code) return &row.refusal;
  }
  return nullptr;
}

const Refusal& refused_ticket() { return ticket_refused; }

std::string step_for(const Refusal& refusal, std::string_view account) {
  std::string step(refusal.step);
  const auto name = quoted(account);
  for (const std::string_view hole : {"{}", "{0}"}) {
    for (auto at = step.find(hole); at != step.npos; at = step.find(hole, at + name.size())) {
      step.replace(at, hole.size(), name);
    }
  }
  return step;
}

}  // namespace cal::ldap
