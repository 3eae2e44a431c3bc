#include "probes/directory_permissions/user_permissions.h"

#include "probes/directory_permissions/permission_reasons.h"
#include "probes/security/describe.h"
#include "probes/security/sddl.h"
#include "probes/shared/trustee_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace cal::directory_permissions {

namespace {

using ad::SampledUser;
using security::Decision;
using security::DescriptorView;
using security::Sid;

// The result of the access check for one trustee and one user.
struct Answer {
  Decision read = Decision::unknown;
  Decision write = Decision::unknown;
  std::string because;       // why a right is not granted
  bool lacks_entry = false;  // an entry is missing; none denies the right

  bool denied() const { return read == Decision::denied || write == Decision::denied; }
  bool granted() const { return read == Decision::granted && write == Decision::granted; }
};

// The results for one trustee and all users of one sort.
struct Tally {
  std::vector<Answer> answers;                // in the order of the users
  const SampledUser* first_denied = nullptr;  // the example
  Answer example = {};                        // its answer, or that of an unknown one
  std::size_t denied = 0;
  std::size_t unknown = 0;
};

struct Sort {
  std::string_view name;   // the value of a metric label
  std::string_view words;  // for people
  std::span<const SampledUser> users;
  const Reason* denied;
};

Answer answer_of(const std::string& descriptor, const Facts& facts, Trustee trustee,
                 const Sid& user) {
  if (descriptor.empty()) return {.because = "its permissions cannot be read"};
  const auto view = DescriptorView::parse(std::as_bytes(std::span(descriptor)));
  if (!view) {
    return {.because = fmt::format("its permissions are damaged at byte {}: {}",
                                   view.error.position, view.error.what)};
  }
  // A user who accesses their own object is both SELF and their own SID.
  if (std::ranges::find(trustee.token, security::well_known::principal_self) !=
      trustee.token.end()) {
    trustee.token.push_back(user);
  }
  const security::SecuredSubject subject{*view, security::to_descriptor(*view),
                                         facts.users->object_class.guid, facts.domain.sid};
  const auto rights = security::rights_of(subject, trustee);
  Answer answer{rights.read.decision, rights.write.decision, ""};
  const auto& lacking = answer.write == Decision::granted ? rights.read : rights.write;
  if (answer.granted()) return answer;
  answer.because = security::because_text(subject, lacking);
  answer.lacks_entry = lacking.because == security::Because::nothing_grants ||
                       lacking.because == security::Because::empty_dacl;
  return answer;
}

Tally tally_of(const Sort& sort, const Facts& facts, const Trustee& trustee) {
  Tally tally;
  for (const auto& user : sort.users) {
    auto answer = answer_of(user.object.descriptor, facts, trustee, user.sid);
    if (answer.denied()) {
      ++tally.denied;
      if (!tally.first_denied) {
        tally.first_denied = &user;
        tally.example = answer;
      }
    } else if (!answer.granted()) {
      ++tally.unknown;
      if (tally.example.because.empty()) tally.example = answer;
    }
    tally.answers.push_back(std::move(answer));
  }
  return tally;
}

// The entry that would grant the right.
std::string missing_entry(const Trustee& trustee, const Sid& domain) {
  using namespace security;
  Ace ace;
  ace.type = trustee.object_type ? ace_type::allowed_object : ace_type::access_allowed;
  ace.mask = right::read_property | right::write_property;
  ace.object_type = trustee.object_type;
  ace.sid = trustee.token.front();
  return fmt::format("{} {}", format_sddl(ace, domain), describe(ace));
}

class Judgment {
 public:
  Judgment(const Facts& facts, const Settings& settings) : facts_(facts), settings_(settings) {}

  Outcome outcome() {
    const auto& sample = *facts_.users;
    if (sample.ordinary.empty() && sample.protected_ones.empty()) {
      return {&reason("object_not_visible"),
              fmt::format("{} shows no enabled users: it is misspelled, empty, or hidden from the "
                          "agent's account; check `users`",
                          sample.base)};
    }
    consider(reason("users_writable"),
             fmt::format("users below {}: licenses can be recorded on all that were sampled",
                         sample.base));
    for (const auto& sort : {Sort{"users", "users", sample.ordinary, &reason("users_not_writable")},
                             Sort{"protected_users", "protected users", sample.protected_ones,
                                  &reason("protected_users_not_writable")}}) {
      if (sort.users.empty()) continue;
      for (const auto& trustee : settings_.trustees) add(sort, trustee);
    }
    return std::move(outcome_);
  }

 private:
  // The table lists reasons from the worst to the best.
  void consider(const Reason& why, std::string summary, std::string action = {}) {
    if (outcome_.reason && outcome_.reason <= &why) return;
    outcome_.reason = &why;
    outcome_.summary = std::move(summary);
    outcome_.action = std::move(action);
  }

