#include "harness/scenario/classify.hpp"

#include "harness/scenario/plan.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using Catch::Matchers::Contains;

namespace {

GuestFacts plain() {
  GuestFacts guest;
  guest.id = "3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F413";
  guest.name = "sql-1";
  guest.notes = "migstorm";
  guest.state = EnabledState::enabled;
  guest.host = "node1";
  guest.group = "sql-1";
  GuestHardware& has = guest.hardware;
  has.physical_disk = has.shared_disk = has.virtual_function = has.host_device = has.fibre_channel = false;
  has.tpm = has.shielded = has.checkpoints = false;
  has.replication = 0;
  has.configuration = "8.0";
  guest.rules.possible_owners = {"NODE1", "NODE2", "NODE3"};
  guest.rules.anti_affinity.emplace();
  return guest;
}

std::string objection(const GuestFacts& guest) { return classify(guest).objection.value_or(""); }

std::string remarks(const GuestFacts& guest) {
  std::string all;
  for (const std::string& remark : classify(guest).remarks) {
    all += remark + "\n";
  }
  return all;
}

HostFacts node(const std::string& name, const std::string& version = "10.0.14393") {
  HostFacts facts;
  facts.host = name + ".lab.test";
  facts.computer_name = name;
  facts.os_version = version;
  facts.namespaces = {true, false, true};
  facts.migration_enabled = true;
  facts.cluster_name = "C";
  return facts;
}

Selection select(GuestFacts guest, const std::vector<HostFacts>& hosts) {
  LabFile lab;
  for (const HostFacts& host : hosts) {
    lab.hosts.push_back({host.host, "", "", true, ""});
  }
  guest.host = hosts.front().host;
  return select_guests(Scenario(), lab, {guest}, hosts);
}

using Names = std::vector<HostName>;

} // namespace

TEST_CASE("a guest without anything special is moved, and there is nothing to say", "[classify]") {
  CHECK(objection(plain()).empty());
  CHECK(remarks(plain()).empty());
}

TEST_CASE("what cannot be moved live stays, and the reason says what can be done", "[classify]") {
  GuestFacts guest = plain();
  SECTION("a disk of its host") {
    guest.hardware.physical_disk = true;
    CHECK_THAT(objection(guest), Contains("passed through") && Contains("virtual disk"));
  }
  SECTION("a shared VHDX") {
    guest.hardware.shared_disk = true;
    CHECK_THAT(objection(guest), Contains("shares a disk"));
  }
  SECTION("a VHD set") {
    guest.disks.push_back(
        {ControllerBus::scsi, DiskType::dynamic, DiskFormat::unknown, "C:\\x\\Q.VHDS", 0, {}});
    CHECK_THAT(objection(guest), Contains("shares a disk"));
  }
  SECTION("a device of its host") {
    guest.hardware.host_device = true;
    CHECK_THAT(objection(guest), Contains("discrete device assignment"));
  }
  SECTION("a virtual TPM") {
    guest.hardware.tpm = true;
    CHECK_THAT(objection(guest), Contains("virtual TPM"));
  }
  SECTION("shielded") {
    guest.hardware.shielded = true;
    CHECK_THAT(objection(guest), Contains("shielded"));
  }
  SECTION("a replica") {
    guest.hardware.replication = 2;
    CHECK_THAT(objection(guest), Contains("replica of a guest elsewhere"));
  }
  SECTION("a disc image on the host alone") {
    guest.hardware.discs = {R"(\\files\iso\a.iso)", "D:\\iso\\b.iso"};
    CHECK_THAT(objection(guest), Contains("'D:\\iso\\b.iso'") && Contains("eject"));
  }
}

TEST_CASE("a disc image that every host sees is no objection", "[classify]") {
  GuestFacts guest = plain();
  guest.hardware.discs = {R"(\\files\iso\a.iso)", R"(c:\clusterstorage\Volume1\b.iso)"};
  CHECK(objection(guest).empty());
}

