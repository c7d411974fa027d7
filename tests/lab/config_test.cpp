#include "tests/support/lab_model.hpp"

#include <fstream>
#include <sstream>

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

namespace {

const std::string kEverything = R"(
simulated:
  port: 15985
  cluster: {name: SOAK, parallel_migrations: 3}
  hosts:
    - {name: NODE, count: 4, release: 2022, clustered: true, migrations_max: 4, hotfixes: [KB5017381]}
    - {name: HV, count: 2}
    - {name: OLD, release: 2008r2sp1}
  guests:
    - name: sql
      count: 8
      on: NODE
      clustered: true
      release: 2008r2sp1
      notes: migstorm
      load: 40MiB/s
      disks: [{bus: scsi, type: dynamic, format: vhd, size: 40GiB, count: 4, storage: shared}, {bus: ide, type: fixed}]
      hotfixes: [KB2636573]
      configuration: 2022
      integration_services: 6.1.7601.17514
    - name: odd
      count: 2
      on: NODE1
      clustered: true
      release: 2016
      generation: 2
      winrm: false
      disks: [{kind: set}, {kind: file, format: vhdx}]
      sr_iov: true
      fibre_channel: 2
      assigned_devices: 1
      shielded: true
      tpm: true
      replication: primary
      checkpoints: {count: 3, type: production}
      iso: cluster-volume
      possible_owners: [NODE1, NODE2]
      preferred_owners: NODE
      anti_affinity: [dc, sql]
    - {name: web, count: 3, on: [HV1, hv2], winrm: true, running: false, disks: [{storage: local, format: vhdx}]}
  moves: {duration: 5s..20s, blackout: 200ms}
  crash: {hazard: 1/500, fixed_by: all, dump: 1s..2s, reboot: 3s}
  faults: {lost-reply: true, slow-job: {probability: 1%}, host-down: {certain: true}, stuck-job: false}
)";

std::string first_problem(const std::string& text) {
  const auto parsed = parse_lab(text);
  REQUIRE_FALSE(parsed.problems.empty());
  return to_string(parsed.problems.front());
}

std::string with_guest(const std::string& guest) {
  return "simulated:\n  cluster: {name: C}\n  hosts:\n    - {name: N, count: 2, clustered: true}\n    - "
         "{name: H}\n"
         "  guests:\n    - " +
         guest + "\n";
}

} // namespace

TEST_CASE("every key of a simulated cluster is read", "[config]") {
  const SimulatedConfig config = lab_config(kEverything);
  CHECK(config.port == 15985);
  CHECK(config.cluster_name == "SOAK");
  CHECK(config.parallel_migrations == 3u);
  REQUIRE(config.hosts.size() == 7);
  CHECK(config.hosts[0].name == "NODE1");
  CHECK(config.hosts[3].release == Release::w2022);
  CHECK(config.hosts[3].migrations_max == 4);
  CHECK(config.hosts[3].hotfixes == std::vector<std::string>{"KB5017381"});
  CHECK(config.hosts[5].name == "HV2");
  CHECK(config.hosts[5].migrations_max == 2);
  CHECK(config.hosts[6].name == "OLD");
  CHECK(config.hosts[6].migrations_max == 1);
  REQUIRE(config.guests.size() == 13);
  const GuestConfig& sql = config.guests[7];
  CHECK(sql.name == "sql-08");
  CHECK(sql.host == 3);
  CHECK(sql.clustered);
  CHECK_FALSE(sql.winrm);
  CHECK(sql.notes == "migstorm");
  CHECK(sql.load_rate == 40u << 20);
  REQUIRE(sql.disks.size() == 5);
  CHECK(sql.disks[4].bus == Bus::ide);
  CHECK(sql.disks[4].type == VhdType::fixed);
  CHECK(sql.integration_services == "6.1.7601.17514");
  const GuestConfig& odd = config.guests[9];
  CHECK(odd.name == "odd-02");
  CHECK(odd.entry == "odd");
  CHECK(odd.hardware.generation == 2);
  REQUIRE(odd.disks.size() == 2);
  CHECK(odd.disks[0].sharing == Sharing::disk_set);
  CHECK(odd.disks[0].format == VhdFormat::vhdx);
  CHECK(odd.disks[1].sharing == Sharing::own);
  CHECK(odd.hardware.virtual_function);
  CHECK(odd.hardware.fibre_channel_ports == 2);
  CHECK(odd.hardware.assigned_devices == 1);
  CHECK(odd.hardware.tpm);
  CHECK(odd.hardware.shielded);
  CHECK(odd.hardware.replication == Replication::primary);
  CHECK(odd.checkpoints.count == 3);
  CHECK(odd.checkpoints.production);
  CHECK(odd.disc == DiscPlace::cluster_volume);
  CHECK(odd.role.possible_owners == std::vector<HostIndex>{0, 1});
  CHECK(odd.role.preferred_owners == std::vector<HostIndex>{0, 1, 2, 3});
  CHECK(odd.role.anti_affinity == std::vector<std::string>{"dc", "sql"});
  const GuestConfig& web = config.guests[12];
  CHECK(web.name == "web-03");
  CHECK(web.host == 4);
  CHECK_FALSE(web.running);
  CHECK_FALSE(web.disks[0].shared);
  CHECK(web.disks[0].format == VhdFormat::vhdx);
  CHECK(config.moves.duration == std::pair<Span, Span>(5s, 20s));
  CHECK(config.moves.blackout == std::pair<Span, Span>(200ms, 200ms));
  CHECK(config.crash.hazard == Approx(1.0 / 500));
  CHECK(config.crash.fixed_by == FixedBy::all);
  CHECK(config.crash.reboot == std::pair<Span, Span>(3s, 3s));
  CHECK(config.faults[static_cast<std::size_t>(Fault::lost_reply)].armed);
  CHECK(config.faults[static_cast<std::size_t>(Fault::slow_job)].probability == Approx(0.01));
  CHECK(config.faults[static_cast<std::size_t>(Fault::host_down)].certain);
  CHECK_FALSE(config.faults[static_cast<std::size_t>(Fault::stuck_job)].armed);
  CHECK_FALSE(config.faults[static_cast<std::size_t>(Fault::failed_move)].armed);
}

