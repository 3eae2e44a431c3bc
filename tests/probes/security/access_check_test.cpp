#include "probes/security/access_check.h"

#include "probes/security/sddl.h"
#include "tests/catch.h"

#include <string>
#include <vector>

using namespace cal::security;

namespace {

// GUIDs of the object trees below: a class C, a property set P with the attributes Q and R, an
// attribute S in no set, and a GUID that is in no tree.
const std::string C = "c0000000-0000-0000-0000-000000000000";
const std::string P = "a0000000-0000-0000-0000-000000000001";
const std::string Q = "b0000000-0000-0000-0000-000000000002";
const std::string R = "b0000000-0000-0000-0000-000000000003";
const std::string S = "b0000000-0000-0000-0000-000000000004";
const std::string other = "d0000000-0000-0000-0000-000000000005";

Guid guid(const std::string& text) { return Guid::parse_text(text).value(); }

struct Question {
  std::string sddl;
  std::string mask;
  std::string token = "SY";  // aliases of two letters, one behind the other
  std::vector<std::string> types = {};
};

struct Answer {
  Decision decision;
  Because because;
  std::vector<int> aces = {};
  std::string missing = "";

  bool operator==(const Answer&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Answer& answer) {
  out << name_of(answer.decision) << ' ' << name_of(answer.because) << " missing " << answer.missing
      << " aces";
  for (const int index : answer.aces) out << ' ' << index;
  return out;
}

Answer ask(const std::string& bytes, AccessMask mask, const std::vector<Sid>& token,
           const ObjectTree* tree, const Sid* self = nullptr) {
  const auto view = DescriptorView::parse(std::as_bytes(std::span(bytes)));
  REQUIRE(view);
  const auto result =
      access_check(*view, {.token = token, .desired = mask, .tree = tree, .self = self});
  return {result.decision,
          result.because,
          {result.aces.begin(), result.aces.end()},
          format_sddl_rights(result.missing)};
}

std::string bytes_of(const std::string& sddl) {
  const auto descriptor = parse_sddl(sddl);
  INFO(sddl);
  REQUIRE(descriptor);
  return octets(*descriptor).value();
}

std::vector<Sid> token_of(std::string_view aliases) {
  std::vector<Sid> token;
  for (std::size_t i = 0; i < aliases.size(); i += 2) {
    token.push_back(*parse_sddl_sid(aliases.substr(i, 2)));
  }
  return token;
}

Answer ask(const Question& question) {
  std::vector<Guid> types;
  for (const auto& type : question.types) types.push_back(guid(type));
  const auto tree = ObjectTree::chain(types);
  return ask(bytes_of(question.sddl), *parse_sddl_rights(question.mask), token_of(question.token),
             tree ? &*tree : nullptr);
}

// The tree C → {P → {Q, R}, S}, deciding at one node.
Answer ask_in_tree(const std::string& sddl, const std::string& mask, std::size_t target) {
  const std::vector<ObjectType> types = {
      {0, guid(C)}, {1, guid(P)}, {2, guid(Q)}, {2, guid(R)}, {1, guid(S)}};
  const auto tree = ObjectTree::make(types, target);
  REQUIRE(tree);
  return ask(bytes_of(sddl), *parse_sddl_rights(mask), token_of("SY"), &*tree);
}

constexpr auto granted = Decision::granted;
constexpr auto denied = Decision::denied;
constexpr auto unknown = Decision::unknown;

struct Row {
  std::string_view says;  // with its source
  Question question;
  Answer answer;
};

void check(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    INFO(row.says << ": " << row.question.sddl << " asked for " << row.question.mask);
    CHECK(ask(row.question) == row.answer);
  }
}

std::string object_ace(const std::string& type, const std::string& rights,
                       const std::string& guid) {
  return "(" + type + ";;" + rights + ";" + guid + ";;SY)";
}

}  // namespace

