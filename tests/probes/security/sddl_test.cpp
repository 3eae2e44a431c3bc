#include "probes/security/sddl.h"

#include "probes/security/access_check.h"
#include "probes/security/well_known_sids.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <fstream>
#include <sstream>
#include <string>

using namespace cal::security;

namespace {

const Sid domain = Sid::parse_text("S-1-5-21-1-2-3").value();

const std::string guid = "5805bc62-bdc9-4428-a5e2-856a0f4c185e";

// The text in its normal form, or the position and reason of the refusal.
std::string canonical(std::string_view text) {
  const auto parsed = parse_sddl(text, domain);
  if (!parsed) return std::to_string(parsed.error.position) + ": " + std::string(parsed.error.what);
  return format_sddl(*parsed, domain);
}

AccessMask mask_of(std::string_view rights) {
  const auto parsed = parse_sddl("D:(A;;" + std::string(rights) + ";;;SY)");
  REQUIRE(parsed);
  return parsed->dacl->aces.at(0).mask;
}

}  // namespace

TEST_CASE("SDDL is written as it was parsed", "[sddl]") {
  const std::string text = GENERATE_COPY(
      values<std::string>({"",
                           "O:BA",
                           "G:SY",
                           "O:BAG:SYD:S:",
                           "D:",
                           "D:P",
                           "D:PARAI",
                           "D:NO_ACCESS_CONTROL",
                           "D:PNO_ACCESS_CONTROL",
                           "O:DAG:DUD:AI(A;;LCRP;;;WD)",
                           "O:S-1-5-21-9-9-9-500G:S-1-5-21-1-2-3-1102D:",
                           "D:(A;OICINPIOID;GA;;;SY)",
                           "D:(OA;CIID;RPWP;" + guid + ";;PS)",
                           "D:(OA;;RPWP;;" + guid + ";BA)",
                           "D:(OD;;CR;" + guid + ";" + guid + ";WD)",
                           "S:AI(AU;SAFA;SDWD;;;WD)(OU;FA;WP;" + guid + ";;WD)",
                           "D:(A;;0x1200a9;;;BU)",
                           "D:(A;;;;;BU)",
                           "D:(XA;;RP;;;BA;(@User.clearance>=@Resource.secrecy))",
                           "D:(XD;;RP;;;BA;(Member_of {SID(BA)} && (title==\");(\" || level==1)))",
                           "D:(ZA;;RP;" + guid + ";;BA;(1==1))(XA;;RP;;;BA)",
                           "S:(RA;;;;;WD;(\"Secrecy\",TI,0,3))",
                           "S:(SP;;;;;S-1-17-1)",
                           "D:(0x0c;;RP;" + guid + ";;WD;(#61727478))",
                           "D:(0x15;IO;(#0a0b0c0d))",
                           "D:(0x04;;(#))",
                           "D:(A;0x22;RP;;;WD)"}));
  CHECK(canonical(text) == text);
}

TEST_CASE("equivalent forms of SDDL are written in one form", "[sddl]") {
  struct Row {
    std::string text;
    std::string_view written;
  };
  const Row rows[] = {
      {"D:(A;;FA;;;S-1-1-0)O:S-1-5-18", "O:SYD:(A;;0x1f01ff;;;WD)"},
      {"S:D:", "D:S:"},
      {"D:AIP(A;;WPRP;;;S-1-5-32-544)", "D:PAI(A;;RPWP;;;BA)"},
      {"D:(A;IDCI;0x30;;;SY)", "D:(A;CIID;RPWP;;;SY)"},
      {"D:(A;;48;;;SY)", "D:(A;;RPWP;;;SY)"},
      {"D:(A;0x13;RP;;;SY)", "D:(A;OICIID;RP;;;SY)"},
      {"O:S-1-5-21-1-2-3-512D:", "O:DAD:"},
      {"D:(0x00;;RP;;;SY)", "D:(A;;RP;;;SY)"},
      {"D:(XA;;RP;;;SY;(#2831293d))", "D:(XA;;RP;;;SY;(#2831293d))"},
      {"D:(XA;;RP;;;SY;(#28312900))", "D:(XA;;RP;;;SY;(1))"},
  };
  for (const auto& row : rows) CHECK(canonical(row.text) == row.written);
}

