#include "tests/support/lab_model.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

namespace {

std::string lab_of(const std::string& guest, const std::string& crash, const std::string& hosts = "") {
  return "simulated:\n  hosts: [{name: A" + hosts + "}, {name: B" + hosts +
         "}]\n  guests: [{name: g, on: A, winrm: true, " + guest + "}]\n  crash: {" + crash +
         ", dump: 30s..30s, reboot: 60s..60s}\n  moves: {duration: 10s}\n";
}

const std::string kBusy = "load: 40MiB/s, disks: [{count: 4}]";

// Crashes among many moves there and back, with time to recover between them.
std::size_t crashes_in(Lab& lab, int moves) {
  for (int i = 0; i < moves; ++i) {
    const std::string to = lab.host_of(0) == "A" ? "B" : "A";
    REQUIRE(lab.model->migrate({0, to}).return_value == 4096);
    lab.pass(200s);
  }
  return lab.model->crashes().size();
}

std::size_t crashes_with(const std::string& guest, const std::string& crash, const std::string& hosts = "",
                         int moves = 400) {
  Lab lab(lab_of(guest, crash, hosts));
  return crashes_in(lab, moves);
}

// A guest that certainly crashed in its first move, at the moment of the crash.
struct Crashed : Lab {
  explicit Crashed(const std::string& guest = kBusy, const std::string& hosts = "")
      : Lab(lab_of(guest, "hazard: 1", hosts)) {
    REQUIRE(model->migrate({0, "B"}).return_value == 4096);
    pass(10s);
    REQUIRE(model->crashes().size() == 1);
    at = model->crashes()[0].at;
  }
  void pass_to(Instant when) { pass(when - clock.at); }
  std::vector<std::uint32_t> guest_events() const {
    std::vector<std::uint32_t> ids;
    for (const EventRecord& record : model->guest_log(0)) {
      ids.push_back(record.kind->id);
    }
    return ids;
  }
  Instant at{};
};

} // namespace

TEST_CASE("the hazard grows with the number of disks and spares IDE", "[crash]") {
  const std::size_t four = crashes_with("load: 40MiB/s, disks: [{count: 4}]", "hazard: 20%");
  CHECK(four > 50);
  CHECK(four < 110);
  const std::size_t eight = crashes_with("load: 40MiB/s, disks: [{count: 8}]", "hazard: 20%");
  CHECK(eight > 120);
  CHECK(eight < 200);
  CHECK(crashes_with("load: 40MiB/s, disks: [{bus: ide, count: 3}]", "hazard: 100%") == 0);
}

TEST_CASE("fixed disks on SCSI carry a twentieth of the hazard, idle ones none", "[crash]") {
  const std::size_t fixed = crashes_with("load: 40MiB/s, disks: [{type: fixed, count: 4}]", "hazard: 100%");
  CHECK(fixed > 5);
  CHECK(fixed < 45);
  CHECK(crashes_with("disks: [{count: 4}]", "hazard: 100%") == 0);
}

TEST_CASE("the hotfix cures where the lab says that it does", "[crash]") {
  const std::string cured = kBusy + ", hotfixes: [KB2636573]";
  const std::string on_hosts = ", hotfixes: [KB2636573]";
  CHECK(crashes_with(cured, "hazard: 1, fixed_by: guest", "", 20) == 0);
  CHECK(crashes_with(kBusy, "hazard: 1, fixed_by: guest", on_hosts, 20) == 20);
  CHECK(crashes_with(kBusy, "hazard: 1, fixed_by: source_host", on_hosts, 20) == 0);
  CHECK(crashes_with(kBusy, "hazard: 1, fixed_by: destination_host", on_hosts, 20) == 0);
  CHECK(crashes_with(cured, "hazard: 1, fixed_by: source_host", "", 20) == 20);
  CHECK(crashes_with(cured, "hazard: 1, fixed_by: all", "", 20) == 20);
  CHECK(crashes_with(cured, "hazard: 1, fixed_by: all", on_hosts, 20) == 0);
}

TEST_CASE("the hotfix on one host cures the moves that leave it or reach it, as the lab says", "[crash]") {
  const auto crashed = [](const std::string& fixed_by, const std::string& first) {
    Lab lab("simulated:\n  hosts: [{name: A, hotfixes: [KB2636573]}, {name: B}]\n  guests: [{name: g, on: " +
            first + ", " + kBusy + "}]\n  crash: {hazard: 1, fixed_by: " + fixed_by + "}\n");
    return crashes_in(lab, 1) == 1;
  };
  CHECK_FALSE(crashed("source_host", "A"));
  CHECK(crashed("source_host", "B"));
  CHECK(crashed("destination_host", "A"));
  CHECK_FALSE(crashed("destination_host", "B"));
}

TEST_CASE("a crash belongs to the move in which the guest changed hosts", "[crash]") {
  const Crashed lab;
  const LedgerCrash& crash = lab.model->crashes()[0];
  const LedgerMove& move = lab.model->moves()[0];
  CHECK(crash.move == move.number);
  CHECK(crash.guest == move.guest);
  CHECK(crash.bugcheck == 0xd1);
  CHECK(crash.at > move.asked);
  CHECK(crash.at <= move.ended);
  CHECK(move.landed); // the move itself went well
}

TEST_CASE("a move of zero length still owns its crash", "[crash]") {
  auto config = lab_config(lab_of(kBusy, "hazard: 1"));
  config.moves.duration = {0s, 0s};
  Lab lab(config);
  REQUIRE(lab.model->migrate({0, "B"}).return_value == 4096);
  lab.pass(1s);
  REQUIRE(lab.model->crashes().size() == 1);
  CHECK(lab.model->crashes()[0].move == 1);
}