TEST_CASE("the manual describes every key of a simulated cluster", "[config]") {
  std::ifstream file(MIGSTORM_SOURCE_DIR "/docs/lab-simulated.md");
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  const std::string manual = text.str();
  std::size_t described = 0;
  for (const std::string& key : parse_lab(kEverything).keys) {
    if (!key.starts_with("simulated.")) {
      continue;
    }
    std::string known = key.substr(key.find('.') + 1);
    for (std::size_t i = 0; i < kFaults; ++i) { // described together, the names below
      const std::string fault = fmt::format("faults.{}", to_string(static_cast<Fault>(i)));
      if (known == fault) {
        known = "faults";
      } else if (known.starts_with(fault + ".")) {
        known.replace(0, fault.size(), "faults.NAME");
      }
    }
    for (std::size_t i = 0; i < kForeign; ++i) {
      const std::string event = fmt::format("foreign.{}", to_string(static_cast<Foreign>(i)));
      if (known == event) {
        known = "foreign";
      } else if (known.starts_with(event + ".")) {
        known.replace(0, event.size(), "foreign.NAME");
      }
    }
    INFO(key);
    CHECK(manual.find("`" + known + "`") != std::string::npos);
    ++described;
  }
  CHECK(described > 40);
  for (std::size_t i = 0; i < kFaults; ++i) {
    const std::string_view fault = to_string(static_cast<Fault>(i));
    INFO(fault);
    CHECK(manual.find("`" + std::string(fault) + "`") != std::string::npos);
  }
}

TEST_CASE("a small cluster needs hosts only", "[config]") {
  const SimulatedConfig config = lab_config("simulated: {hosts: [{name: A}]}");
  CHECK(config.port == 5985);
  CHECK(config.cluster_name.empty());
  CHECK(config.guests.empty());
  CHECK(config.crash.hazard == Approx(1.0 / 1500));
}

TEST_CASE("names can say where their number stands", "[config]") {
  const auto config = lab_config("simulated: {hosts: [{name: n%02dx, count: 3}, {name: 'h%d'}]}");
  CHECK(config.hosts[2].name == "n03x");
  CHECK(config.hosts[3].name == "h1");
  CHECK(first_problem("simulated: {hosts: [{name: '%s'}]}").find("is not a name") != std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: '%d%d'}]}").find("is not a name") != std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: '%99d'}]}").find("is not a name") != std::string::npos);
}