TEST_CASE("the list as a whole: absent, NULL, empty", "[access]") {
  check({
      {"no DACL grants all (MS-ADTS 5.1.3.3.2 rule 1)",
       {"O:BA", "RPWPWO"},
       {granted, Because::no_dacl}},
      {"a NULL DACL grants all (MS-DTYP 2.5.3.2)",
       {"O:BAD:NO_ACCESS_CONTROL", "RPWPWO"},
       {granted, Because::no_dacl}},
      {"an empty DACL grants nothing (5.1.3.3.2 rule 2)",
       {"O:BAD:", "RP"},
       {denied, Because::empty_dacl, {}, "RP"}},
      {"not even to the owner, but for the implied rights (MS-DTYP 2.5.3.2)",
       {"O:SYD:", "RP"},
       {denied, Because::empty_dacl, {}, "RP"}},
      {"an empty DACL leaves the owner's implied rights (MS-DTYP 2.5.3.2)",
       {"O:SYD:", "RCWD"},
       {granted, Because::owner}},
      {"only a privilege grants ACCESS_SYSTEM_SECURITY (MS-DTYP 2.5.3.2)",
       {"O:BAD:(A;;0x10f01ff;;;SY)", "0x1000010"},
       {denied, Because::needs_privilege, {}, "0x1000000"}},
      {"not even without a DACL (MS-DTYP 2.5.3.2 looks at privileges first)",
       {"O:BA", "0x1000000"},
       {denied, Because::needs_privilege, {}, "0x1000000"}},
      {"a request for no right is granted",
       {"O:BAD:(D;;RP;;;SY)", ""},
       {granted, Because::nothing_asked}},
  });
}

TEST_CASE("simple entries are read in order, right by right", "[access]") {
  check({
      {"an allowance (5.1.3.3.2 rule 4)",
       {"D:(A;;RPWP;;;SY)", "RP"},
       {granted, Because::aces, {0}}},
      {"of others: skipped (rule 4)",
       {"D:(A;;RPWP;;;BA)", "RP"},
       {denied, Because::nothing_grants, {}, "RP"}},
      {"by any SID of the token (rule 4)",
       {"D:(A;;RPWP;;;BA)", "RP", "SYBAWD"},
       {granted, Because::aces, {0}}},
      {"rights add up over entries (rule 4)",
       {"D:(A;;RP;;;SY)(A;;WP;;;WD)", "RPWP", "SYWD"},
       {granted, Because::aces, {0, 1}}},
      {"only entries that add something decide",
       {"D:(A;;RP;;;SY)(A;;RP;;;SY)(A;;RPWP;;;SY)", "RPWP"},
       {granted, Because::aces, {0, 2}}},
      {"what is left is missing",
       {"D:(A;;RP;;;SY)", "RPWP"},
       {denied, Because::nothing_grants, {}, "WP"}},
      {"a denial first wins (rule 4.3)",
       {"D:(D;;WP;;;SY)(A;;RPWP;;;SY)", "RPWP"},
       {denied, Because::deny, {0}, "WP"}},
      {"a denial after the allowance comes too late (rule 4.3)",
       {"D:(A;;RPWP;;;SY)(D;;WP;;;SY)", "RPWP"},
       {granted, Because::aces, {0}}},
      {"a denial between two allowances takes what is left (rule 4.3)",
       {"D:(A;;RP;;;SY)(D;;RPWP;;;SY)(A;;WPCC;;;SY)", "RPWPCC"},
       {denied, Because::deny, {1}, "WP"}},
      {"a denial of other rights does not matter",
       {"D:(D;;CC;;;SY)(A;;RP;;;SY)", "RP"},
       {granted, Because::aces, {1}}},
      {"a denial of another's does not matter",
       {"D:(D;;RP;;;BA)(A;;RP;;;SY)", "RP"},
       {granted, Because::aces, {1}}},
      {"a denial of a group's does",
       {"D:(D;;RP;;;WD)(A;;RP;;;SY)", "RP", "SYWD"},
       {denied, Because::deny, {0}, "RP"}},
      {"inherit-only entries are for children (rule 4.1)",
       {"D:(A;IO;RP;;;SY)(D;CIIO;WP;;;SY)(A;;WP;;;SY)", "WP"},
       {granted, Because::aces, {2}}},
      {"inherit-only allowances are, too (rule 4.1)",
       {"D:(A;IO;RP;;;SY)", "RP"},
       {denied, Because::nothing_grants, {}, "RP"}},
      {"inherited entries count like others",
       {"D:(A;CIID;RP;;;SY)", "RP"},
       {granted, Because::aces, {0}}},
      {"an empty token matches nothing",
       {"O:SYD:(A;;RP;;;WD)", "RP", ""},
       {denied, Because::nothing_grants, {}, "RP"}},
  });
}

