#include "tests/support/lab_model.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<Engine> engine_of(const SimulatedConfig& config, HandClock& clock,
                                  const std::string& ledger = "") {
  auto engine = make_engine(config, clock, 3, ledger);
  if (!engine) {
    FAIL(engine.error().detail);
  }
  return *std::move(engine);
}

} // namespace

TEST_CASE("an engine has a front for every machine that can be asked", "[engine]") {
  SimulatedConfig config = lab_config(kMixedLab);
  config.guests[0].winrm = false;
  config.port = 15985;
  HandClock clock;
  const auto engine = engine_of(config, clock);
  const std::vector<Front> fronts = engine->fronts();
  REQUIRE(fronts.size() == 6 + 9);
  CHECK(fronts[0].name == "NODE1");
  CHECK(fronts[0].address == "127.0.1.1");
  CHECK_FALSE(fronts[5].guest);
  CHECK(fronts[6].name == "sql-02");
  CHECK(fronts[6].address == "127.0.2.2");
  for (const Front& front : fronts) {
    CHECK(front.machine != nullptr);
    CHECK(front.port == 15985);
    CHECK(front.user == config.user);
    CHECK(front.password == config.password);
    CHECK(engine->next_wire_fault(front.name, true) == WireFault::none);
  }
  CHECK(engine->next_wire_fault("sql-01", false) == WireFault::refuse); // it has no front
}

TEST_CASE("an engine starts with every guest where the lab file puts it", "[engine]") {
  HandClock clock;
  const auto engine = engine_of(lab_config(kMixedLab), clock);
  clock.at = 1h;
  engine->advance();
  const auto owners = engine->owners();
  CHECK(owners.size() == 10);
  std::map<std::string, int> on;
  for (const auto& [guest, host] : owners) {
    ++on[host];
  }
  CHECK(on == std::map<std::string, int>{
                  {"NODE1", 2}, {"NODE2", 2}, {"NODE3", 2}, {"NODE4", 2}, {"HV1", 1}, {"HV2", 1}});
  CHECK(engine->moves().empty());
  CHECK(engine->crashes().empty());
  CHECK(engine->violations().empty());
}

TEST_CASE("an engine says what is wrong with its ledger", "[engine][hostile]") {
  HandClock clock;
  const auto engine = make_engine(lab_config(kMixedLab), clock, 3, "/nonexistent/ledger");
  REQUIRE_FALSE(engine);
  CHECK(engine.error().code == Errc::storage);
}
