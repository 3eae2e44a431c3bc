#include "probes/net/certificate.h"

#include "agent/base/file.h"
#include "agent/base/text.h"
#include "probes/net/ca_file.h"
#include "probes/net/verified_chains.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

namespace cal::net {

namespace {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct GeneralNamesDeleter {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
struct CertificatesDeleter {
  void operator()(STACK_OF(X509) * certificates) const {
    sk_X509_pop_free(certificates, X509_free);
  }
};

// A name comes from the network, so it is cut to a length that is enough to recognize it.
constexpr std::size_t max_name = 200;

std::string text_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, BioDeleter> out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return "?";
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, std::min(static_cast<std::size_t>(size), max_name)};
}

// A certificate may name the year 9999, which the clock's type cannot hold.
SystemTime time_of(const ASN1_TIME* time) {
  using std::chrono::seconds;
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  const auto latest = std::chrono::floor<seconds>(SystemTime::max()).time_since_epoch();
  return SystemTime(std::clamp(seconds(::timegm(&parts)), -latest, latest));
}

// "www.example.com", "192.0.2.1"; empty: another kind of name.
std::string text_of(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) {
    const auto* octets = ASN1_STRING_get0_data(name->d.dNSName);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName));
    return {reinterpret_cast<const char*>(octets), std::min(size, max_name / 2)};
  }
  if (name->type != GEN_IPADD) return "";
  const auto* octets = ASN1_STRING_get0_data(name->d.iPAddress);
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(name->d.iPAddress));
  Address address{size == 4 ? Family::v4 : Family::v6};
  if (size != 4 && size != address.octets.size()) return "";
  std::copy_n(octets, size, address.octets.begin());
  return address.text();
}

// The names and addresses that it is valid for.
std::vector<std::string> names_in(X509* certificate) {
  constexpr std::size_t max_names = 10;
  std::vector<std::string> names;
  const std::unique_ptr<GENERAL_NAMES, GeneralNamesDeleter> all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()) && names.size() < max_names; ++i) {
    auto text = text_of(sk_GENERAL_NAME_value(all.get(), i));
    if (!text.empty()) names.push_back(std::move(text));
  }
  return names;
}

Certificate facts_of(X509* certificate) {
  return {.subject = text_of(X509_get_subject_name(certificate)),
          .issuer = text_of(X509_get_issuer_name(certificate)),
          .not_after = time_of(X509_get0_notAfter(certificate))};
}

std::string subject_of(const X509* certificate) {
  return text_of(X509_get_subject_name(certificate));
}

bool is_self_signed(X509* certificate) {
  return (X509_get_extension_flags(certificate) & EXFLAG_SS) != 0;
}

// In the words of an administrator where it is one of the usual faults, else in OpenSSL's.
std::string words_for(int error, X509* wrong) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "expired on " + time_text(time_of(X509_get0_notAfter(wrong)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "not valid before " + time_text(time_of(X509_get0_notBefore(wrong)));
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "the issuer is not trusted here";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "it is signed by itself, and not trusted here";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "the root is not trusted here";
    default:
      return X509_verify_cert_error_string(error);
  }
}

// "CN=Issuing CA (an issuer): expired on 2026-11-24 18:40:00 UTC"
std::string fault_text(int error, X509* wrong, int depth) {
  const auto* who = depth == 0 ? "" : is_self_signed(wrong) ? " (the root): " : " (an issuer): ";
  return fmt::format("{}{}{}", depth == 0 ? "" : subject_of(wrong), who, words_for(error, wrong));
}

std::string mismatch_text(X509* certificate, const std::string& host) {
  auto text = fmt::format("not valid for {}", host);
  const auto names = names_in(certificate);
  if (!names.empty()) text += fmt::format("; it names: {}", fmt::join(names, ", "));
  return text;
}

// Records a fault and lets the verification continue, so that all faults are seen.
int note_fault(int good, X509_STORE_CTX* context) {
  if (good == 1) return 1;
  auto& seen = *static_cast<Certificate*>(X509_STORE_CTX_get_app_data(context));
  const int error = X509_STORE_CTX_get_error(context);
  auto* wrong = X509_STORE_CTX_get_current_cert(context);
  const auto note = [&](bool& well, std::string& fault) {
    well = false;
    if (!fault.empty()) return;
    const int depth = wrong == nullptr ? 0 : X509_STORE_CTX_get_error_depth(context);
    fault = fault_text(error, wrong, depth);
  };
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      note(seen.in_time, seen.time_fault);
      break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      seen.name_matches = false;
      break;
    default:
      note(seen.issuer_known, seen.issuer_fault);
  }
  return 1;
}

