#include "probes/license_compliance/license_rights.h"

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

Answer may_read(const security::Trustee& self, const ad::SampledUser& user,
                const ad::UserSample& sample, const security::Sid& domain) {
  const auto& bytes = user.object.descriptor;
  const auto view = security::DescriptorView::parse(std::as_bytes(std::span(bytes)));
  if (!view) return {Decision::unknown, "its permissions cannot be read"};
  const security::SecuredSubject subject{*view, security::to_descriptor(*view),
                                         sample.object_class.guid, domain};
  const auto read = security::rights_of(subject, self).read;
  return {read.decision, security::because_text(subject, read)};
}

}  // namespace

ldap::Result<std::vector<Right>> ask_user_licenses(const BoundAccount& self, Deadline deadline) {
  auto token = own_token(self.session, deadline);
  if (!token) return tl::unexpected(std::move(token.error()));
  const auto sample = ad::sample_users(self.session, self.domain, "", deadline);
  if (!sample) return tl::unexpected(sample.error());
  const security::Trustee reader{"agent", *token, user_self().object_type};

  Right right{"read the licenses of users (msTS*, the property set Terminal Server License Server)",
              true, "",
              fmt::format(R"(dsacls "{}" /I:S /G "{}:RP;Terminal Server License Server;user")",
                          self.domain.dn, self.domain_name)};
  std::size_t tried = 0;
  for (const auto* users : {&sample->ordinary, &sample->protected_ones}) {
    for (const auto& user : *users) {
      const auto answer = may_read(reader, user, *sample, self.domain.sid);
      if (answer.decision == Decision::granted) {
        ++tried;
      } else if (answer.decision == Decision::denied) {
        right.granted = false;
        right.seen = fmt::format("{}: {}", user.object.dn, answer.because);
        return std::vector{std::move(right)};
      }
    }
  }
  if (tried == 0 || token->empty()) {
    right.granted.reset();
    right.seen = "the permissions of the sampled users cannot be read, so this is unknown";
  }
  return std::vector{std::move(right)};
}

}  // namespace cal::license_compliance