TEST_CASE("guests without a place go to the hosts that can run them", "[config]") {
  CHECK(lab_config(with_guest("{name: g, count: 2, clustered: true}")).guests[1].host == 1);
  CHECK(lab_config(with_guest("{name: g}")).guests[0].host == 2);
}

TEST_CASE("all faults can be armed in one word", "[config]") {
  const auto config = lab_config("simulated: {hosts: [{name: A}], faults: all}");
  CHECK(
      std::all_of(config.faults.begin(), config.faults.end(), [](const FaultConfig& f) { return f.armed; }));
}

TEST_CASE("mistakes in a simulated cluster are named with their place", "[config][hostile]") {
  CHECK(first_problem("simulated: 5").find("expected") != std::string::npos);
  CHECK(first_problem("simulated: {}").find("'hosts' is missing") != std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{count: 2}]}").find("'name' is missing") != std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A, nmae: 2}]}") ==
        "lab.yaml:1:31: unknown key 'nmae', did you mean 'name'?");
  CHECK(first_problem("simulated: {hosts: [{name: \"a b\"}]}").find("is not a name") != std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A}, {name: a}]}").find("given twice") != std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A, clustered: true}]}").find("no 'cluster'") !=
        std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A, count: 65}]}").find("out of range") !=
        std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A, count: 64}, {name: B}]}").find("more than 64") !=
        std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A, hotfixes: [2636573]}]}").find("not a hotfix") !=
        std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A}], faults: {lost-replies: true}}").find("lost-reply") !=
        std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A}], faults: some}").find("one of none, all") !=
        std::string::npos);
  CHECK(first_problem("simulated: {hosts: [{name: A}], crash: {hazard: 150%}}").find("out of range") !=
        std::string::npos);
}

TEST_CASE("guests that no host can run are refused", "[config][hostile]") {
  CHECK(first_problem(with_guest("{name: g, on: X}")).find("no host and no group") != std::string::npos);
  CHECK(first_problem(with_guest("{name: g, on: H, clustered: true}")).find("not clustered") !=
        std::string::npos);
  CHECK(first_problem(with_guest("{name: g, disks: [{count: 64}, {}]}")).find("too many disks") !=
        std::string::npos);
  CHECK(first_problem(with_guest("{name: g, disks: [{bus: ide, count: 4}]}")).find("on IDE") !=
        std::string::npos);
  CHECK(
      first_problem(with_guest("{name: g, clustered: true, disks: [{storage: local}]}")).find("every node") !=
      std::string::npos);
  CHECK(first_problem(with_guest("{name: g, disks: [{size: 1TB, format: vhdx}, {size: 3TiB}]}"))
            .find("out of range") != std::string::npos);
  CHECK(first_problem(with_guest("{name: g, integration_services: newest}")).find("not a version") !=
        std::string::npos);
  CHECK(first_problem(with_guest("{name: H}")).find("given twice") != std::string::npos);
  CHECK(first_problem(with_guest("{name: g, count: 2001}")).find("out of range") != std::string::npos);
}

TEST_CASE("a lab file learns the addresses of the simulated machines", "[config]") {
  SimulatedConfig config = lab_config(kEverything);
  LabFile lab;
  describe_endpoints(config, lab);
  CHECK(lab.simulated);
  CHECK(lab.allow_unencrypted);
  REQUIRE(lab.hosts.size() == 7);
  CHECK(lab.hosts[1].url == "http://127.0.1.2:15985/wsman");
  REQUIRE(lab.guests.size() == 3); // those with winrm
  CHECK(lab.guests[0].name == "web-01");
  CHECK(lab.guests[0].url == "http://127.0.2.11:15985/wsman");
  REQUIRE(lab.credentials.size() == 1);
  CHECK(lab.credentials[0].user == config.user);
  CHECK(guest_address(254) == "127.0.3.1");
  CHECK(guest_address(1999) == "127.0.9.222");
}

TEST_CASE("a lab file's own account is the one that the simulated machines take", "[config]") {
  SimulatedConfig config = lab_config("simulated: {hosts: [{name: A}]}");
  LabFile lab;
  lab.credentials.push_back({"lab", "A\\tester", "", "", "secret"});
  lab.hosts.push_back({"A", "http://127.0.0.9:1/wsman", "lab", true, ""});
  describe_endpoints(config, lab);
  CHECK(config.user == "A\\tester");
  CHECK(config.password == "secret");
  CHECK(lab.hosts.size() == 1);
  CHECK(lab.credentials.size() == 1);
}