// A root is replaced by another one of its name and key. A chain holds as long as one of them does.
SystemTime expiry_of_root(X509_STORE_CTX* context, X509* root, SystemTime long_enough) {
  auto latest = time_of(X509_get0_notAfter(root));
  if (latest >= long_enough) return latest;
  const std::unique_ptr<STACK_OF(X509), CertificatesDeleter> trusted(
      X509_STORE_CTX_get1_certs(context, X509_get_subject_name(root)));
  for (int i = 0; trusted && i < sk_X509_num(trusted.get()); ++i) {
    auto* other = sk_X509_value(trusted.get(), i);
    if (EVP_PKEY_eq(X509_get0_pubkey(other), X509_get0_pubkey(root)) != 1) continue;
    latest = std::max(latest, time_of(X509_get0_notAfter(other)));
  }
  return latest;
}

// The chain begins with the server's own certificate.
void note_expiry_of_issuers(X509_STORE_CTX* context, Certificate& seen) {
  const auto* chain = X509_STORE_CTX_get0_chain(context);
  for (int i = 1; chain != nullptr && i < sk_X509_num(chain); ++i) {
    auto* issuer = sk_X509_value(chain, i);
    const bool is_root = is_self_signed(issuer);
    auto& earliest = is_root ? seen.root_not_after : seen.intermediate_not_after;
    const auto expiry = is_root ? expiry_of_root(context, issuer, seen.not_after)
                                : time_of(X509_get0_notAfter(issuer));
    earliest = std::min(earliest.value_or(expiry), expiry);
  }
}

VerifiedChains::Verified verified_chain(X509_STORE_CTX* context, const Certificate& seen) {
  VerifiedChains::Verified verified{seen, SystemTime::min(), seen.not_after};
  const auto* chain = X509_STORE_CTX_get0_chain(context);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const auto* each = sk_X509_value(chain, i);
    verified.from = std::max(verified.from, time_of(X509_get0_notBefore(each)));
    verified.until = std::min(verified.until, time_of(X509_get0_notAfter(each)));
  }
  return verified;
}

int verify(X509_STORE_CTX* context, void* argument) {
  auto& check = *static_cast<TrustStore::Check*>(argument);
  const auto key = VerifiedChains::key_of(context, check.host);
  check.seen = check.verified->find(key, std::chrono::system_clock::now());
  if (check.seen) {
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
  }
  auto& seen = check.seen.emplace(facts_of(X509_STORE_CTX_get0_cert(context)));
  auto* parameters = X509_STORE_CTX_get0_param(context);
  if (Address::parse(check.host)) {
    X509_VERIFY_PARAM_set1_ip_asc(parameters, check.host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_host(parameters, check.host.c_str(), check.host.size());
  }
  X509_STORE_CTX_set_app_data(context, &seen);
  X509_STORE_CTX_set_verify_cb(context, note_fault);
  if (X509_verify_cert(context) != 1) seen.issuer_known = false;
  if (!seen.name_matches) {
    seen.name_fault = mismatch_text(X509_STORE_CTX_get0_cert(context), check.host);
  }
  note_expiry_of_issuers(context, seen);
  if (seen.trusted()) check.verified->add(key, verified_chain(context, seen));
  if (!check.seen->acceptable(check.trust)) return 0;
  X509_STORE_CTX_set_error(context, X509_V_OK);  // curl checks it after the handshake
  return 1;
}

}  // namespace

void TrustStore::Deleter::operator()(x509_store_st* store) const { X509_STORE_free(store); }

tl::expected<TrustStore, std::string> TrustStore::load(const std::filesystem::path& ca_file) {
  if (!ca_file.empty()) {
    if (const auto checked = check_file(ca_file, max_ca_file); !checked) {
      return tl::unexpected(
          fmt::format("read CA certificates from {}: {}", ca_file.string(), checked.error().what));
    }
  }
  TrustStore trust;
  trust.verified_ = std::make_shared<VerifiedChains>();
  trust.store_.reset(X509_STORE_new());
  auto* store = trust.store_.get();
  X509_STORE_set_default_paths(store);
  // A root in the file may be an intermediate CA of a larger hierarchy.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  if (!ca_file.empty() && X509_STORE_load_file(store, ca_file.c_str()) != 1) {
    const auto error = ERR_peek_last_error();
    ERR_clear_error();
    return tl::unexpected(fmt::format("read CA certificates from {}: {}; it must contain PEM",
                                      ca_file.string(), ERR_reason_error_string(error)));
  }
  ERR_clear_error();  // a system without CAs is not an error here
  return trust;
}

void TrustStore::judge_in(ssl_ctx_st* context, Check& check) const {
  check.verified = verified_.get();
  SSL_CTX_set1_cert_store(context, store_.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify, &check);
}

}  // namespace cal::net
