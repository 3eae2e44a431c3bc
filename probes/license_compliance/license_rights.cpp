#include "probes/license_compliance/license_rights.h"

#include "agent/base/text.h"
#include "probes/ad/user_sample.h"
#include "probes/security/trustee_rights.h"
#include "probes/shared/trustee_options.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace cal::license_compliance {

namespace {

using security::Decision;

ldap::Result<std::vector<security::Sid>> own_token(ldap::Session& session, Deadline deadline) {
  auto root = session.read("", {"tokenGroups"}, deadline);
  if (!root) return tl::unexpected(std::move(root.error()));
  std::vector<security::Sid> token;
  if (!*root) return token;
  for (const auto& octets : (*root)->values("tokenGroups")) {
    if (const auto sid = security::Sid::parse_octets(octets)) {
      token.push_back(*sid);
    }
  }
  return token;
}

struct Answer {
  Decision decision;
  std::string because;
};

// A right to the licenses of users, for one trustee and one user.
Answer answer_of(const security::Trustee& trustee,
                 security::AccessResult security::TrusteeRights::*right,
                 const ad::SampledUser& user, const ad::UserSample& sample,
                 const security::Sid& domain) {
  const auto& bytes = user.object.descriptor;
  const auto view = security::DescriptorView::parse(std::as_bytes(std::span(bytes)));
  if (!view) return {Decision::unknown, "its permissions cannot be read"};
  const security::SecuredSubject subject{*view, security::to_descriptor(*view),
                                         sample.object_class.guid, domain};
  const auto rights = security::rights_of(subject, trustee);
  return {(rights.*right).decision, security::because_text(subject, rights.*right)};
}

constexpr std::string_view not_sampled =
    "the permissions of the sampled users cannot be read, so this is unknown";

Right may_read(const BoundAccount& self, const std::vector<security::Sid>& token,
               const ad::UserSample& sample) {
  const security::Trustee reader{"agent", token, user_self().object_type};
  Right right{"read the licenses of users (msTS*, the property set Terminal Server License Server)",
              true, "",
              fmt::format(R"(dsacls "{}" /I:S /G "{}:RP;Terminal Server License Server;user")",
                          self.domain.dn, self.domain_name)};
  std::size_t tried = 0;
  for (const auto* users : {&sample.ordinary, &sample.protected_ones}) {
    for (const auto& user : *users) {
      const auto answer =
          answer_of(reader, &security::TrusteeRights::read, user, sample, self.domain.sid);
      if (answer.decision == Decision::granted) {
        ++tried;
      } else if (answer.decision == Decision::denied) {
        right.granted = false;
        right.seen = fmt::format("{}: {}", user.object.dn, answer.because);
        return right;
      }
    }
  }
  if (tried == 0 || token.empty()) {
    right.granted.reset();
    right.seen = not_sampled;
  }
  return right;
}

Right self_may_write(const BoundAccount& self, const ad::UserSample& sample) {
  Right right{"SELF: write the licenses of users", std::nullopt, std::string(not_sampled),
              fmt::format(R"(dsacls "{}" /I:S /G "SELF:RPWP;Terminal Server License Server;user")",
                          self.domain.dn)};
  std::size_t granted = 0;
  std::size_t denied = 0;
  std::string example;
  // AdminSDHolder decides about protected users, who are few.
  for (const auto& user : sample.ordinary.empty() ? sample.protected_ones : sample.ordinary) {
    // A user who accesses their own object is both SELF and their own SID.
    auto writer = user_self();
    writer.token.push_back(user.sid);
    const auto answer =
        answer_of(writer, &security::TrusteeRights::write, user, sample, self.domain.sid);
    granted += answer.decision == Decision::granted ? 1 : 0;
    if (answer.decision != Decision::denied) continue;
    if (denied++ == 0) example = fmt::format("{}: {}", user.object.dn, answer.because);
  }
  if (granted == 0 && denied == 0) return right;
  right.granted = granted > 0;
  right.seen = denied == 0 ? ""
                           : fmt::format(
                                 "SELF may not write on {} of {} that {} sampled below {}, "
                                 "for example on {}",
                                 denied, counted(granted + denied, "user"),
                                 plural(granted + denied, "was", "were"), sample.base, example);
  return right;
}

}  // namespace

ldap::Result<std::vector<Right>> ask_directory_count(const BoundAccount& self, Deadline deadline) {
  auto token = own_token(self.session, deadline);
  if (!token) return tl::unexpected(std::move(token.error()));
  const auto sample = ad::sample_users(self.session, self.domain, "", deadline);
  if (!sample) return tl::unexpected(sample.error());
  return std::vector{may_read(self, *token, *sample), self_may_write(self, *sample)};
}

ldap::Result<std::vector<Right>> ask_user_licenses(const BoundAccount& self, Deadline deadline) {
  auto rights = ask_directory_count(self, deadline);
  if (rights) rights->resize(1);
  return rights;
}

}  // namespace cal::license_compliance