  // Without a command and without the name of a user: it is the first step in a notification, too.
  std::string action_for(const Sort& sort, const Trustee& trustee, const Tally& tally) const {
    if (!tally.example.lacks_entry) {
      return fmt::format(
          "Find out who set the entry that denies it to {}, and why, and remove it where it is "
          "set: "
          "the evidence has the entry, and one user as an example.",
          people_name(trustee));
    }
    if (sort.name == "users") {
      return fmt::format("Delegate reading and writing of licenses on the users below {} to {}.",
                         facts_.users->base, people_name(trustee));
    }
    return "Find out whether these users have to be protected. If not, let them inherit "
           "permissions again. If so, AdminSDHolder has to permit it.";
  }

  void note(std::string item, std::string text) {
    outcome_.evidence.push_back({std::nullopt, std::move(item), std::move(text)});
  }

  void add(const Sort& sort, const Trustee& trustee) {
    const auto tally = tally_of(sort, facts_, trustee);
    add_sample(sort, trustee, "read", tally, &Answer::read);
    add_sample(sort, trustee, "write", tally, &Answer::write);
    const auto item = fmt::format("{} on {}", evidence_name(trustee), sort.words);
    if (tally.denied > 0) {
      const auto* const right = tally.example.write == Decision::denied ? "write" : "read";
      const auto count = fmt::format("{} of {}", tally.denied, sort.users.size());
      const auto example = fmt::format("for example on {}: {}", tally.first_denied->object.dn,
                                       tally.example.because);
      outcome_.evidence.push_back(
          {Verdict::present, item,
           fmt::format("no {} permission for licenses on {}, {}", right, count, example)});
      consider(*sort.denied,
               fmt::format("{} {}: {} has no {} permission for licenses, {}", count, sort.words,
                           people_name(trustee), right, example),
               action_for(sort, trustee, tally));
      if (tally.example.lacks_entry) add_origin(sort, trustee);
    } else if (tally.unknown > 0) {
      const auto text = fmt::format("unknown for {} of {}: {}", tally.unknown, sort.users.size(),
                                    tally.example.because);
      outcome_.evidence.push_back({Verdict::unknown, item, text});
      consider(reason("descriptor_not_readable"), fmt::format("{} {}", item, text));
    } else {
      outcome_.evidence.push_back(
          {Verdict::clear, item,
           fmt::format("can write licenses on all {} that were sampled below {}", sort.users.size(),
                       facts_.users->base)});
    }
  }

  void add_sample(const Sort& sort, const Trustee& trustee, std::string_view right,
                  const Tally& tally, Decision Answer::*decision) {
    const auto any = [&](Decision wanted) {
      return std::ranges::find(tally.answers, wanted, decision) != tally.answers.end();
    };
    if (!any(Decision::denied) && any(Decision::unknown)) return;
    outcome_.samples.push_back({&families[1],
                                {std::string(sort.name), trustee.name, std::string(right)},
                                any(Decision::denied) ? 0.0 : 1.0});
  }

  // Where the entry would have come from: the class default for new accounts, and AdminSDHolder,
  // which is copied to protected accounts every hour.
  void add_origin(const Sort& sort, const Trustee& trustee) {
    note("the missing entry", missing_entry(trustee, facts_.domain.sid));
    if (sort.name == "users") {
      const auto usual =
          security::parse_sddl(facts_.users->object_class.default_descriptor, facts_.domain.sid);
      if (!usual) return;
      const auto octets = security::octets(*usual);
      const auto answer = answer_of(octets.value_or(""), facts_, trustee, Sid{});
      note("class default of user",
           answer.granted()
               ? "grants it: these accounts are older than this default, or were changed"
               : "does not grant it: new accounts will lack it, too, unless they inherit it");
    } else {
      const auto& holder = facts_.users->template_object;
      const auto answer = answer_of(holder.descriptor, facts_, trustee, Sid{});
      note("AdminSDHolder",
           answer.granted()
               ? "grants it: it is copied to protected accounts within an hour; on accounts that "
                 "are no longer protected, enable inheritance"
               : fmt::format("does not grant it to protected accounts: {}", answer.because));
    }
  }

  const Facts& facts_;
  const Settings& settings_;
  Outcome outcome_{nullptr, ""};
};

}  // namespace

UserLack lack_of(const Facts& facts, const std::vector<SampledUser>& users,
                 const Trustee& trustee) {
  for (const auto& user : users) {
    const auto answer = answer_of(user.object.descriptor, facts, trustee, user.sid);
    if (answer.denied()) return answer.lacks_entry ? UserLack::entry : UserLack::denied;
  }
  return UserLack::none;
}

Outcome judge_users(const Facts& facts, const Settings& settings) {
  return Judgment(facts, settings).outcome();
}

}  // namespace cal::directory_permissions
