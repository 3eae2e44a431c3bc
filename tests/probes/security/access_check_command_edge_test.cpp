#include "probes/security/access_check_command.h"
#include "probes/security/sddl.h"
#include "tests/catch.h"
#include "tests/fakes/temporary_file.h"

#include <string>

using namespace cal::security;

namespace {

const std::string guid = "5805bc62-bdc9-4428-a5e2-856a0f4c185e";

AccessCheckArguments question(std::string sddl, std::string mask, bool json = true) {
  return {.sddl = std::move(sddl), .sids = {"S-1-5-18"}, .mask = std::move(mask), .json = json};
}

CommandResult ask_file(const std::string& content) {
  const cal::fakes::TemporaryFile file(content);
  return access_check_command(
      {.descriptor_file = file.path(), .sids = {"SY"}, .mask = "0x10", .json = true});
}

}  // namespace

TEST_CASE("access-check prints its decision and the reason as JSON", "[command]") {
  struct Row {
    std::string sddl;
    std::string mask;
    int exit_code;
    std::string out;
  };
  const Row rows[] = {
      {"O:BAD:(A;ID;RPWP;;;SY)", "0x30", 0,
       R"J({"decision":"granted","because":"aces","aces":[{"index":0,"sddl":"(A;ID;RPWP;;;SY)","text":"allow Read property, Write property to NT AUTHORITY\\SYSTEM (inherited)"}],"missing":"0x0"})J"},
      {"O:SYD:", "0x60000", 0,
       R"J({"decision":"granted","because":"owner","aces":[],"missing":"0x0"})J"},
      {"O:BA", "0x20", 0,
       R"J({"decision":"granted","because":"no_dacl","aces":[],"missing":"0x0"})J"},
      {"O:BAD:(A;;RP;;;BA)(D;;WP;;;SY)", "0x30", 1,
       R"J({"decision":"denied","because":"deny","aces":[{"index":1,"sddl":"(D;;WP;;;SY)","text":"deny Write property to NT AUTHORITY\\SYSTEM"}],"missing":"0x30"})J"},
      {"O:BAD:(A;;RP;;;SY)", "RPWP", 1,
       R"J({"decision":"denied","because":"nothing_grants","aces":[],"missing":"0x20"})J"},
      {"O:BAD:(A;;RP;;;BA)(XA;;RP;;;SY;(a==\"\xff\"))", "RP", 3,
       R"J({"decision":"unknown","because":"unknown_aces","aces":[{"index":1,"sddl":"(XA;;RP;;;SY;(#28613d3d22ff2229))","text":"allow Read property to NT AUTHORITY\\SYSTEM (under a condition)"}],"missing":"0x10"})J"},
  };
  for (const auto& row : rows) {
    INFO(row.sddl);
    const auto result = access_check_command(question(row.sddl, row.mask));
    CHECK(result.exit_code == row.exit_code);
    CHECK(result.out == row.out + "\n");
    CHECK(result.err.empty());
  }
}

TEST_CASE("access-check prints sentences for people", "[command]") {
  const auto granted = access_check_command(question("D:(A;;RP;;;SY)", "0x10", false));
  CHECK(granted.out ==
        "granted: by these entries\n"
        "  entry 0: allow Read property to NT AUTHORITY\\SYSTEM\n"
        "    (A;;RP;;;SY)\n");
  const auto denied = access_check_command(question("D:(A;;RP;;;SY)", "0x30", false));
  CHECK(denied.out ==
        "denied: no entry grants what is missing\n"
        "missing: Write property (0x20)\n");
  CHECK(denied.exit_code == 1);
}

TEST_CASE("access-check says where its answer rests on owning the object", "[command]") {
  const auto note = [](const std::string& sddl, const std::string& mask) {
    const auto out = access_check_command(question(sddl, mask, false)).out;
    return out.find("note: no entry grants all of it.") != std::string::npos &&
           out.find("MS-ADTS 6.1.3.4") != std::string::npos;
  };
  CHECK(note("O:SYD:(A;;RP;;;SY)", "RPWD"));
  CHECK_FALSE(note("O:SYD:(A;;RPWD;;;SY)", "RPWD"));
  CHECK_FALSE(note("O:BAD:(A;;RP;;;SY)", "WD"));
}

TEST_CASE("access-check decides at the last object type", "[command]") {
  auto arguments = question("D:(OA;;WP;" + guid + ";;DA)", "WP");
  arguments.domain_sid = "S-1-5-21-1-2-3";
  arguments.sids = {"DA"};
  arguments.object_types = {"00000000-0000-0000-0000-000000000001", guid};
  CHECK(access_check_command(arguments).exit_code == 0);
  arguments.object_types.pop_back();
  CHECK(access_check_command(arguments).exit_code == 1);
}

TEST_CASE("access-check reads a descriptor's bytes and base64 of them", "[command]") {
  const std::string bytes = octets(*parse_sddl("O:BAD:(A;;RP;;;SY)")).value();
  CHECK(ask_file(bytes).exit_code == 0);
  CHECK(ask_file("AQAEgBQAAAAAAAAAAAAAACQAAAABAgAAAAAABSAAAAAgAgAAAgAcAAEAAAAA\n"
                 "ABQAEAAAAAEBAAAAAAAFEgAAAA==\n")
            .exit_code == 0);
}

TEST_CASE("a file that is not a descriptor is an error, not an answer", "[command]") {
  struct Row {
    std::string content;
    std::string error;
  };
  const std::string bytes = octets(*parse_sddl("O:BAD:(A;;RP;;;SY)")).value();
  const Row rows[] = {
      {"", "is empty"},
      {"O:BAD:", "neither a descriptor nor base64"},
      {"AQAE", "at byte 3: the descriptor ends in its header"},
      {bytes.substr(0, bytes.size() - 1), "the access control list is longer than the descriptor"},
      {std::string(20, '\1'), "the descriptor is not self-relative"},
      {std::string(2U << 20, 'A'), "too long for a security descriptor"},
  };
  for (const auto& row : rows) {
    const auto result = ask_file(row.content);
    CHECK(result.exit_code == 3);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Catch::Contains(row.error));
  }
  const auto missing = access_check_command(
      {.descriptor_file = "/nonexistent/descriptor", .sids = {"SY"}, .mask = "0x10"});
  CHECK(missing.err ==
        "access-check: --descriptor /nonexistent/descriptor: cannot be read: No "
        "such file or directory\n");
}

TEST_CASE("every error in the arguments is reported, with exit code 3", "[command]") {
  struct Row {
    AccessCheckArguments arguments;
    std::string err;
  };
  const std::string sddl = "D:(A;;RP;;;SY)";
  const Row rows[] = {
      {{},
       "access-check: give one of --sddl and --descriptor\n"
       "access-check: give at least one --sid\n"
       "access-check: --mask: no right requested\n"},
      {{.sddl = sddl, .descriptor_file = "x", .sids = {"SY"}, .mask = "RP"},
       "access-check: give one of --sddl and --descriptor\n"},
      {{.sddl = "D:(A;;RP;;;QQ)", .sids = {"SY"}, .mask = "RP"},
       "access-check: --sddl: at character 12: neither a SID nor an SDDL alias\n"},
      {{.sddl = "D:(A;;RP;;;DA)", .sids = {"SY"}, .mask = "RP"},
       "access-check: --sddl: at character 12: this alias needs the SID of its domain\n"},
      {{.sddl = "", .sids = {""}, .mask = "RP"},
       "access-check: --sid : neither a SID nor an SDDL alias\n"},
      {{.sddl = sddl, .domain_sid = "EX", .sids = {"S-1-5-"}, .mask = "0x"},
       "access-check: --domain-sid EX: not a SID\n"
       "access-check: --sid S-1-5-: not a SID\n"
       "access-check: --mask 0x: not a number of 32 bits\n"},
      {{.sddl = sddl, .sids = {"SY"}, .mask = "0x100000000"},
       "access-check: --mask 0x100000000: not a number of 32 bits\n"},
      {{.sddl = sddl, .sids = {"SY"}, .mask = "-1"}, "access-check: --mask -1: unknown right\n"},
      {{.sddl = sddl, .sids = {"SY"}, .mask = "read"},
       "access-check: --mask read: unknown right\n"},
      {{.sddl = sddl, .sids = {"SY"}, .mask = "0x0"}, "access-check: --mask: no right requested\n"},
      {{.sddl = sddl, .sids = {"SY"}, .mask = "0x2000000"},
       "access-check: --mask 0x2000000: MAXIMUM_ALLOWED (0x2000000) is not a right\n"},
      {{.sddl = sddl, .sids = {"SY"}, .mask = "RP", .object_types = {"{}"}},
       "access-check: --object-type {}: not a GUID\n"},
      {{.sddl = sddl, .sids = {"SY"}, .mask = "RP", .object_types = {guid, guid}},
       "access-check: --object-type: at most 5 levels, each with its own GUID\n"},
  };
  for (const auto& row : rows) {
    const auto result = access_check_command(row.arguments);
    CHECK(result.exit_code == 3);
    CHECK(result.out.empty());
    CHECK(result.err == row.err);
  }
}
