#include "harness/campaign/conditions.hpp"

#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::testing;
using namespace migstorm::campaign;

namespace {

std::vector<Condition> differences(const std::vector<Condition>& all) {
  std::vector<Condition> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [](const Condition& one) { return one.differs(); });
  return out;
}

} // namespace

TEST_CASE("a run that brings its guests home leaves nothing different", "[conditions]") {
  Rig rig;
  rig.scenario.restore_placement = true;
  REQUIRE(rig.go());
  const auto& conditions = rig.journal.durable.conditions;
  CHECK(conditions.size() == 24);
  CHECK(std::all_of(conditions.begin(), conditions.end(),
                    [](const Condition& one) { return one.at_end.has_value(); }));
  CHECK(differences(conditions).empty());
}

TEST_CASE("a stopped run compares nothing, its resume compares with the first beginning", "[conditions]") {
  Rig rig;
  rig.scenario.restore_placement = true;
  Scope scope(*rig.runtime);
  scope.spawn(at(*rig.runtime, rig.runtime->now() + std::chrono::seconds(60),
                 [&rig] { rig.stop->request(Stop::Level::finish); }));
  REQUIRE(rig.go());
  const std::vector<Condition> first = rig.journal.durable.conditions;
  REQUIRE_FALSE(first.empty());
  CHECK_FALSE(first.front().at_end);
  REQUIRE(rig.resume());
  const auto& last = rig.journal.durable.conditions;
  REQUIRE(last.size() == first.size());
  for (std::size_t i = 0; i < last.size(); ++i) {
    CHECK(last[i].at_start == first[i].at_start);
  }
  CHECK(differences(last).empty());
}

TEST_CASE("what changed is told guest by guest; who is nowhere is gone, or not known", "[conditions]") {
  Rig rig(1, 2, 3);
  rig.scenario.restore_placement = true;
  const CampaignInput input = rig.input();
  const std::vector<Condition> start = conditions_at_start(input);
  std::vector<hyperv::GuestFacts> now = input.guests;
  now[0].host = "node1";
  now[0].disks.push_back({});
  now[0].disks.back().path = "C:\\x.avhdx";
  now[1].state = hyperv::EnabledState::disabled;
  now.pop_back();

  std::vector<Condition> compared = start;
  compare_conditions(compared, input, SeenAgain{now, true, {}});
  const auto found = differences(compared);
  REQUIRE(found.size() == 6);
  CHECK(found[0].what == "host");
  CHECK(found[0].at_end == "node1");
  CHECK(found[1].what == "disks");
  CHECK(found[2].what == "state");
  CHECK(found[3].at_end == "gone");
  compare_conditions(compared, input, SeenAgain{now, false, {}});
  CHECK(differences(compared)[3].at_end == "not known");
}

TEST_CASE("guests that may stay where they are have no host to come back to", "[conditions]") {
  Rig rig(1, 2, 3);
  rig.scenario.restore_placement = false;
  CHECK(conditions_at_start(rig.input()).size() == 6);
}

TEST_CASE("nodes and volumes are compared too, whatever order they come in", "[conditions]") {
  Rig rig(1, 2, 3);
  const CampaignInput input = rig.input();
  hyperv::ClusterState state;
  state.nodes = {{"node0", hyperv::NodeState::up, false}, {"node1", hyperv::NodeState::up, false}};
  state.volumes = {{"C:\\ClusterStorage\\Volume1", 0, false}, {"C:\\ClusterStorage\\Volume2", 1, false}};
  std::vector<Condition> conditions = conditions_at_start(input);
  for (const Condition& each : conditions_of({state})) {
    conditions.push_back(each);
  }
  std::swap(state.nodes[0], state.nodes[1]);
  state.nodes[0].quarantined = true; // node1
  state.volumes[0].fault_state = 1;
  state.volumes.pop_back();
  compare_conditions(conditions, input, SeenAgain{input.guests, true, {state}});
  const auto found = differences(conditions);
  REQUIRE(found.size() == 3);
  CHECK(found[0].subject == "node1");
  CHECK(found[0].at_end == "quarantined");
  CHECK(found[1].at_start == "direct I/O");
  CHECK(found[1].at_end == "redirected");
  CHECK(found[2].at_end == "gone");
}