TEST_CASE("generic rights are mapped as for directory objects", "[access]") {
  check({
      {"asked for (MS-ADTS 6.1.3)", {"D:(A;;0x20094;;;SY)", "GR"}, {granted, Because::aces, {0}}},
      {"asked for, and not all there (6.1.3)",
       {"D:(A;;RPLC;;;SY)", "GR"},
       {denied, Because::nothing_grants, {}, "LORC"}},
      {"GW is RC, WP and SW (6.1.3)",
       {"D:(A;;LC;;;SY)", "GW"},
       {denied, Because::nothing_grants, {}, "SWWPRC"}},
      {"GX is RC and LC (6.1.3)",
       {"D:(A;;RP;;;SY)", "GX"},
       {denied, Because::nothing_grants, {}, "LCRC"}},
      {"in an entry, as AD maps them on writing (5.1.3.2)",
       {"D:(A;;GA;;;SY)", "0xf01ff"},
       {granted, Because::aces, {0}}},
      {"in a denial (5.1.3.2)",
       {"D:(D;;GW;;;SY)(A;;GA;;;SY)", "WP"},
       {denied, Because::deny, {0}, "WP"}},
  });
}

TEST_CASE("the owner can read and change the permissions", "[access]") {
  check({
      {"RC and WD are implied (MS-ADTS 5.1.3.3.1)",
       {"O:SYD:(A;;RP;;;BA)", "RCWD"},
       {granted, Because::owner}},
      {"through a group as well (5.1.3.3.1)",
       {"O:BAD:(A;;RP;;;WD)", "RC", "SYBA"},
       {granted, Because::owner}},
      {"WO is not (6.1.3.4; 5.1.3.3.2 says otherwise)",
       {"O:SYD:(A;;RP;;;BA)", "WO"},
       {denied, Because::nothing_grants, {}, "WO"}},
      {"nor are RP and WP",
       {"O:SYD:(A;;RP;;;BA)", "RPWP"},
       {denied, Because::nothing_grants, {}, "RPWP"}},
      {"the rest comes from entries",
       {"O:SYD:(A;;RP;;;SY)", "RPRC"},
       {granted, Because::owner_and_aces, {0}}},
      {"entries alone where nothing implied is asked for",
       {"O:SYD:(A;;RP;;;SY)", "RP"},
       {granted, Because::aces, {0}}},
      {"a denial cannot take the implied rights (5.1.3.3.2 rules 3, 4.3)",
       {"O:SYD:(D;;RCWDRP;;;SY)", "RCWD"},
       {granted, Because::owner}},
      {"without an owner nothing is implied",
       {"D:(A;;RP;;;BA)", "RC"},
       {denied, Because::nothing_grants, {}, "RC"}},
  });
}

