// What others do on the cluster: each event alone, certain and often.
#include "tests/support/lab_provider.hpp"

#include <algorithm>
#include <set>

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

std::string with(const std::string& event, const std::string& release = "2016") {
  return R"(
simulated:
  cluster: {name: C}
  hosts:
    - {name: N, count: 3, clustered: true, release: )" +
         release + R"(}
    - {name: H, count: 2, release: 2016}
  guests:
    - {name: c, count: 3, on: N, clustered: true, notes: migstorm}
    - {name: s, count: 2, on: H, notes: migstorm}
  crash: {hazard: 0}
  foreign: {)" +
         event + ": {certain: true, probability: 100%}}\n";
}

std::vector<std::string> ids_shown(Hosts& lab) {
  std::vector<std::string> ids;
  for (HostIndex host = 0; host < lab.model->hosts().size(); ++host) {
    for (const GuestIndex guest : lab.model->guests_on(host)) {
      ids.push_back(lab.model->guests()[guest].id);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

} // namespace

TEST_CASE("without foreign events nobody else does anything", "[foreign]") {
  Hosts lab(kMixedLab);
  lab.pass(3h);
  CHECK(lab.model->moves().empty());
  CHECK(lab.model->troubles().empty());
}

TEST_CASE("others move guests live, and the record says that it was not us", "[foreign]") {
  Hosts lab(with("move"));
  lab.pass(10min);
  REQUIRE_FALSE(lab.model->moves().empty());
  for (const LedgerMove& move : lab.model->moves()) {
    CHECK(move.foreign);
  }
  CHECK(lab.model->changes().empty());
  CHECK(lab.model->violations().empty());
}

TEST_CASE("the cluster balances its load from 2016 on, and moves its own guests only", "[foreign]") {
  Hosts old(with("load-balance", "2012r2"));
  old.pass(10min);
  CHECK(old.model->moves().empty());
  Hosts lab(with("load-balance"));
  lab.pass(10min);
  REQUIRE_FALSE(lab.model->moves().empty());
  for (const LedgerMove& move : lab.model->moves()) {
    CHECK(move.to.starts_with('N'));
  }
}

TEST_CASE("a drained node is paused, empties itself, takes nobody, and is resumed", "[foreign]") {
  Hosts lab(with("drain"));
  lab.pass(61s);
  const auto& hosts = lab.model->hosts();
  const auto paused = std::find_if(hosts.begin(), hosts.end(), [](const Host& host) { return host.paused; });
  REQUIRE(paused != hosts.end());
  const auto index = static_cast<HostIndex>(paused - hosts.begin());
  CHECK(lab.host(index == 0 ? 1 : 0)
            .column(kMsCluster, "SELECT * FROM MSCluster_Node WHERE State = 2", "Name") == paused->name);
  const GuestIndex guest = lab.guest(lab.host_of(lab.guest("c-01")) == paused->name ? "c-02" : "c-01");
  const std::uint32_t refused = lab.move_group(lab.model->guests()[guest].name, paused->name).hresult;
  CHECK((refused == 0x800713ce ||
         refused == 0x800700aa)); // paused; or the guest is being moved off another one
  lab.pass(2min);
  for (const GuestIndex left : lab.model->guests_on(index)) {
    CHECK_FALSE(lab.model->guests()[left].clustered);
  }
  bool resumed = false;
  for (int i = 0; i < 20 && !resumed; ++i) {
    lab.pass(1min);
    resumed = !lab.model->hosts()[index].paused;
  }
  CHECK(resumed);
}

TEST_CASE("a checkpoint occupies its guest for seconds, and is merged later", "[foreign]") {
  Hosts lab(with("checkpoint"));
  lab.pass(60s + 1s);
  const auto& guests = lab.model->guests();
  const auto busy = std::find_if(guests.begin(), guests.end(),
                                 [](const Guest& guest) { return !guest.checkpoints.empty(); });
  REQUIRE(busy != guests.end());
  const auto index = static_cast<GuestIndex>(busy - guests.begin());
  CHECK(lab.model->operation_of(index) == 32768);
  CHECK(lab.host(busy->host)
            .column(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem WHERE Name = '" + busy->id + "'",
                    "OperationalStatus") == "11,32768");
  if (busy->clustered) {
    CHECK(lab.move_group(busy->name, busy->host == 0 ? "N2" : "N1").hresult == 0x800700aa);
  } else {
    CHECK(lab.migrate(busy->name, busy->host == 3 ? "H2" : "H1").return_value == 32775);
  }
}

TEST_CASE("a deleted guest is gone from every host, its role from the cluster", "[foreign]") {
  Hosts lab(with("remove"));
  const std::size_t before = ids_shown(lab).size();
  lab.pass(61s);
  CHECK(ids_shown(lab).size() == before - 1);
  CHECK(lab.model->owners().size() == before - 1);
  const auto& guests = lab.model->guests();
  const auto gone = std::find_if(guests.begin(), guests.end(), [](const Guest& guest) { return guest.gone; });
  REQUIRE(gone != guests.end());
  CHECK_FALSE(lab.model->find_group(gone->name));
  CHECK_FALSE(lab.model->find_guest(gone->id));
  lab.pass(10min);
  CHECK(lab.model->violations().empty());
}

TEST_CASE("a recreated guest has the old name, another GUID, no mark and no role", "[foreign]") {
  Hosts lab(with("recreate"));
  const std::vector<std::string> before = ids_shown(lab);
  std::set<std::string> names;
  for (const Guest& guest : lab.model->guests()) {
    names.insert(guest.name);
  }
  lab.pass(61s);
  const std::vector<std::string> after = ids_shown(lab);
  CHECK(after.size() == before.size());
  CHECK(after != before);
  for (const Guest& guest : lab.model->guests()) {
    CHECK(names.count(guest.name) == 1);
    const bool is_new = !std::binary_search(before.begin(), before.end(), guest.id);
    CHECK(is_new == guest.notes.empty());
    CHECK((!is_new || !guest.clustered));
  }
}

TEST_CASE("a volume in trouble is seen on every node, logged, and well again", "[foreign]") {
  const std::string event = GENERATE("redirect", "pause-volume");
  Hosts lab(with(event));
  lab.pass(61s);
  REQUIRE(lab.model->troubles().size() >= 1);
  const std::string state = event == "redirect" ? "1" : "2";
  CHECK(lab.host(0)
            .column(kMsCluster, "SELECT * FROM MSCluster_ClusterSharedVolume WHERE FaultState = " + state,
                    "FaultState")
            .starts_with(state));
  const auto events = lab.host_events(0, Channel::system);
  CHECK((std::count(events.begin(), events.end(), 5120U) > 0) == (event == "pause-volume"));
}

TEST_CASE("a guest that is switched off is on again some minutes later", "[foreign]") {
  Hosts lab(with("stop-guest"));
  const auto off = [&lab] {
    return std::count_if(lab.model->guests().begin(), lab.model->guests().end(),
                         [](const Guest& guest) { return guest.power == Power::off; });
  };
  lab.pass(61s);
  CHECK(off() == 1);
  std::set<std::string> started;
  lab.pass(20min);
  CHECK(off() < 5);
  CHECK(lab.model->crashes().empty());
}

TEST_CASE("a ledger brings what others did back without having written it down as commands",
          "[foreign][ledger]") {
  const std::string text = R"(
simulated:
  cluster: {name: C}
  hosts: [{name: N, count: 3, clustered: true, release: 2016}, {name: H, count: 2, release: 2016}]
  guests: [{name: c, count: 3, on: N, clustered: true}, {name: s, count: 2, on: H}]
  foreign: {move: {certain: true}, drain: {certain: true}, recreate: {certain: true, probability: 5%}, stop-guest: {certain: true}, redirect: {certain: true}}
)";
  const LedgerFile file;
  std::map<std::string, std::string> owners;
  {
    Lab lab(lab_config(text), 1, file.path);
    for (int i = 0; i < 40; ++i) {
      lab.pass(30s);
    }
    owners = lab.model->owners();
  }
  Lab again(text);
  again.clock.at = 20min;
  auto model = Model::make(lab_config(text), again.clock, 1, file.path);
  REQUIRE(model);
  CHECK((*model)->owners() == owners);
}
