#include "agent/run/found_causes.h"

#include "agent/run/board.h"
#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

constexpr Reason no_server{"no_server", Verdict::present, Severity::critical, "", ""};
constexpr Reason bad_certificate{"bad_certificate", Verdict::present, Severity::critical, "", ""};
constexpr Reason fine{"fine", Verdict::clear, Severity::ok, "", ""};
constexpr Reason blind{"blind", Verdict::unknown, Severity::warning, "", ""};

Moment at(std::chrono::seconds offset) {
  return {SteadyTime{1'000h} + offset, SystemTime{1'795'545'600s} + offset};
}

SystemTime time(std::chrono::seconds offset) { return at(offset).system; }

Implication found(Cause cause, const Reason& reason) {
  return {.cause = cause, .strength = Strength::strong, .sentence = "so", .reason = reason.word};
}

// A board with one probe, whose runs find these.
class OneProbe {
 public:
  explicit OneProbe(std::vector<Cause> causes) {
    auto instance = std::make_shared<Instance>(*fakes::instance("net"));
    instance->causes = std::move(causes);
    instance_ = instance;
    board_.replace({instance_});
  }

  Row run(std::chrono::seconds when, const Reason& reason, std::vector<Implication> found = {}) {
    Outcome outcome{&reason, "so"};
    outcome.implications = std::move(found);
    board_.run_started(instance_.get(), at(when));
    board_.run_finished(instance_.get(), std::move(outcome), at(when));
    return board_.rows().front();
  }

 private:
  std::shared_ptr<const Instance> instance_;
  Board board_;
};

}  // namespace

TEST_CASE("a fault without a named cause begins with its own reason", "[board]") {
  OneProbe probe({Cause::licenses_exhausted, Cause::other});
  probe.run(0s, fine);
  const auto other = [&](const Reason& reason) { return std::vector{found(Cause::other, reason)}; };
  CHECK(beginning_of(probe.run(60s, no_server, other(no_server)))->at == time(60s));
  CHECK(beginning_of(probe.run(120s, no_server, other(no_server)))->at == time(60s));
  CHECK(beginning_of(probe.run(180s, bad_certificate, other(bad_certificate)))->at == time(180s));
  probe.run(240s, blind);
  CHECK(beginning_of(probe.run(300s, bad_certificate, other(bad_certificate)))->at == time(180s));
}

TEST_CASE("a named cause is the same fault, whatever its reason", "[board]") {
  OneProbe probe({Cause::internet_unreachable});
  probe.run(0s, fine);
  CHECK(beginning_of(probe.run(60s, no_server))->at == time(60s));
  CHECK(beginning_of(probe.run(120s, bad_certificate))->at == time(60s));
  probe.run(180s, fine);
  CHECK(beginning_of(probe.run(240s, no_server))->at == time(240s));
}

TEST_CASE("each of several causes of one probe has its own beginning", "[board]") {
  OneProbe probe({Cause::licenses_exhausted, Cause::other});
  probe.run(0s, fine);
  const auto exhausted = found(Cause::licenses_exhausted, bad_certificate);
  const auto other = found(Cause::other, no_server);
  probe.run(60s, bad_certificate, {exhausted});
  const auto both = probe.run(120s, no_server, {exhausted, other});
  CHECK(beginning_of(both)->at == time(120s));  // of the reason that is shown
  CHECK(beginning_of(both, exhausted)->at == time(60s));
  CHECK(beginning_of(both, other)->at == time(120s));
  const auto one = probe.run(180s, no_server, {other});
  CHECK_FALSE(beginning_of(one, exhausted));
  CHECK(beginning_of(probe.run(240s, no_server, {exhausted, other}), exhausted)->at == time(240s));
}

TEST_CASE("what a probe knows of a beginning counts before its runs", "[board]") {
  OneProbe probe({Cause::other});
  probe.run(0s, fine);
  auto known = found(Cause::other, no_server);
  known.began = time(-1h);
  const auto row = probe.run(60s, no_server, {known});
  CHECK(beginning_of(row, known)->at == time(-1h));
}