TEST_CASE("the owner's implied rights can be blocked (MS-ADTS 6.1.3.4)", "[access]") {
  const auto bytes = bytes_of("O:SYD:(A;;RC;;;SY)");
  const auto view = DescriptorView::parse(std::as_bytes(std::span(bytes)));
  const auto token = token_of("SY");
  const auto ask_without = [&](AccessMask mask) {
    return access_check(*view, {.token = token, .desired = mask, .implied_for_owner = 0});
  };
  CHECK(ask_without(right::read_control).because == Because::aces);
  CHECK(ask_without(right::write_dacl).decision == denied);
  CHECK(ask_without(right::write_dacl).because == Because::nothing_grants);
}

TEST_CASE("an entry for OWNER RIGHTS replaces the implied rights", "[access]") {
  check({
      {"it takes the implied rights (MS-DTYP 2.4.2.4)",
       {"O:SYD:(A;;RP;;;OW)", "RC"},
       {denied, Because::nothing_grants, {}, "RC"}},
      {"and gives the owner what it says",
       {"O:SYD:(A;;RPRC;;;OW)", "RPRC"},
       {granted, Because::aces, {0}}},
      {"or denies it",
       {"O:SYD:(D;;WP;;;OW)(A;;WP;;;SY)", "WP"},
       {denied, Because::deny, {0}, "WP"}},
      {"others are not the owner",
       {"O:BAD:(A;;RP;;;OW)", "RP"},
       {denied, Because::nothing_grants, {}, "RP"}},
      {"for children only, it does not count",
       {"O:SYD:(A;IO;RP;;;OW)", "RC"},
       {granted, Because::owner}},
      {"an audit entry is none", {"O:SYD:(AU;SA;RC;;;OW)", "RC"}, {granted, Because::owner}},
      {"a conditional one may be one",
       {"O:SYD:(XA;;RP;;;OW;(1==1))", "RC"},
       {unknown, Because::unknown_aces, {0}, "RC"}},
      {"a conditional one takes and gives; the two are not weighed (README.md)",
       {"O:SYD:(XA;;RP;;;OW;(1==1))", "RPRC"},
       {unknown, Because::unknown_aces, {0}, "RPRC"}},
      {"a conditional one behind a sure one changes nothing",
       {"O:SYD:(A;;RP;;;OW)(XA;;RP;;;OW;(1==1))", "RC"},
       {denied, Because::nothing_grants, {}, "RC"}},
      {"a conditional one may matter before a denial",
       {"O:SYD:(D;;RC;;;SY)(XA;;RP;;;OW;(1==1))", "RC"},
       {unknown, Because::unknown_aces, {1}, "RC"}},
  });
}

TEST_CASE("PRINCIPAL SELF is the object if that is a principal", "[access]") {
  const std::string bytes = bytes_of("D:(A;;WP;;;PS)");
  const auto token = token_of("SYBA");
  const Sid& self = well_known::local_system;
  const Sid& someone = well_known::everyone;
  // MS-DTYP 2.5.3.1.5: the SID takes the place of S-1-5-10.
  CHECK(ask(bytes, right::write_property, token, nullptr, &self) ==
        Answer{granted, Because::aces, {0}});
  CHECK(ask(bytes, right::write_property, token, nullptr, &someone) ==
        Answer{denied, Because::nothing_grants, {}, "WP"});
  CHECK(ask(bytes, right::write_property, token, nullptr) ==
        Answer{denied, Because::nothing_grants, {}, "WP"});
  CHECK(ask(bytes, right::write_property, token_of("SYPS"), nullptr) ==
        Answer{granted, Because::aces, {0}});
}