TEST_CASE("the letters of rights mean what MS-DTYP 2.5.1.1 says", "[sddl]") {
  struct Row {
    std::string_view letters;
    AccessMask mask;
  };
  const Row rows[] = {
      {"GA", 0x10000000},  {"GX", 0x20000000},
      {"GW", 0x40000000},  {"GR", 0x80000000},
      {"CC", 0x1},         {"DC", 0x2},
      {"LC", 0x4},         {"SW", 0x8},
      {"RP", 0x10},        {"WP", 0x20},
      {"DT", 0x40},        {"LO", 0x80},
      {"CR", 0x100},       {"SD", 0x10000},
      {"RC", 0x20000},     {"WD", 0x40000},
      {"WO", 0x80000},     {"FA", 0x1f01ff},
      {"FR", 0x120089},    {"FW", 0x120116},
      {"FX", 0x1200a0},    {"KA", 0xf003f},
      {"KR", 0x20019},     {"KW", 0x20006},
      {"KX", 0x20019},     {"NW", 0x1},
      {"NR", 0x2},         {"NX", 0x4},
      {"RPWPRC", 0x20030}, {"0xffffffff", 0xffffffff},
      {"0X1F", 0x1f},      {"0", 0},
  };
  for (const auto& row : rows) CHECK(mask_of(row.letters) == row.mask);
}

TEST_CASE("aliases stand for the SIDs of MS-DTYP 2.4.2.4", "[sddl]") {
  struct Row {
    std::string_view alias;
    std::string_view sid;
  };
  const Row rows[] = {
      {"WD", "S-1-1-0"},
      {"CO", "S-1-3-0"},
      {"CG", "S-1-3-1"},
      {"OW", "S-1-3-4"},
      {"NU", "S-1-5-2"},
      {"IU", "S-1-5-4"},
      {"SU", "S-1-5-6"},
      {"AN", "S-1-5-7"},
      {"ED", "S-1-5-9"},
      {"PS", "S-1-5-10"},
      {"AU", "S-1-5-11"},
      {"RC", "S-1-5-12"},
      {"SY", "S-1-5-18"},
      {"LS", "S-1-5-19"},
      {"NS", "S-1-5-20"},
      {"WR", "S-1-5-33"},
      {"BA", "S-1-5-32-544"},
      {"BU", "S-1-5-32-545"},
      {"BG", "S-1-5-32-546"},
      {"PU", "S-1-5-32-547"},
      {"AO", "S-1-5-32-548"},
      {"SO", "S-1-5-32-549"},
      {"PO", "S-1-5-32-550"},
      {"BO", "S-1-5-32-551"},
      {"RE", "S-1-5-32-552"},
      {"RU", "S-1-5-32-554"},
      {"RD", "S-1-5-32-555"},
      {"NO", "S-1-5-32-556"},
      {"MU", "S-1-5-32-558"},
      {"LU", "S-1-5-32-559"},
      {"IS", "S-1-5-32-568"},
      {"CY", "S-1-5-32-569"},
      {"ER", "S-1-5-32-573"},
      {"CD", "S-1-5-32-574"},
      {"RA", "S-1-5-32-575"},
      {"ES", "S-1-5-32-576"},
      {"MS", "S-1-5-32-577"},
      {"HA", "S-1-5-32-578"},
      {"AA", "S-1-5-32-579"},
      {"RM", "S-1-5-32-580"},
      {"UD", "S-1-5-84-0-0-0-0-0"},
      {"HO", "S-1-5-32-584"},
      {"SH", "S-1-5-32-585"},
      {"AC", "S-1-15-2-1"},
      {"LW", "S-1-16-4096"},
      {"ME", "S-1-16-8192"},
      {"MP", "S-1-16-8448"},
      {"HI", "S-1-16-12288"},
      {"SI", "S-1-16-16384"},
      {"AS", "S-1-18-1"},
      {"SS", "S-1-18-2"},
      {"RO", "S-1-5-21-1-2-3-498"},
      {"LA", "S-1-5-21-1-2-3-500"},
      {"LG", "S-1-5-21-1-2-3-501"},
      {"DA", "S-1-5-21-1-2-3-512"},
      {"DU", "S-1-5-21-1-2-3-513"},
      {"DG", "S-1-5-21-1-2-3-514"},
      {"DC", "S-1-5-21-1-2-3-515"},
      {"DD", "S-1-5-21-1-2-3-516"},
      {"CA", "S-1-5-21-1-2-3-517"},
      {"SA", "S-1-5-21-1-2-3-518"},
      {"EA", "S-1-5-21-1-2-3-519"},
      {"PA", "S-1-5-21-1-2-3-520"},
      {"CN", "S-1-5-21-1-2-3-522"},
      {"AP", "S-1-5-21-1-2-3-525"},
      {"KA", "S-1-5-21-1-2-3-526"},
      {"EK", "S-1-5-21-1-2-3-527"},
      {"RS", "S-1-5-21-1-2-3-553"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.alias);
    const auto sid = parse_sddl_sid(row.alias, domain);
    REQUIRE(sid);
    CHECK(sid->text() == row.sid);
    CHECK(alias_of(*sid, domain) == row.alias);
  }
}

