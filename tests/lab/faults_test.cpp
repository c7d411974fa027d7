#include "tests/support/lab_model.hpp"

#include <map>
#include <set>

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

namespace {

std::string with_fault(const std::string& fault) {
  return R"(
simulated:
  cluster: {name: C}
  hosts: [{name: N, count: 3, clustered: true}, {name: H, count: 2}]
  guests: [{name: c, count: 3, on: N, clustered: true}, {name: s, on: H1, winrm: true}]
  moves: {duration: 10s}
  faults: {)" +
         fault + ": {certain: true, probability: 100%}}\n";
}

// How often each wire fault comes in many requests to a machine.
std::map<WireFault, int> wire(const std::string& fault, std::string_view machine, bool is_invoke,
                              std::uint64_t seed = 1) {
  Lab lab(with_fault(fault), seed);
  std::map<WireFault, int> seen;
  for (int i = 0; i < 100; ++i) {
    ++seen[lab.model->next_wire_fault(machine, is_invoke)];
  }
  return seen;
}

} // namespace

TEST_CASE("a failed move ends online on the source with a documented reason", "[faults]") {
  Lab lab(with_fault("failed-move"));
  const MigrateReply reply = lab.migrate("s", "H2");
  REQUIRE(reply.return_value == 4096);
  lab.pass(20s);
  const auto job = lab.model->find_job(3, reply.job);
  REQUIRE(job);
  CHECK(job->state == JobStatus::exception);
  CHECK(job->error_code == 32768);
  CHECK(job->error.find("0x80") != std::string::npos);
  CHECK(lab.host_of(lab.guest("s")) == "H1");
  CHECK(lab.model->guests()[lab.guest("s")].power == Power::running);
  CHECK(lab.host_events(3, Channel::vmms_admin) == std::vector<std::uint32_t>{20414, 21024, 21502});
  CHECK_FALSE(lab.model->moves()[0].landed);
}

TEST_CASE("a cluster's failed move leaves the group online on its node with the reason", "[faults]") {
  Lab lab(with_fault("failed-move"));
  REQUIRE(lab.move_group("c-01", "N2").hresult == 0);
  lab.pass(20s);
  const GroupView group = lab.model->group_of(0);
  CHECK(group.state == 0);
  CHECK(group.owner == 0);
  CHECK(group.failure >= 0x80000000);
  CHECK(lab.host_events(0, Channel::high_availability_admin) == std::vector<std::uint32_t>{21111, 21502});
}

TEST_CASE("a lying job ends in an exception though the guest landed", "[faults]") {
  Lab lab(with_fault("lying-job"));
  const MigrateReply reply = lab.migrate("s", "H2");
  lab.pass(20s);
  CHECK(lab.model->find_job(3, reply.job)->state == JobStatus::exception);
  CHECK(lab.model->find_job(3, reply.job)->error.find("0x800705B4") != std::string::npos);
  CHECK(lab.host_of(lab.guest("s")) == "H2");
  CHECK(lab.model->moves()[0].landed);
}

TEST_CASE("a stuck job runs until it is cancelled or the host gives up", "[faults]") {
  Lab lab(with_fault("stuck-job"));
  const MigrateReply first = lab.migrate("s", "H2");
  lab.pass(25min);
  CHECK(lab.model->find_job(3, first.job)->state == JobStatus::running);
  CHECK(lab.model->cancel_job(3, first.job, 4) == 0);
  const MigrateReply second = lab.migrate("s", "H2");
  lab.pass(61min);
  CHECK_FALSE(lab.model->find_job(3, first.job));
  CHECK(lab.model->active_migrations(3) == 0);
  CHECK_FALSE(lab.model->moves()[1].landed);
  CHECK(second.return_value == 4096);
}

TEST_CASE("a slow job takes several times as long and lands", "[faults]") {
  Lab lab(with_fault("slow-job"));
  REQUIRE(lab.migrate("s", "H2").return_value == 4096);
  lab.pass(39s);
  CHECK(lab.model->migrating(lab.guest("s")));
  lab.pass(161s);
  CHECK(lab.host_of(lab.guest("s")) == "H2");
}

TEST_CASE("a heartbeat flaps after a move and recovers", "[faults]") {
  Lab lab(with_fault("heartbeat-flap"));
  REQUIRE(lab.migrate("s", "H2").return_value == 4096);
  lab.pass(10s);
  const GuestIndex guest = lab.guest("s");
  CHECK(lab.model->heartbeat_of(guest) == HeartbeatStatus::lost_communication);
  lab.pass(30s);
  CHECK(lab.model->heartbeat_of(guest) == HeartbeatStatus::ok);
  CHECK(lab.model->crashes().empty());
}

TEST_CASE("faults of the wire are those that are armed", "[faults]") {
  CHECK(wire("refused-connection", "N1", true)[WireFault::refuse] == 100);
  CHECK(wire("reset-connection", "n1", true)[WireFault::reset_before] == 100);
  CHECK(wire("lost-reply", "s", true)[WireFault::lose_reply] == 100);
  CHECK(wire("context-lost", "N1", false)[WireFault::context_lost] == 100);
  CHECK(wire("context-lost", "N1", true)[WireFault::none] == 100); // an invocation has no context
  CHECK(wire("slow-job", "N1", true)[WireFault::none] == 100);
  CHECK(wire("slow-job", "no such machine", true)[WireFault::refuse] == 100);
}

TEST_CASE("an armed fault is active in one run of four", "[faults]") {
  auto config = lab_config(with_fault("lost-reply"));
  config.faults[static_cast<std::size_t>(Fault::lost_reply)].certain = false;
  int active = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Lab lab(config, seed);
    active += lab.model->next_wire_fault("N1", true) == WireFault::lose_reply ? 1 : 0;
  }
  CHECK(active > 70);
  CHECK(active < 130);
}

TEST_CASE("with all faults armed no guest is lost, doubled or over a limit", "[faults]") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    auto config = lab_config(kMixedLab);
    config.crash.hazard = 0.05;
    for (FaultConfig& fault : config.faults) {
      fault.armed = true;
    }
    Lab lab(config, seed);
    Random random(seed, "test");
    for (int i = 0; i < 300; ++i) {
      const auto guest = static_cast<GuestIndex>(random.below(8));
      const std::string& to = lab.model->hosts()[random.below(4)].name;
      lab.model->move_group(guest, to, 14, kMigrationTypeLive);
      lab.pass(Span(random.between(0, std::chrono::nanoseconds(20s).count())));
      std::multiset<GuestIndex> placed;
      for (HostIndex host = 0; host < 6; ++host) {
        for (const GuestIndex on : lab.model->guests_on(host)) {
          CHECK(lab.model->guests()[on].host == host);
          placed.insert(on);
        }
      }
      REQUIRE(placed.size() == 10);
      REQUIRE(std::set<GuestIndex>(placed.begin(), placed.end()).size() == 10);
    }
    INFO("seed " << seed);
    CHECK(lab.model->violations().empty());
    lab.pass(2h);
    for (const LedgerMove& move : lab.model->moves()) {
      CHECK(move.ended > move.asked);
    }
  }
}