TEST_CASE("object entries along a chain of object types", "[access]") {
  check({
      {"an entry for the attribute (MS-ADTS 5.1.3.3.3)",
       {"D:" + object_ace("OA", "WP", Q), "WP", "SY", {C, P, Q}},
       {granted, Because::aces, {0}}},
      {"for its property set (5.1.3.3.3)",
       {"D:" + object_ace("OA", "WP", P), "WP", "SY", {C, P, Q}},
       {granted, Because::aces, {0}}},
      {"for the class (5.1.3.3.3)",
       {"D:" + object_ace("OA", "WP", C), "WP", "SY", {C, P, Q}},
       {granted, Because::aces, {0}}},
      {"for another type: skipped (5.1.3.3.3)",
       {"D:" + object_ace("OA", "WP", other), "WP", "SY", {C, P, Q}},
       {denied, Because::nothing_grants, {}, "WP"}},
      {"without a type, as a simple entry (5.1.3.3.3)",
       {"D:" + object_ace("OA", "WP", ""), "WP", "SY", {C, P, Q}},
       {granted, Because::aces, {0}}},
      {"without a type and without a tree (5.1.3.3.3)",
       {"D:" + object_ace("OA", "WP", ""), "WP"},
       {granted, Because::aces, {0}}},
      {"with a type, but no tree: skipped",
       {"D:" + object_ace("OA", "WP", C), "WP"},
       {denied, Because::nothing_grants, {}, "WP"}},
      {"a denial with a type, but no tree: skipped",
       {"D:" + object_ace("OD", "WP", C) + "(A;;WP;;;SY)", "WP"},
       {granted, Because::aces, {1}}},
      {"a denial for the set hits the attribute (5.1.3.3.3)",
       {"D:" + object_ace("OD", "WP", P) + "(A;;WP;;;SY)", "WP", "SY", {C, P, Q}},
       {denied, Because::deny, {0}, "WP"}},
      {"a denial without a type hits all",
       {"D:" + object_ace("OD", "WP", "") + "(A;;WP;;;SY)", "WP", "SY", {C, P}},
       {denied, Because::deny, {0}, "WP"}},
      {"a denial for another type does not",
       {"D:" + object_ace("OD", "WP", other) + "(A;;WP;;;SY)", "WP", "SY", {C, P, Q}},
       {granted, Because::aces, {1}}},
      {"a denial behind the allowance for the attribute comes too late",
       {"D:" + object_ace("OA", "WP", Q) + object_ace("OD", "WP", P), "WP", "SY", {C, P, Q}},
       {granted, Because::aces, {0}}},
      {"object and simple entries add up (5.1.3.3.3)",
       {"D:" + object_ace("OA", "RP", P) + "(A;;WP;;;SY)", "RPWP", "SY", {C, P, Q}},
       {granted, Because::aces, {0, 1}}},
      {"the type that inherits does not matter here (MS-DTYP 2.4.4.3)",
       {"D:(OA;;WP;;" + other + ";SY)", "WP", "SY", {C}},
       {granted, Because::aces, {0}}},
      {"an entry for the attribute does not open the class",
       {"D:" + object_ace("OA", "WP", Q), "WP", "SY", {C}},
       {denied, Because::nothing_grants, {}, "WP"}},
  });
}

