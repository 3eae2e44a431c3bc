// The number of access checks per second on one core, from the bytes of a descriptor to the
// decision with its entries: 20 entries, half of them object entries, a token with 8 SIDs, and an
// object tree with 3 nodes. The target is three million (at most 333 ns each).
#include "probes/security/access_check.h"
#include "probes/security/sddl.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace cal::security;

const std::string domain = "S-1-5-21-1111111111-2222222222-3333333333";
const std::string class_guid = "b8a1abcd-1a69-16c7-4da4-f9fc3c6da5d7";
const std::string set_guid = "5805bc62-bdc9-4428-a5e2-856a0f4c185e";
const std::string attribute_guid = "d95bafc8-f2a4-d27b-dcf4-bb99f4bea973";
const std::string other_guid = "4c164200-20c0-11d0-a768-00aa006e0529";

Sid sid(const std::string& text) { return Sid::parse_text(text).value(); }
Guid guid(const std::string& text) { return Guid::parse_text(text).value(); }

const std::vector<Sid> token = {sid(domain + "-1104"), sid(domain + "-513"), sid(domain + "-1201"),
                                sid(domain + "-1202"), sid("S-1-1-0"),       sid("S-1-5-32-545"),
                                sid("S-1-5-11"),       sid("S-1-5-2")};

// 18 entries for others, as in most lists of a directory, then two for the token. The check
// reads all of them.
std::string for_others(bool grants) {
  std::string sddl = "O:BAG:BAD:AI";
  for (int i = 0; i < 9; ++i) {
    sddl += "(A;CI;RPWPCRCCDCLCLORCWOWDSDDTSW;;;" + domain + "-" + std::to_string(500 + i) + ")";
    sddl += "(OA;CIID;RPWP;" + set_guid + ";;" + domain + "-" + std::to_string(520 + i) + ")";
  }
  sddl += "(OA;;WP;" + set_guid + ";;" + domain + "-513)";
  return sddl + (grants ? "(A;;RPLCRC;;;AU)" : "(A;;LC;;;AU)");
}

// 20 entries for the token: other rights, the right ones for another type, then the last two.
std::string for_the_token(bool grants) {
  std::string sddl = "O:BAG:BAD:AI";
  for (int i = 0; i < 9; ++i) {
    sddl += "(A;CI;CCDCLC;;;" + domain + (i % 2 == 0 ? "-1202)" : "-1104)");
    sddl += "(OA;CIID;RPWP;" + other_guid + ";;" + (i % 2 == 0 ? "AU)" : "WD)");
  }
  sddl += "(OA;;WP;" + set_guid + ";;" + domain + "-513)";
  return sddl + (grants ? "(A;;RPLCRC;;;AU)" : "(A;;LC;;;AU)");
}

void check(benchmark::State& state, const std::string& sddl, Decision expected) {
  const std::string bytes = octets(*parse_sddl(sddl)).value();
  const std::vector<Guid> types = {guid(class_guid), guid(set_guid), guid(attribute_guid)};
  const ObjectTree tree = ObjectTree::chain(types).value();
  const AccessRequest request{
      .token = token,
      .desired = right::read_property | right::write_property | right::read_control,
      .tree = &tree};
  for (auto _ : state) {
    const auto view = DescriptorView::parse(std::as_bytes(std::span(bytes)));
    const AccessResult result = access_check(*view, request);
    if (result.decision != expected) std::abort();
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(check, entries_for_others_granted, for_others(true), Decision::granted);
BENCHMARK_CAPTURE(check, entries_for_others_denied, for_others(false), Decision::denied);
BENCHMARK_CAPTURE(check, entries_for_the_token_granted, for_the_token(true), Decision::granted);
BENCHMARK_CAPTURE(check, entries_for_the_token_denied, for_the_token(false), Decision::denied);

}  // namespace

BENCHMARK_MAIN();
