#include "harness/scenario/canaries.hpp"

#include "harness/scenario/lab_file_reader.hpp"
#include "harness/scenario/plan.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

const std::string kGuid = "8C0E8C0E-1111-2222-3333-444455556666";

struct Bench {
  Bench() {
    lab.canaries = {kGuid};
    scenario.guests_match = "sql-*";
    scenario.self_test.nmi = true;
    guest.id = kGuid;
    guest.name = "canary-1";
    guest.notes = "migstorm-canary";
    guest.state = hyperv::EnabledState::enabled;
  }
  std::string why() const { return canary_objection(guest, scenario, lab); }
  Scenario scenario;
  LabFile lab;
  hyperv::GuestFacts guest;
};

std::string lab_text(const std::string& keys) { return "name: l\nsimulated: {hosts: [{name: A}]}\n" + keys; }

std::string first_problem(const std::string& text) {
  const ParsedLab parsed = parse_lab_file(text, "lab.yaml");
  const auto& found = parsed.reader.diagnostics();
  return found.empty() ? "" : to_string(found.front());
}

} // namespace

TEST_CASE("a guest that is listed, marked and not moved may be crashed", "[canary]") {
  CHECK(Bench().why().empty());
}

TEST_CASE("every other guest may not, with the reason", "[canary]") {
  Bench bench;
  std::string why;
  SECTION("not listed") {
    bench.lab.canaries.clear();
    why = "does not list its GUID";
  }
  SECTION("matched by the scenario") {
    bench.guest.name = "sql-canary";
    why = "what is moved is not crashed";
  }
  SECTION("marked as a guest to be moved") {
    bench.guest.notes = "migstorm";
    why = "do not hold 'migstorm-canary'";
  }
  SECTION("named by never:") {
    bench.lab.never = {"canary-*"};
    why = "never: names it";
  }
  CHECK_THAT(bench.why(), Contains(why));
  const Status fit = check_canaries({bench.guest}, bench.scenario, bench.lab);
  CHECK_FALSE(fit);
}

TEST_CASE("a scenario without a self-test asks for no canary", "[canary]") {
  Bench bench;
  bench.scenario.self_test.nmi = false;
  bench.lab.canaries.clear();
  CHECK(check_canaries({bench.guest}, bench.scenario, bench.lab));
}

TEST_CASE("a self-test without a canary is refused, one whose canary is away is not", "[canary]") {
  Bench bench;
  CHECK(check_canaries({}, bench.scenario, bench.lab));
  bench.lab.canaries.clear();
  CHECK(check_canaries({}, bench.scenario, bench.lab).error().code == Errc::malformed);
}

TEST_CASE("a canary is never moved", "[canary]") {
  Bench bench;
  bench.scenario.guests_match = "*";
  bench.lab.allowed_guests = {kGuid};
  hyperv::HostFacts host;
  host.host = "A";
  host.namespaces.v2 = true;
  host.migration_enabled = true;
  bench.guest.host = "A";
  const Selection selection = select_guests(bench.scenario, bench.lab, {bench.guest}, {host});
  CHECK(selection.chosen.empty());
  REQUIRE(selection.left_out.size() == 1);
  CHECK_THAT(selection.left_out[0].reason, Contains("it is a canary"));
}

TEST_CASE("canaries are named by their GUIDs alone", "[canary]") {
  const ParsedLab parsed =
      parse_lab_file(lab_text("canary: ['{8c0e8c0e-1111-2222-3333-444455556666}']\n"), "lab.yaml");
  CHECK(parsed.lab.canaries == std::vector<std::string>{kGuid});
  CHECK_THAT(first_problem(lab_text("canary: [canary-1]\n")),
             Contains("lab.yaml:3:10") && Contains("'canary-1' is not a GUID"));
  CHECK_THAT(first_problem(lab_text("canary: [\"*\"]\n")), Contains("is not a GUID"));
  CHECK_THAT(first_problem(lab_text("mark: my-canary\n")), Contains("guests to be crashed"));
}

TEST_CASE("self_test is a word, or a map that says how often", "[canary]") {
  const std::string rest = "name: s\nmigrate: {count: 1}\n";
  const auto of = [&rest](const std::string& text) { return parse_scenario(rest + text, "s.yaml"); };
  CHECK_FALSE(of("").scenario.self_test.nmi);
  CHECK_FALSE(of("self_test: none\n").scenario.self_test.nmi);
  CHECK(of("self_test: nmi\n").scenario.self_test.nmi);
  CHECK(of("self_test: nmi\n").scenario.self_test.every == 8h);
  const auto map = of("self_test: {provoke: nmi, every: 2h}\n");
  CHECK(map.diagnostics.empty());
  CHECK(map.scenario.self_test.nmi);
  CHECK(map.scenario.self_test.every == 2h);
  CHECK_FALSE(of("self_test: always\n").diagnostics.empty());
  CHECK_FALSE(of("self_test: {provoke: nmi, every: 1min}\n").diagnostics.empty());
}