TEST_CASE("a replicated guest moves within a cluster only", "[classify]") {
  GuestFacts guest = plain();
  guest.hardware.replication = 1;
  CHECK(objection(guest).empty());
  CHECK_THAT(remarks(guest), Contains("replica broker"));
  guest.group.reset();
  CHECK_THAT(objection(guest), Contains("remove the replication"));
}

TEST_CASE("what moves under conditions is moved, and the conditions are said", "[classify]") {
  GuestFacts guest = plain();
  guest.hardware.virtual_function = guest.hardware.fibre_channel = guest.hardware.checkpoints = true;
  CHECK(objection(guest).empty());
  CHECK_THAT(remarks(guest), Contains("SR-IOV") && Contains("virtual SAN") && Contains("checkpoints"));
}

TEST_CASE("what the host does not tell is said, not assumed", "[classify]") {
  GuestFacts guest = plain();
  guest.hardware = {};
  guest.rules = {};
  CHECK(objection(guest).empty());
  CHECK_THAT(remarks(guest),
             Contains("its host does not tell of: pass-through disks, shared disks, SR-IOV") &&
                 Contains("the configuration version") && Contains("possible owners") &&
                 Contains("anti-affinity"));
}

TEST_CASE("a configuration goes to releases that run it and give it back", "[classify]") {
  const auto [release, version, takes] = GENERATE(table<const char*, const char*, bool>({
      {"6.3.9600", "5.0", true},
      {"6.3.9600", "8.0", false},
      {"6.3.9600", "4.0", false}, // it would be upgraded for good
      {"10.0.14393", "5.0", true},
      {"10.0.14393", "8.0", true},
      {"10.0.14393", "9.0", false},
      {"10.0.17763", "9.0", true},
      {"10.0.20348", "5.0", false},
      {"10.0.20348", "10.0", true},
      {"10.0.20348", "12.0", false},
      {"10.0.26100", "8.0", true},
      {"10.0.26100", "12.0", true},
  }));
  INFO(release << " " << version);
  CHECK(takes_configuration(release, version) == takes);
}

TEST_CASE("releases and versions that nobody knows yet are the hosts' to judge", "[classify]") {
  CHECK_FALSE(takes_configuration("10.0.30000", "12.0"));
  CHECK_FALSE(takes_configuration("", "8.0"));
  CHECK_FALSE(takes_configuration("6.0.6002", "1.0"));
  CHECK_FALSE(takes_configuration("10.0.14393", ""));
  CHECK_FALSE(takes_configuration("10.0.14393", "eight"));
}

TEST_CASE("possible owners limit where a guest goes", "[classify][select]") {
  GuestFacts guest = plain();
  guest.rules.possible_owners = {"node1", "node3"};
  Selection found = select(guest, {node("NODE1"), node("NODE2"), node("NODE3")});
  REQUIRE(found.chosen.size() == 1);
  CHECK(found.chosen[0].reach == Names{"NODE1.lab.test", "NODE3.lab.test"});
  guest.rules.possible_owners = {"NODE1"};
  found = select(guest, {node("NODE1"), node("NODE2")});
  REQUIRE(found.left_out.size() == 1);
  CHECK_THAT(found.left_out[0].reason, Contains("possible owners leave no other host"));
}

TEST_CASE("a newer machine does not go to an older node", "[classify][select]") {
  GuestFacts guest = plain();
  guest.hardware.configuration = "9.0";
  Selection found = select(guest, {node("NODE1", "10.0.17763"), node("NODE2"), node("NODE3", "10.0.17763")});
  REQUIRE(found.chosen.size() == 1);
  CHECK(found.chosen[0].reach == Names{"NODE1.lab.test", "NODE3.lab.test"});
  found = select(guest, {node("NODE1", "10.0.17763"), node("NODE2")});
  REQUIRE(found.left_out.size() == 1);
  CHECK_THAT(found.left_out[0].reason, Contains("configuration version 9.0"));
}

TEST_CASE("remarks come with the guests that are chosen", "[classify][select]") {
  GuestFacts guest = plain();
  guest.hardware.checkpoints = true;
  const Selection found = select(guest, {node("NODE1"), node("NODE2")});
  REQUIRE(found.remarks.size() == 1);
  CHECK(found.remarks[0].guest == guest.id);
}
