#include "tests/support/lab_model.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

namespace {

// A host certainly goes down ten minutes after the start; which one, the seed says.
struct Outage : Lab {
  explicit Outage(const std::string& want, const std::string& more = "") : Lab(find(want, more)) {}

  static SimulatedConfig config(const std::string& more) {
    return lab_config(R"(
simulated:
  cluster: {name: C}
  hosts: [{name: N, count: 2, clustered: true}, {name: H, count: 2}]
  guests:
    - {name: c, count: 2, on: N, clustered: true, load: 1MiB/s, disks: [{}]}
    - {name: s, count: 2, on: H, load: 1MiB/s, disks: [{}]}
    - {name: off, on: H, running: false}
  moves: {duration: 10s}
  faults: {host-down: {certain: true, probability: 100%}}
)" + more);
  }

  // A lab whose host of that name is the first to go.
  static Lab find(const std::string& want, const std::string& more) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      Lab probe(config(more), seed);
      probe.pass(10min);
      const auto host = probe.model->find_host(want);
      if (host && !probe.model->hosts()[*host].up) {
        return Lab(config(more), seed);
      }
    }
    FAIL("no seed takes " << want << " down");
    return Lab(config(more));
  }
};

} // namespace

TEST_CASE("clustered guests of a dead host start again on another node", "[power]") {
  Lab lab = Outage::find("N1", "");
  const GuestIndex guest = lab.guest("c-01");
  const std::uint32_t boots = lab.model->guests()[guest].boots;
  lab.pass(10min);
  CHECK_FALSE(lab.model->hosts()[0].up);
  CHECK(lab.model->guests()[guest].power == Power::off);
  CHECK(lab.model->uptime_ms(guest) == 0);
  CHECK(lab.model->group_of(guest).state == 4);
  CHECK(lab.model->next_wire_fault("N1", false) == WireFault::refuse);
  CHECK(lab.model->next_wire_fault("c-01", false) == WireFault::refuse);
  CHECK(lab.host_events(1, Channel::system) == std::vector<std::uint32_t>{1135});
  lab.pass(1min);
  CHECK(lab.model->guests()[guest].power == Power::running);
  CHECK(lab.host_of(guest) == "N2");
  CHECK(lab.model->guests()[guest].boots == boots + 1);
  CHECK(lab.model->group_of(guest).state == 0);
  CHECK(lab.model->heartbeat_of(guest) == HeartbeatStatus::no_contact);
  lab.pass(2min + 10s);
  CHECK(lab.model->load_alive(guest));
  CHECK(lab.model->crashes().empty());
  const auto& log = lab.model->guest_log(guest);
  REQUIRE(log.size() == 3); // the guest knows of no bugcheck
  CHECK(log[0].strings[0] == "0");
}

TEST_CASE("standalone guests of a dead host wait for it", "[power]") {
  Lab lab = Outage::find("H1", "");
  const GuestIndex guest = lab.guest("s-01");
  lab.pass(10min);
  CHECK(lab.model->guests()[guest].power == Power::off);
  lab.pass(119s);
  CHECK(lab.model->guests()[guest].power == Power::off);
  lab.pass(241s);
  CHECK(lab.model->hosts()[2].up);
  CHECK(lab.model->hosts()[2].boots == 2);
  CHECK(lab.model->guests()[guest].power == Power::running);
  CHECK(lab.host_of(guest) == "H1");
  CHECK(lab.model->guests()[lab.guest("off")].power == Power::off); // it was never on
}

TEST_CASE("a move to a host that dies ends online on the source", "[power]") {
  Lab lab = Outage::find("H2", "");
  lab.pass(10min - 5s);
  REQUIRE(lab.migrate("s-01", "H2").return_value == 4096);
  lab.pass(5s);
  CHECK(lab.host_of(lab.guest("s-01")) == "H1");
  CHECK(lab.model->guests()[lab.guest("s-01")].power == Power::running);
  CHECK_FALSE(lab.model->moves()[0].landed);
  CHECK(lab.model->moves()[0].ended == 10min);
  CHECK(lab.model->active_migrations(2) == 0);
  CHECK(lab.model->jobs_on(2)[0].error.find("0x80072746") != std::string::npos);
}

TEST_CASE("a move from a host that dies ends with the guest, and its job is forgotten", "[power]") {
  Lab lab = Outage::find("H1", "");
  lab.pass(10min - 5s);
  const MigrateReply reply = lab.migrate("s-01", "H2");
  lab.pass(5s);
  CHECK(lab.model->guests()[lab.guest("s-01")].power == Power::off);
  CHECK_FALSE(lab.model->moves()[0].landed);
  CHECK_FALSE(lab.model->find_job(2, reply.job));
  CHECK(lab.migrate("s-01", "H2").return_value == 32775);
  CHECK(lab.model->violations().empty());
}

TEST_CASE("a move to a host that is down is accepted and fails", "[power]") {
  Lab lab = Outage::find("H2", "");
  lab.pass(10min);
  const MigrateReply reply = lab.migrate("s-01", "H2");
  REQUIRE(reply.return_value == 4096);
  lab.pass(11s);
  CHECK(lab.model->find_job(2, reply.job)->error.find("0x8007274C") != std::string::npos);
  CHECK(lab.host_of(lab.guest("s-01")) == "H1");
}

TEST_CASE("the cluster refuses moves to a node that is down", "[power]") {
  Lab lab = Outage::find("N2", "");
  lab.pass(10min);
  CHECK(lab.move_group("c-01", "N2").hresult == 0x800713ba);
}

TEST_CASE("a dump that a dying host cuts off leaves no bugcheck in the log", "[power]") {
  Lab lab = Outage::find("H2", "  crash: {hazard: 1, dump: 10min}\n");
  const GuestIndex guest = lab.guest("s-01");
  REQUIRE(lab.migrate("s-01", "H2").return_value == 4096);
  // Four disks carry the whole hazard, this guest has one: it may take a few moves.
  for (int i = 0; lab.model->crashes().empty() && i < 20; ++i) {
    lab.pass(11s);
    if (lab.model->crashes().empty()) {
      lab.migrate("s-01", lab.host_of(guest) == "H1" ? "H2" : "H1");
    }
  }
  REQUIRE(lab.model->crashes().size() == 1);
  while (lab.host_of(guest) != "H2") {
    lab.migrate("s-01", "H2");
    lab.pass(11s);
  }
  lab.pass(10min - lab.clock.at);
  REQUIRE(lab.model->guests()[guest].power == Power::off);
  lab.pass(9min);
  const auto& log = lab.model->guest_log(guest);
  REQUIRE(log.size() == 3);
  CHECK(log[0].strings[0] == "0");
}