TEST_CASE("in a tree, grants rise when all siblings have them and denials always do", "[access]") {
  // MS-ADTS 5.1.3.3.3. Nodes: 0 C, 1 P, 2 Q, 3 R, 4 S.
  struct TreeRow {
    std::string_view says;
    std::string sddl;
    std::string mask;
    std::size_t target;
    Answer answer;
  };
  const std::string q = object_ace("OA", "WP", Q);
  const std::string r = object_ace("OA", "WP", R);
  const std::string s = object_ace("OA", "WP", S);
  const Answer missing{denied, Because::nothing_grants, {}, "WP"};
  const TreeRow rows[] = {
      {"one of two siblings is not enough", q, "WP", 1, missing},
      {"both are", q + r, "WP", 1, {granted, Because::aces, {1}}},
      {"but not for the class", q + r, "WP", 0, missing},
      {"until the last branch follows", q + r + s, "WP", 0, {granted, Because::aces, {2}}},
      {"only what siblings share rises",
       object_ace("OA", "RPWP", Q) + object_ace("OA", "WPCC", R),
       "RPWP",
       1,
       {denied, Because::nothing_grants, {}, "RP"}},
      {"a grant does not reach a sibling", q, "WP", 3, missing},
      {"a grant reaches all below",
       object_ace("OA", "WP", P),
       "WP",
       3,
       {granted, Because::aces, {0}}},
      {"a denial rises to the class",
       object_ace("OD", "WP", Q) + "(A;;WP;;;SY)",
       "WP",
       0,
       {denied, Because::deny, {0}, "WP"}},
      {"and to the set",
       object_ace("OD", "WP", Q) + "(A;;WP;;;SY)",
       "WP",
       1,
       {denied, Because::deny, {0}, "WP"}},
      {"not to a sibling",
       object_ace("OD", "WP", Q) + "(A;;WP;;;SY)",
       "WP",
       3,
       {granted, Because::aces, {1}}},
      {"not to another branch",
       object_ace("OD", "WP", Q) + "(A;;WP;;;SY)",
       "WP",
       4,
       {granted, Because::aces, {1}}},
      {"a denial of what is granted already does not rise (MS-DTYP 2.5.3.2)",
       q + object_ace("OD", "WP", Q) + "(A;;WP;;;SY)",
       "WP",
       0,
       {granted, Because::aces, {2}}},
      {"a denial for the set spares an attribute that has the right",
       q + object_ace("OD", "WP", P) + "(A;;WP;;;SY)",
       "WP",
       2,
       {granted, Because::aces, {0}}},
      {"and takes it from the other",
       q + object_ace("OD", "WP", P) + "(A;;WP;;;SY)",
       "WP",
       3,
       {denied, Because::deny, {1}, "WP"}},
      {"a denial below stops what would rise",
       object_ace("OD", "WP", R) + q + r + s,
       "WP",
       0,
       {denied, Because::deny, {0}, "WP"}},
  };
  for (const auto& row : rows) {
    INFO(row.says);
    CHECK(ask_in_tree("D:" + row.sddl, row.mask, row.target) == row.answer);
  }
}

TEST_CASE("control access rights and validated writes are for one GUID exactly", "[access]") {
  const std::string mask = GENERATE("CR", "SW");
  // MS-ADTS 5.1.3.3.4 (CR) and 5.1.3.3.5 (SW).
  check({
      {"its own GUID grants",
       {"D:" + object_ace("OA", mask, Q), mask, "SY", {C, Q}},
       {granted, Because::aces, {0}}},
      {"the first match decides",
       {"D:" + object_ace("OD", mask, Q) + object_ace("OA", mask, Q), mask, "SY", {C, Q}},
       {denied, Because::deny, {0}, mask}},
      {"no GUID grants all",
       {"D:" + object_ace("OA", mask, ""), mask, "SY", {C, Q}},
       {granted, Because::aces, {0}}},
      {"no GUID denies all",
       {"D:" + object_ace("OD", mask, "") + object_ace("OA", mask, Q), mask, "SY", {C, Q}},
       {denied, Because::deny, {0}, mask}},
      {"a simple entry is one without a GUID",
       {"D:(A;;" + mask + ";;;SY)", mask, "SY", {C, Q}},
       {granted, Because::aces, {0}}},
      {"the GUID of the class does not grant",
       {"D:" + object_ace("OA", mask, C), mask, "SY", {C, Q}},
       {denied, Because::nothing_grants, {}, mask}},
      {"nor that of a property set above",
       {"D:" + object_ace("OA", mask, P), mask, "SY", {C, P, Q}},
       {denied, Because::nothing_grants, {}, mask}},
      {"the GUID of the class does not deny",
       {"D:" + object_ace("OD", mask, C) + object_ace("OA", mask, Q), mask, "SY", {C, Q}},
       {granted, Because::aces, {1}}},
      {"the right by itself gives no other right",
       {"D:" + object_ace("OA", mask, Q), "WP", "SY", {C, Q}},
       {denied, Because::nothing_grants, {}, "WP"}},
      {"without a tree only entries without a GUID count",
       {"D:" + object_ace("OA", mask, Q), mask},
       {denied, Because::nothing_grants, {}, mask}},
  });
  const std::string all =
      object_ace("OA", mask, Q) + object_ace("OA", mask, R) + object_ace("OA", mask, S);
  CHECK(ask_in_tree("D:" + all, mask, 0) == Answer{denied, Because::nothing_grants, {}, mask});
}

