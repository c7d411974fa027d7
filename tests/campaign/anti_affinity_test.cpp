// Guests that their cluster is told to keep apart.
#include "tests/campaign/rig.hpp"
#include "tests/support/catch.hpp"

#include <map>

using namespace migstorm;
using namespace migstorm::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kKeptApart = 3; // of the guests: g0, g1, g2

Result<RunEnd> go_apart(Rig& rig) {
  rig.cluster.move_min = 200ms;
  rig.cluster.move_max = 2s;
  rig.scenario.migrate.count = 300;
  CampaignInput input = rig.input();
  for (std::size_t i = 0; i < kKeptApart; ++i) {
    input.guests[i].rules.anti_affinity = {{"dc"}};
  }
  Campaign campaign(*rig.runtime, rig.cluster, rig.journal, *rig.stop, std::move(input));
  Result<RunEnd> end = run(*rig.runtime, campaign.run());
  rig.progress = campaign.progress();
  return end;
}

// How often a move began towards a host that held another of them, or that another was on its way to.
std::size_t meetings(const Rig& rig) {
  std::map<std::string, std::string> place;
  for (std::size_t i = 0; i < kKeptApart; ++i) {
    place["GUID-g" + std::to_string(i)] = rig.host_names[i % rig.host_names.size()];
  }
  std::size_t met = 0;
  for (const LedgerMove& move : rig.cluster.ledger) {
    if (place.count(move.guest) == 0) {
      continue;
    }
    for (const auto& [other, host] : place) {
      met += other != move.guest && host == move.to ? 1U : 0U;
    }
    place[move.guest] = move.to;
  }
  return met;
}

} // namespace

TEST_CASE("guests of one anti-affinity class never meet while there is another way", "[anti-affinity]") {
  Rig rig(GENERATE(1U, 2U, 3U), 5, 10, true);
  REQUIRE(go_apart(rig));
  CHECK(rig.progress.completed == 300);
  CHECK(meetings(rig) == 0);
}

TEST_CASE("guests of one class are moved all the same where they cannot be kept apart", "[anti-affinity]") {
  Rig rig(1, 2, 4, true);
  REQUIRE(go_apart(rig));
  CHECK(rig.progress.completed == 300);
  CHECK(meetings(rig) > 0);
}