TEST_CASE("an alias of the domain is refused without its SID and written only for it", "[sddl]") {
  const auto parsed = parse_sddl("O:DA");
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error.what == "this alias needs the SID of its domain");
  CHECK(parsed.error.position == 2);
  const auto admins = parse_sddl("O:DA", domain);
  REQUIRE(admins);
  CHECK(format_sddl(*admins) == "O:S-1-5-21-1-2-3-512");
  CHECK(format_sddl(*admins, Sid::parse_text("S-1-5-21-4-5-6")) == "O:S-1-5-21-1-2-3-512");
}

TEST_CASE("wrong SDDL is refused with its position", "[sddl]") {
  struct Row {
    std::string_view text;
    std::string_view refusal;
  };
  const Row rows[] = {
      {"x", "0: expected O:, G:, D: or S:"},
      {"O:", "2: neither a SID nor an SDDL alias"},
      {"O::", "2: neither a SID nor an SDDL alias"},
      {"O:ZZG:BA", "2: neither a SID nor an SDDL alias"},
      {"G:S-1-5-x", "2: not a SID"},
      {"O:BAO:BA", "4: the owner or group is given twice"},
      {"D:D:", "2: the list is given twice"},
      {"D:Q", "2: expected O:, G:, D: or S:"},
      {"D:NO_ACCESS_CONTROL(A;;RP;;;SY)", "19: expected O:, G:, D: or S:"},
      {"D:(", "3: access control entry without its closing ')'"},
      {"D:()", "3: too few fields"},
      {"D:(A;;RP;;;SY", "13: access control entry without its closing ')'"},
      {"D:(A;;RP;;SY)", "10: too few fields"},
      {"D:(A;;RP;;;SY;;)", "14: too many fields"},
      {"D:(A;;RP;;;SY;)", "14: only a conditional or attribute entry has this field"},
      {"D:(B;;RP;;;SY)", "3: unknown type of access control entry"},
      {"D:(0x100;;RP;;;SY)", "3: unknown type of access control entry"},
      {"D:(A;CIXX;RP;;;SY)", "7: unknown flag of an access control entry"},
      {"D:(A;C;RP;;;SY)", "5: unknown flag of an access control entry"},
      {"D:(A;256;RP;;;SY)", "5: not a number of eight bits"},
      {"D:(A;;RPXX;;;SY)", "8: unknown right"},
      {"D:(A;;RPW;;;SY)", "8: unknown right"},
      {"D:(A;;0x100000000;;;SY)", "6: not a number of 32 bits"},
      {"D:(A;;0x;;;SY)", "6: not a number of 32 bits"},
      {"D:(A;;12RP;;;SY)", "6: not a number of 32 bits"},
      {"D:(A;;RP;5805bc62-bdc9-4428-a5e2-856a0f4c185e;;SY)",
       "9: only an object entry can name an object type"},
      {"D:(OA;;RP;nonsense;;SY)", "10: not a GUID"},
      {"D:(OA;;RP;;nonsense;SY)", "11: not a GUID"},
      {"D:(A;;RP;;;)", "11: neither a SID nor an SDDL alias"},
      {"D:(A;;RP;;;SY;(1==1))", "14: only a conditional or attribute entry has this field"},
      {"D:(XA;;RP;;;SY;1==1)", "15: expected a condition or an attribute in parentheses"},
      {"D:(XA;;RP;;;SY;(1==1)", "21: expected ')' after a condition or an attribute"},
      {"D:(XA;;RP;;;SY;((1==1))", "23: expected ')' after a condition or an attribute"},
      {"D:(XA;;RP;;;SY;(a==\")\"))x", "24: expected O:, G:, D: or S:"},
      {"D:(XA;;RP;;;SY;(((", "15: unbalanced parenthesis"},
      {"D:(0x15;;RP;;;SY)",
       "9: an entry of unknown type has a third and last field, (#hex), in 32-bit words"},
      {"D:(0x15;;(#00))",
       "9: an entry of unknown type has a third and last field, (#hex), in 32-bit words"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(canonical(row.text) == row.refusal);
  }
}

// What Windows takes, as its own converter was seen to do.
TEST_CASE("spaces, line breaks and lower case are taken where Windows takes them", "[sddl]") {
  struct Row {
    std::string_view text;
    std::string_view written;
  };
  const Row rows[] = {
      {"  O:AA G:WD ", "O:AAG:WD"},
      {"\r\n O:AA\r\nG:WD\n", "O:AAG:WD"},
      {"D: S:", "D:S:"},
      {"D: AI(A;;GA;;;LG)", "D:AI(A;;GA;;;LG)"},
      {"D:P (A;;GA;;;LG)", "D:P(A;;GA;;;LG)"},
      {"D:P(A;;GA;;;LG) (A;;GX;;;AA)", "D:P(A;;GA;;;LG)(A;;GX;;;AA)"},
      {"D:P\n(A;;GA;;;LG)\n\t(A;;GX;;;AA)\n", "D:P(A;;GA;;;LG)(A;;GX;;;AA)"},
      {"D:(A; ;GA;;;LG)", "D:(A;;GA;;;LG)"},
      {"D:(A;; GA;;;LG)", "D:(A;;GA;;;LG)"},
      {"D:(A;;RP LCLO  RC;;;AU)", "D:(A;;LCRPLORC;;;AU)"},
      {"D:(A;;GA; ;;S-1-3-4)", "D:(A;;GA;;;OW)"},
      {"D:(A;;GA;; ;S-1-3-4)", "D:(A;;GA;;;OW)"},
      {"D:(A;;GA;;; S-1-333-4)", "D:(A;;GA;;;S-1-333-4)"},
      {"D:(A;;GA;;; WD )", "D:(A;;GA;;;WD)"},
      {"O:S- 1- 2-3", "O:S-1-2-3"},
      {"D:(a;;ga;;;lg)", "D:(A;;GA;;;LG)"},
      {"D:(A;ci;GA;;;LG)", "D:(A;CI;GA;;;LG)"},
      {"D:(A;;01234567;;;LG)", "D:(A;;0x53977;;;LG)"},
      {"D:(A;;040;;;SY)", "D:(A;;WP;;;SY)"},
      {"D:(A;;0;;;SY)", "D:(A;;;;;SY)"},
      {"O:S-1-2-0x200D:", "O:S-1-2-512D:"},
      {"S:(TL;;CCDCRC;;;S-1-19-512-8192)",
       "S:(0x14;;(#03000200010200000000001300020000"
       "00200000))"},
      {"S:(TL;TP;0x1;;;WD)(FL;CR;FR;;;WD;(1==1))",
       "S:(0x14;SA;(#01000000010100000000000100000000))"
       "(0x15;0x20;(#8900120001010000000000010000000028313d3d31290000))"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(canonical(row.text) == row.written);
  }
}

TEST_CASE("SDDL that Windows refuses, wraps or clamps is refused", "[sddl]") {
  const std::string_view texts[] = {
      "d:(A;;GA;;;LG)",
      "D :S:",
      "D:P:S:",
      "D:(A;;123456789 ;;;LG)",
      "D:(A;;0x75bcd15\t;;;LG)",
      "D:(A;;0x 75bcd15;;;LG)",
      "D:(A;;GA ;;;LG)",
      "D:(A;;RP LCLOR C;;;AU)",
      "D:(A;;RP LC\tLORC;;;AU)",
      "D:(A;;GA;;;S-1-3-4 )",
      "D:(OA;;GA; f30e3bbf-9ff0-11d1-b603-0000f80367c1;;WD)",
      "D:(OA;;GA;f30e3bbf-9ff0-11d1-b603-0000f80367c1 ;;WD)",
      "D:(OA;;GA;;{f30e3bbf-9ff0-11d1-b603-0000f80367c1};WD)",
      "D:(A;;089;;;LG)",
      "D:(A;;0x123456789;;;LG)",
      "D:(A;;-99;;;LG)",
      "D:(A;;-9876543210;;;LG)",
      "D:(A;;100000000000000000000000;;;LG)",
      "D:(A;;CC;;;S-0x1-0-0-579)",
      "D:(A;;GA;;;S-1-3-4294967296-3-4)",
      "O:S-1-5-21-1- 2-3",
      "S:(TL;;CC;;;WD;(1==1))",
  };
  for (const auto text : texts) {
    CAPTURE(text);
    CHECK_FALSE(parse_sddl(text, domain));
  }
}

TEST_CASE("SDDL from the field is read as Windows reads it", "[sddl]") {
  std::ifstream accepted(cal::fakes::source_tree() /
                         "tests/data/access/sddl-accepted-by-windows.txt");
  int count = 0;
  for (std::string line; std::getline(accepted, line); ++count) {
    CAPTURE(line);
    CHECK(parse_sddl(line, domain));
  }
  CHECK(count == 6);
}

TEST_CASE("questions from the field are answered as Windows answers them", "[sddl]") {
  std::ifstream wrong(cal::fakes::source_tree() / "tests/data/access/sddl-wrong.tsv");
  int count = 0;
  for (std::string line; std::getline(wrong, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string sddl, sid, mask, decision;
    for (auto* field : {&sddl, &sid, &mask, &decision}) std::getline(fields, *field, '\t');
    CAPTURE(line);
    const auto descriptor = parse_sddl(sddl, domain);
    REQUIRE(descriptor);
    const auto bytes = octets(*descriptor).value();
    const auto view = DescriptorView::parse(std::as_bytes(std::span(bytes)));
    REQUIRE(view);
    const std::vector token{*parse_sddl_sid(sid, domain)};
    const auto result = access_check(*view, {.token = token, .desired = *parse_sddl_rights(mask)});
    CHECK(decision.starts_with(name_of(result.decision)));
    ++count;
  }
  CHECK(count == 1);
}

TEST_CASE("SDDL with a list that no descriptor can hold is refused", "[sddl]") {
  std::string text = "D:";
  for (int i = 0; i < 5000; ++i) text += "(A;;RP;;;WD)";
  const auto parsed = parse_sddl(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error.what == "a list is longer than the maximum of 65535 bytes");
}

TEST_CASE("a descriptor of AD keeps its meaning through SDDL and bytes", "[sddl]") {
  const auto parsed = parse_sddl(
      "O:DAG:DAD:AI(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)"
      "(A;;RPLCLORC;;;AU)(OA;CIIOID;RP;4c164200-20c0-11d0-a768-00aa006e0529;"
      "4828cc14-1437-45bc-9b07-ad6f015e5f28;RU)",
      domain);
  REQUIRE(parsed);
  CHECK(parsed->control ==
        (control::self_relative | control::dacl_present | control::dacl_auto_inherited));
  CHECK(parsed->dacl->revision == 4);
  CHECK(parsed->dacl->aces.at(0).mask == right::full_control);
  const auto bytes = octets(*parsed);
  REQUIRE(bytes);
  const auto again = parse_descriptor(std::as_bytes(std::span(*bytes)));
  REQUIRE(again);
  CHECK(*again == *parsed);
}