TEST_CASE("entries that cannot be evaluated count only if they make the difference", "[access]") {
  // MS-DTYP 2.4.4.17.3: an UNKNOWN condition of an allowance does not grant, of a denial denies.
  const std::string maybe_allow = "(XA;;RP;;;SY;(1==1))";
  const std::string maybe_deny = "(XD;;RP;;;SY;(1==1))";
  const std::string anything = "(0x15;;(#00000000))";
  check({
      {"a conditional allowance that is all there is",
       {"D:" + maybe_allow, "RP"},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"behind a sure allowance",
       {"D:(A;;RP;;;SY)" + maybe_allow, "RP"},
       {granted, Because::aces, {0}}},
      {"in front of a sure allowance",
       {"D:" + maybe_allow + "(A;;RP;;;SY)", "RP"},
       {granted, Because::aces, {1}}},
      {"behind a sure denial",
       {"D:(D;;RP;;;SY)" + maybe_allow, "RP"},
       {denied, Because::deny, {0}, "RP"}},
      {"in front of a sure denial",
       {"D:" + maybe_allow + "(D;;RP;;;SY)", "RP"},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"while another right is missing anyway",
       {"D:" + maybe_allow, "RPWP"},
       {denied, Because::nothing_grants, {}, "WP"}},
      {"while another right is denied anyway",
       {"D:" + maybe_allow + "(D;;WP;;;SY)", "RPWP"},
       {denied, Because::deny, {1}, "WP"}},
      {"for someone else",
       {"D:(XA;;RP;;;BA;(1==1))", "RP"},
       {denied, Because::nothing_grants, {}, "RP"}},
      {"for other rights",
       {"D:(XA;;WP;;;SY;(1==1))", "RP"},
       {denied, Because::nothing_grants, {}, "RP"}},
      {"for children only",
       {"D:(XA;IO;RP;;;SY;(1==1))", "RP"},
       {denied, Because::nothing_grants, {}, "RP"}},
      {"a conditional denial in front of an allowance",
       {"D:" + maybe_deny + "(A;;RP;;;SY)", "RP"},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"a conditional denial behind it",
       {"D:(A;;RP;;;SY)" + maybe_deny, "RP"},
       {granted, Because::aces, {0}}},
      {"a conditional denial of what nothing grants",
       {"D:" + maybe_deny, "RP"},
       {denied, Because::nothing_grants, {}, "RP"}},
      {"a conditional denial of something else",
       {"D:(XD;;WP;;;SY;(1==1))(A;;RP;;;SY)", "RP"},
       {granted, Because::aces, {1}}},
      {"a callback entry without a condition",
       {"D:(XA;;RP;;;SY)", "RP"},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"a conditional object entry for the type",
       {"D:(ZA;;RP;" + Q + ";;SY;(1==1))", "RP", "SY", {C, Q}},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"a conditional object entry for another",
       {"D:(ZA;;RP;" + R + ";;SY;(1==1))", "RP", "SY", {C, Q}},
       {denied, Because::nothing_grants, {}, "RP"}},
      {"a conditional object denial (0x0c)",
       {"D:(0x0c;;RP;" + Q + ";;SY;(1==1))(A;;RP;;;SY)", "RP", "SY", {C, Q}},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"an unknown type in front of an allowance",
       {"D:" + anything + "(A;;RP;;;SY)", "RP"},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"an unknown type and nothing else",
       {"D:" + anything, "RP"},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"an unknown type behind an allowance",
       {"D:(A;;RP;;;SY)" + anything, "RP"},
       {granted, Because::aces, {0}}},
      {"an unknown type behind a denial",
       {"D:(D;;RP;;;SY)" + anything, "RP"},
       {denied, Because::deny, {0}, "RP"}},
      {"an unknown type behind a denial of part",
       {"D:(D;;RP;;;SY)" + anything, "RPWP"},
       {denied, Because::deny, {0}, "RP"}},
      {"an unknown type for children only",
       {"D:(0x15;IO;(#00000000))(A;;RP;;;SY)", "RP"},
       {granted, Because::aces, {1}}},
      {"an unknown type may be about OWNER RIGHTS",
       {"O:SYD:" + anything, "RC"},
       {unknown, Because::unknown_aces, {0}, "RC"}},
      {"the reserved compound type",
       {"D:(0x04;;(#00000000))", "RP"},
       {unknown, Because::unknown_aces, {0}, "RP"}},
      {"audit, label, attribute and policy entries never count",
       {"D:(AU;SA;RP;;;SY)(OU;SA;RP;;;SY)(XU;SA;RP;;;SY;(1==1))(ML;;NW;;;SI)(RA;;;;;WD;(\"a\",TI,0,"
        "1))(SP;;;;;SY)(A;;RP;;;SY)",
        "RP"},
       {granted, Because::aces, {6}}},
      {"all in doubt are named",
       {"D:" + maybe_allow + maybe_deny + "(A;;RP;;;BA)" + maybe_allow, "RP"},
       {unknown, Because::unknown_aces, {0, 1}, "RP"}},
  });
}