TEST_CASE("a crashed guest writes its dump, resets, boots and works again", "[crash]") {
  Crashed lab;
  const Guest& guest = lab.model->guests()[0];
  CHECK(guest.crashed == lab.at);
  CHECK_FALSE(lab.model->load_alive(0));
  CHECK_FALSE(lab.model->reachable(0));
  lab.pass_to(std::max(lab.clock.at, lab.at + 5s));
  CHECK(lab.model->heartbeat_of(0) == HeartbeatStatus::lost_communication);
  CHECK(guest.boots == 1);
  lab.pass_to(lab.at + 31s);
  CHECK(guest.boots == 2);
  CHECK_FALSE(guest.crashed);
  CHECK(lab.model->uptime_ms(0) == 0);
  CHECK(guest.booted == lab.at + 31s);
  CHECK(lab.host_events(1, Channel::worker_admin) == std::vector<std::uint32_t>{18514});
  CHECK(lab.model->heartbeat_of(0) == HeartbeatStatus::no_contact);
  CHECK_FALSE(lab.model->intrinsic_kvp(0)[0].data);
  CHECK(lab.guest_events().empty());
  lab.pass_to(lab.at + 91s);
  CHECK(lab.model->heartbeat_of(0) == HeartbeatStatus::ok);
  CHECK(lab.model->reachable(0));
  CHECK(lab.model->intrinsic_kvp(0)[0].data == "g.lab.test");
  CHECK(lab.guest_events() == std::vector<std::uint32_t>{41, 6008, 6005, 1001});
  CHECK_FALSE(lab.model->load_alive(0));
  lab.pass(10s);
  CHECK(lab.model->load_alive(0));
}

TEST_CASE("the guest's log tells code, parameters and dump of the crash", "[crash]") {
  Crashed lab;
  lab.pass(5min);
  const auto& log = lab.model->guest_log(0);
  REQUIRE(log.size() == 4);
  const EventRecord& power = log[0];
  CHECK(power.kind->version == 2);
  CHECK(power.strings[0] == "209");
  CHECK(power.strings[2] == "0x2"); // IRQL
  CHECK(power.strings[3] == "0x0"); // read
  CHECK(log[1].strings[1] == "23/11/2026");
  const EventRecord& report = log[3];
  CHECK(report.kind->source == "BugCheck");
  CHECK(report.strings[0].starts_with("0x000000d1 (0x00000000000000"));
  CHECK(report.strings[0].find(", 0x0000000000000002, 0x0000000000000000, 0xfffff88") != std::string::npos);
  CHECK(report.strings[1] == "C:\\Windows\\MEMORY.DMP");
  CHECK(report.message().find("rebooted from a bugcheck.  The bugcheck was: 0x000000d1 (") !=
        std::string::npos);
  CHECK(report.at == lab.at + 91s);
}

TEST_CASE("a host reports the bugcheck only where guest and host both can", "[crash]") {
  const auto events = [](const std::string& guest, const std::string& host) {
    Crashed lab(kBusy + ", release: " + guest, ", release: " + host);
    lab.pass(5min);
    return lab.host_events(1, Channel::worker_admin);
  };
  const std::vector<std::uint32_t> silent = {18514};
  const std::vector<std::uint32_t> told = {18590, 18602, 18514};
  CHECK(events("2008r2sp1", "2012r2") == silent);
  CHECK(events("2012", "2012") == silent);
  CHECK(events("2012", "2012r2") == told);
  CHECK(events("2019", "2022") == told);
}

TEST_CASE("the host's report of a bugcheck names the guest and the code", "[crash]") {
  Crashed lab(kBusy + ", release: 2012r2");
  const EventRecord& record = lab.model->host_log(1, Channel::worker_admin).back();
  CHECK(record.kind->id == 18590);
  CHECK(record.kind->user_data);
  CHECK(record.kind->fields.size() == record.strings.size());
  CHECK(record.strings[1] == lab.model->guests()[0].id);
  CHECK(record.strings[2] == "0xD1");
  CHECK(record.message().find("ErrorCode0: 0xD1, ErrorCode1: 0x") != std::string::npos);
  const Crashed newer(kBusy + ", release: 2019", ", release: 2019");
  const EventRecord& other = newer.model->host_log(1, Channel::worker_admin).back();
  CHECK(other.kind->fields.back() == "PreOSId");
  CHECK(other.kind->fields.size() == other.strings.size());
}

TEST_CASE("a guest can be moved while it writes its dump, and is reset on its new host", "[crash]") {
  Crashed lab;
  REQUIRE(lab.model->migrate({0, "A"}).return_value == 4096);
  lab.pass(5min);
  CHECK(lab.model->moves()[1].landed);
  CHECK(lab.host_events(0, Channel::worker_admin) == std::vector<std::uint32_t>{18514});
  CHECK(lab.model->crashes().size() == 1); // its load was dead
}

TEST_CASE("the events of every release have as many strings as fields", "[crash]") {
  for (const std::string release : {"2008r2sp1", "2012", "2012r2", "2016", "2025"}) {
    Crashed lab(kBusy + ", release: " + release, ", authentication: kerberos, release: 2025");
    lab.pass(5min);
    for (const EventRecord& record : lab.model->guest_log(0)) {
      INFO(release << " " << record.kind->id);
      CHECK(record.strings.size() == record.kind->fields.size());
      CHECK(record.message().find('%') == std::string::npos);
    }
  }
}