TEST_CASE("every right can have its own entry", "[access]") {
  std::string sddl = "D:";
  for (int bit = 0; bit < 20; ++bit) sddl += "(A;;" + std::to_string(1U << bit) + ";;;SY)";
  const Answer answer = ask({sddl, "0xfffff"});
  CHECK(answer.decision == granted);
  CHECK(answer.aces.size() == 20);
}

TEST_CASE("thousands of undecidable entries are named up to a limit", "[access]") {
  std::string sddl = "D:";
  for (int i = 0; i < 2000; ++i) sddl += "(XA;;RP;;;SY)";
  const Answer answer = ask({sddl, "RP"});
  CHECK(answer.decision == unknown);
  CHECK(answer.aces.size() == AceIndices::capacity);
}

TEST_CASE("a malformed object tree is refused", "[access]") {
  const auto make = [](std::vector<ObjectType> types, std::size_t target = 0) {
    return ObjectTree::make(types, target).has_value();
  };
  CHECK(make({{0, guid(C)}}));
  CHECK(make({{0, guid(C)}, {1, guid(P)}, {2, guid(Q)}, {1, guid(S)}}, 3));
  CHECK_FALSE(make({}));
  CHECK_FALSE(make({{0, guid(C)}}, 1));
  CHECK_FALSE(make({{1, guid(C)}}));
  CHECK_FALSE(make({{0, guid(C)}, {0, guid(P)}}));
  CHECK_FALSE(make({{0, guid(C)}, {2, guid(P)}}));
  CHECK_FALSE(make({{0, guid(C)}, {1, guid(C)}}));
  CHECK_FALSE(make(
      {{0, guid(C)}, {1, guid(P)}, {2, guid(Q)}, {3, guid(R)}, {4, guid(S)}, {5, guid(other)}}));
  std::vector<ObjectType> many = {{0, guid(C)}};
  for (unsigned i = 1; i <= ObjectTree::max_nodes; ++i) {
    std::array<std::byte, Guid::size> wire{std::byte{static_cast<unsigned char>(i)}};
    many.push_back({1, Guid(wire)});
  }
  CHECK_FALSE(make(many));
  many.pop_back();
  CHECK(make(many, 63));
  CHECK_FALSE(ObjectTree::chain({}));
}
