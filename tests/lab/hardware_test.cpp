// Guests with hardware that bears on a live move: how the classes of their hosts show it, release by release,
// and what becomes of a move.
#include "tests/support/lab_provider.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

// One clustered guest "c" and one standalone "s" with the same hardware, hosts N1, N2 and H1, H2.
std::string lab_with(const std::string& hardware, const std::string& release = "2016",
                     const std::string& role = "") {
  const std::string also = hardware.empty() ? "" : ", " + hardware;
  return "simulated:\n  cluster: {name: C}\n  hosts:\n"
         "    - {name: N, count: 3, clustered: true, winrm: true, release: " +
         release + "}\n    - {name: H, count: 2, winrm: true, release: " + release +
         "}\n  guests:\n    - {name: c, on: N1, clustered: true, release: \"2012\"" + also + role +
         "}\n    - {name: s, on: H1, release: \"2012\"" + also +
         "}\n    - {name: plain, on: N1, clustered: true}\n"
         "  moves: {duration: 10s}\n  crash: {hazard: 0}\n";
}
constexpr HostIndex kN1 = 0;
constexpr HostIndex kN2 = 1;
constexpr HostIndex kH1 = 3;

std::string like(const std::string& class_name, const std::string& id, const std::string& more = "") {
  return "SELECT * FROM " + class_name + " WHERE InstanceID LIKE 'Microsoft:" + id + "%'" + more;
}

bool lacks(MachineUnderTest& host, std::string_view name) {
  return host.machine->find_class(kVirtualizationV2, name) == nullptr;
}

// Through the cluster; the HRESULT that the cluster remembers, 0 when it landed.
std::uint32_t move_clustered(Hosts& lab) {
  REQUIRE(lab.move_group("c", "N2").hresult == 0);
  lab.pass(30s);
  const bool landed = lab.host_of(lab.guest("c")) == "N2";
  const std::uint32_t failure = lab.model->guests()[lab.guest("c")].last_failure;
  CHECK(landed == (failure == 0));
  return failure;
}

std::string migrate_error(Hosts& lab) {
  const auto reply = lab.migrate("s", "H2");
  REQUIRE(reply.return_value == 4096);
  lab.pass(30s);
  const auto job = lab.model->find_job(kH1, reply.job);
  REQUIRE(job);
  CHECK((job->state == JobStatus::completed) == (lab.host_of(lab.guest("s")) == "H2"));
  return job->error;
}

} // namespace

TEST_CASE("a pass-through disk is a drive of its own kind, without a file", "[hardware]") {
  Hosts lab(lab_with("disks: [{size: 10GiB}, {kind: pass-through}]"));
  auto host = lab.host(kN1);
  const auto drive =
      host.one(kVirtualizationV2, like("Msvm_ResourceAllocationSettingData", lab.id("c"),
                                       " AND ResourceSubType = 'Microsoft:Hyper-V:Physical Disk Drive'"));
  CHECK(show(*drive, "ResourceType") == "17");
  CHECK(show(*drive, "AddressOnParent") == "1");
  CHECK(show(*drive, "HostResource").find("Msvm_DiskDrive.") != std::string::npos);
  CHECK(host.query(kVirtualizationV2, like("Msvm_StorageAllocationSettingData", lab.id("c"))).size() == 2);
  CHECK(move_clustered(lab) == 0x80070490);
  CHECK(migrate_error(lab).find("0x80070490") != std::string::npos);
}

TEST_CASE("the namespace of 2008 R2 tells of pass-through disks and discs in its own words", "[hardware]") {
  Hosts lab(lab_with("iso: local, disks: [{kind: pass-through}]", "2008r2sp1"));
  auto host = lab.host(kN1);
  const auto drive =
      host.one(kVirtualizationV1, like("Msvm_ResourceAllocationSettingData", lab.id("c"),
                                       " AND ResourceSubType = 'Microsoft Physical Disk Drive'"));
  CHECK(show(*drive, "ResourceType") == "22");
  CHECK(show(*drive, "Address") == "0");
  const auto disc =
      host.one(kVirtualizationV1, like("Msvm_ResourceAllocationSettingData", lab.id("c"),
                                       " AND ResourceSubType = 'Microsoft Virtual CD/DVD Disk'"));
  CHECK(show(*disc, "Connection") == "D:\\ISO\\setup.iso");
}

TEST_CASE("guests share a file with reservations, and one VHD set", "[hardware]") {
  const auto [kind, release, path, format] =
      GENERATE(table<std::string, std::string, std::string, std::string>(
          {{"shared", "2012r2", ".vhdx", "3"}, {"set", "2016", ".vhds", "4"}}));
  INFO(kind);
  Hosts lab("simulated:\n  cluster: {name: C}\n  hosts: [{name: N, count: 2, clustered: true, release: " +
            release + "}]\n  guests: [{name: f, count: 2, clustered: true, disks: [{kind: " + kind +
            ", size: 10GiB}]}]\n  moves: {duration: 10s}\n");
  auto first = lab.host(0);
  auto second = lab.host(1);
  const std::string wql =
      "SELECT * FROM Msvm_StorageAllocationSettingData WHERE PersistentReservationsSupported = TRUE";
  const auto row = first.one(kVirtualizationV2, wql);
  const auto file = show(*row, "HostResource");
  CHECK(file.ends_with(path));
  CHECK(show(*second.one(kVirtualizationV2, wql), "HostResource") == file);
  CHECK(first.query(kCimv2, "SELECT * FROM CIM_DataFile WHERE Name = '" + doubled(file) + "'").size() == 1);
  const auto told = first.call(kVirtualizationV2, "Msvm_ImageManagementService",
                               "GetVirtualHardDiskSettingData", {{"Path", text(file)}});
  const auto settings = cim::parse_cim_xml(out_text(told, "SettingData"));
  REQUIRE(settings);
  CHECK(*settings->text("Format") == format);
  // Such a guest moves; that its own cluster may mind is no business of the host.
  REQUIRE(lab.move_group("f-01", "N2").hresult == 0);
  lab.pass(30s);
  CHECK(lab.host_of(lab.guest("f-01")) == "N2");
}

TEST_CASE("an adapter that asks for a virtual function says so where it is connected", "[hardware]") {
  Hosts lab(lab_with("sr_iov: true", "2012"));
  auto host = lab.host(kN1);
  const auto row =
      host.one(kVirtualizationV2, like("Msvm_EthernetSwitchPortOffloadSettingData", lab.id("c")));
  CHECK(show(*row, "IOVOffloadWeight") == "100");
  CHECK(show(*row, "VmmqEnabled") == "absent"); // of 2016
  CHECK(host.column(kVirtualizationV2, like("Msvm_EthernetSwitchPortOffloadSettingData", lab.id("plain")),
                    "IOVOffloadWeight") == "0");
  CHECK(move_clustered(lab) == 0);
}

TEST_CASE("virtual fibre channel is a port and its connection, from 2012 on", "[hardware]") {
  Hosts lab(lab_with("fibre_channel: 2", "2012"));
  auto host = lab.host(kN1);
  CHECK(host.column(kVirtualizationV2, like("Msvm_SyntheticFcPortSettingData", lab.id("c")),
                    "ResourceType") == "7|7");
  CHECK(host.column(kVirtualizationV2, like("Msvm_FcPortAllocationSettingData", lab.id("c")),
                    "ResourceType") == "64764|64764");
  const auto port =
      host.query(kVirtualizationV2, like("Msvm_SyntheticFcPortSettingData", lab.id("c"))).front();
  CHECK(show(*port, "VirtualPortWWPN").size() == 16);
  CHECK(show(*port, "VirtualPortWWPN") != show(*port, "SecondaryWWPN"));
  CHECK(move_clustered(lab) == 0);
}

TEST_CASE("an assigned device fails every move, and its class came with 2016", "[hardware]") {
  Hosts lab(lab_with("assigned_devices: 1"));
  auto host = lab.host(kN1);
  const auto row = host.one(kVirtualizationV2, "SELECT * FROM Msvm_PciExpressSettingData");
  CHECK(show(*row, "InstanceID").starts_with("Microsoft:" + lab.id("c") + "\\"));
  CHECK(show(*row, "ResourceType") == "32769");
  CHECK(move_clustered(lab) == 0x80070032);
  CHECK(migrate_error(lab).find("0x80070032") != std::string::npos);
  Hosts older(lab_with("", "2012r2"));
  auto old_host = older.host(kN1);
  CHECK(lacks(old_host, "Msvm_PciExpressSettingData"));
  CHECK(lacks(old_host, "Msvm_SecuritySettingData"));
}

TEST_CASE("every machine of 2016 has security settings, and a virtual TPM keeps it where it is",
          "[hardware]") {
  Hosts lab(lab_with("generation: 2, shielded: true"));
  auto host = lab.host(kN1);
  const auto row = host.one(kVirtualizationV2, like("Msvm_SecuritySettingData", lab.id("c")));
  CHECK(show(*row, "TpmEnabled") == "true");
  CHECK(show(*row, "ShieldingRequested") == "true");
  CHECK(host.column(kVirtualizationV2, like("Msvm_SecuritySettingData", lab.id("plain")), "TpmEnabled") ==
        "false");
  CHECK(move_clustered(lab) == 0x80070057);
}

TEST_CASE("a machine of generation 2 boots from SCSI and has no IDE", "[hardware]") {
  Hosts lab(lab_with("generation: 2, disks: [{size: 10GiB}], iso: share"));
  auto host = lab.host(kN1);
  const auto all = like("Msvm_ResourceAllocationSettingData", lab.id("c"));
  CHECK(host.query(kVirtualizationV2, all + " AND ResourceType = 5").empty());
  CHECK(host.column(kVirtualizationV2, all + " AND ResourceType = 17", "AddressOnParent") == "0|1");
  CHECK(host.column(kVirtualizationV2, all + " AND ResourceType = 16", "AddressOnParent") == "2");
  CHECK(host.column(kVirtualizationV2, like("Msvm_VirtualSystemSettingData", lab.id("c")),
                    "VirtualSystemSubType") == "Microsoft:Hyper-V:SubType:2");
  CHECK(move_clustered(lab) == 0);
}

TEST_CASE("a disc image keeps its guest only where it lies on the host alone", "[hardware]") {
  const auto [place, file, clustered] = GENERATE(table<std::string, std::string, std::uint32_t>(
      {{"local", "D:\\ISO\\setup.iso", 0xc03a0014}, {"share", "\\\\LAB-FS\\iso\\setup.iso", 0}}));
  INFO(place);
  Hosts lab(lab_with("iso: " + place));
  auto host = lab.host(kN1);
  const auto disc = host.one(kVirtualizationV2,
                             "SELECT * FROM Msvm_StorageAllocationSettingData WHERE ResourceType = 31 AND "
                             "ResourceSubType = 'Microsoft:Hyper-V:Virtual CD/DVD Disk'");
  CHECK(show(*disc, "HostResource") == file);
  CHECK(move_clustered(lab) == clustered);
  CHECK((migrate_error(lab).find("0xC03A0014") != std::string::npos) == (clustered != 0));
}

TEST_CASE("what a check beforehand can see is seen", "[hardware]") {
  const auto [hardware, migratable] = GENERATE(table<std::string, std::string>(
      {{"iso: local", "false"}, {"assigned_devices: 1", "false"}, {"sr_iov: true", "true"}}));
  Hosts lab(lab_with(hardware));
  auto host = lab.host(kH1);
  const auto result = host.call(
      kVirtualizationV2, "Msvm_VirtualSystemMigrationService", "CheckVirtualSystemIsMigratableToHost",
      {{"ComputerSystem", reference(lab.system("s"))}, {"DestinationHost", text("H2")}});
  CHECK(out_text(result, "IsMigratable") == migratable);
}

TEST_CASE("a machine tells its part in replication", "[hardware]") {
  const auto [part, mode, state, health] = GENERATE(
      table<std::string, std::string, std::string, std::string>({{"none", "0", "0", "0"},
                                                                 {"primary", "1", "3", "1"},
                                                                 {"replica", "2", "3", "1"},
                                                                 {"test-replica", "3", "0", "0"},
                                                                 {"extended-replica", "4", "3", "1"}}));
  INFO(part);
  Hosts lab(lab_with("replication: " + part, "2012r2"));
  auto host = lab.host(kN1);
  const auto row =
      host.one(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem WHERE Name = '" + lab.id("c") + "'");
  CHECK(show(*row, "ReplicationMode") == mode);
  CHECK(show(*row, "ReplicationState") == state);
  CHECK(show(*row, "ReplicationHealth") == health);
  const auto settings =
      host.column(kVirtualizationV2, "SELECT * FROM Msvm_ReplicationSettingData", "InstanceID");
  CHECK(settings == (state == "0" ? "" : "Microsoft:" + lab.id("c") + "\\HVR\\0"));
}

TEST_CASE("a primary that stands alone loses its replication when it moves, a clustered one does not",
          "[hardware]") {
  Hosts lab(lab_with("replication: primary"));
  CHECK(migrate_error(lab).empty());
  CHECK(move_clustered(lab) == 0);
  auto alone = lab.host(kH1 + 1);
  CHECK(alone.column(kVirtualizationV2,
                     "SELECT * FROM Msvm_ComputerSystem WHERE Name = '" + lab.id("s") + "'",
                     "ReplicationHealth") == "3");
  auto node = lab.host(kN2);
  CHECK(node.column(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem WHERE Name = '" + lab.id("c") + "'",
                    "ReplicationHealth") == "1");
}

TEST_CASE("a checkpoint is a machine's settings under a GUID of its own", "[hardware]") {
  Hosts lab(lab_with("disks: [{size: 10GiB, format: vhdx, type: fixed}], checkpoints: {count: 2}"));
  auto host = lab.host(kN1);
  const auto links = host.query(kVirtualizationV2, "SELECT * FROM Msvm_SnapshotOfVirtualSystem");
  REQUIRE(links.size() == 2);
  CHECK(show(*links[0], "Antecedent").find("Name=\"" + lab.id("c")) != std::string::npos);
  const auto rows = host.query(
      kVirtualizationV2,
      "ASSOCIATORS OF {Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='" + lab.id("c") +
          "'} WHERE AssocClass = Msvm_SnapshotOfVirtualSystem ResultClass = "
          "Msvm_VirtualSystemSettingData");
  REQUIRE(rows.size() == 2);
  CHECK(show(*rows[0], "VirtualSystemIdentifier") == lab.id("c"));
  CHECK(show(*rows[0], "VirtualSystemType") == "Microsoft:Hyper-V:Snapshot:Realized");
  CHECK(show(*rows[0], "Parent") == "NULL");
  CHECK(show(*rows[1], "Parent").find(show(*rows[0], "InstanceID")) != std::string::npos);

  const auto& guest = lab.model->guests()[lab.guest("c")];
  const auto& id = guest.checkpoints[1].id;
  const auto image = "Microsoft:" + id + "\\" + derived_guid(id, "scsi 0") + R"(\0\0\L)";
  const auto kept =
      host.one(kVirtualizationV2,
               "SELECT * FROM Msvm_StorageAllocationSettingData WHERE InstanceID = '" + doubled(image) + "'");
  CHECK(show(*kept, "HostResource") == guest.disks[1].chain[1]);
  CHECK(guest.disks[1].path.ends_with("_" + id + ".avhdx"));
  const auto told = host.call(kVirtualizationV2, "Msvm_ImageManagementService",
                              "GetVirtualHardDiskSettingData", {{"Path", text(guest.disks[1].path)}});
  const auto settings = cim::parse_cim_xml(out_text(told, "SettingData"));
  REQUIRE(settings);
  CHECK(*settings->text("Type") == "4");
  CHECK(*settings->text("ParentPath") == guest.disks[1].chain[1]);
  CHECK(move_clustered(lab) == 0);
}

TEST_CASE("the settings of a checkpoint are of type 5 where there is only the old namespace", "[hardware]") {
  Hosts lab(lab_with("checkpoints: {count: 1}", "2008r2sp1"));
  auto host = lab.host(kN1);
  const auto row =
      host.one(kVirtualizationV1, "SELECT * FROM Msvm_VirtualSystemSettingData WHERE SettingType = 5");
  CHECK(show(*row, "SystemName") == lab.id("c"));
  CHECK(host.query(kVirtualizationV1, "SELECT * FROM Msvm_VirtualSystemSettingData WHERE SettingType = 3")
            .size() == 2);
}

TEST_CASE("the cluster names possible and preferred owners, by method from 2012 on", "[hardware]") {
  const auto role = ", possible_owners: [N1, N3], preferred_owners: [N3], anti_affinity: [dc, sql]";
  Hosts lab(lab_with("", "2012", role));
  auto node = lab.host(kN2); // any node tells
  const cim::ObjectPath resource{
      "", std::string(kMsCluster), "MSCluster_Resource", {{"Name", "Virtual Machine c"}}};
  const auto owners = node.invoke(resource, "GetPossibleOwners");
  REQUIRE(out_array(owners, "NodeNames").size() == 2);
  CHECK(cim::to_text(out_array(owners, "NodeNames")[1]) == "N3");
  const cim::ObjectPath group{"", std::string(kMsCluster), "MSCluster_ResourceGroup", {{"Name", "c"}}};
  CHECK(out_array(node.invoke(group, "GetPreferredOwners"), "NodeNames").size() == 1);
  CHECK(node.column(kMsCluster, "SELECT * FROM MSCluster_ResourceGroup WHERE Name = 'c'",
                    "AntiAffinityClassNames") == "dc,sql");
  CHECK(node.column(kMsCluster, "SELECT * FROM MSCluster_ResourceGroup WHERE Name = 'plain'",
                    "AntiAffinityClassNames") == "NULL");
  const auto associated = [&](MachineUnderTest& host, const std::string& name) {
    return host.column(
        kMsCluster,
        "ASSOCIATORS OF {MSCluster_Resource.Name='Virtual Machine " + name +
            "'} WHERE AssocClass = MSCluster_ResourceToPossibleOwner ResultClass = MSCluster_Node",
        "Name");
  };
  CHECK(associated(node, "c") == "N1|N3");
  CHECK(associated(node, "plain") == "N1|N2|N3");
  Hosts older(lab_with("", "2008r2sp1", role));
  auto old_node = older.host(kN1);
  CHECK(associated(old_node, "c") == "N1|N3");
  const auto* definition = old_node.machine->find_class(kMsCluster, "MSCluster_Resource");
  CHECK(std::none_of(definition->methods.begin(), definition->methods.end(),
                     [](const cim::MethodDef& method) { return method.name == "GetPossibleOwners"; }));
}

TEST_CASE("a cluster moves a group to possible owners only", "[hardware]") {
  Hosts lab(lab_with("", "2016", ", possible_owners: [N1, N3]"));
  CHECK(lab.move_group("c", "N2").hresult == 0x80071398);
  CHECK(lab.move_group("c", "N3").hresult == 0);
  lab.pass(30s);
  CHECK(lab.host_of(lab.guest("c")) == "N3");
}

TEST_CASE("anti-affinity does not stand in the way of a move that is asked for", "[hardware]") {
  Hosts lab(
      "simulated:\n  cluster: {name: C}\n  hosts: [{name: N, count: 2, clustered: true}]\n"
      "  guests: [{name: a, on: N1, clustered: true, anti_affinity: dc}, {name: b, on: N2, clustered: true, "
      "anti_affinity: dc}]\n  moves: {duration: 10s}\n");
  REQUIRE(lab.move_group("a", "N2").hresult == 0);
  lab.pass(30s);
  CHECK(lab.host_of(lab.guest("a")) == "N2");
}

TEST_CASE("when a node dies its guests go where they may, prefer, and avoid nobody", "[hardware]") {
  const auto [role, to] =
      GENERATE(table<std::string, std::string>({{"possible_owners: [N1, N4]", "N4"},
                                                {"preferred_owners: [N3]", "N3"},
                                                {"anti_affinity: dc", "N4"},
                                                {"anti_affinity: dc, preferred_owners: [N2]", "N4"},
                                                {"anti_affinity: other", "N3"}}));
  INFO(role);
  // N2 and N3 hold a guest of class dc, N4 has the most guests.
  const auto config = lab_config(
      "simulated:\n  cluster: {name: C}\n  hosts: [{name: N, count: 4, clustered: true}]\n  guests:\n"
      "    - {name: g, on: N1, clustered: true, " +
      role +
      "}\n    - {name: dc-a, on: N2, clustered: true, anti_affinity: dc}\n"
      "    - {name: dc-b, on: N3, clustered: true, anti_affinity: dc}\n"
      "    - {name: more, count: 2, on: N2, clustered: true}\n"
      "    - {name: most, count: 4, on: N4, clustered: true}\n"
      "  faults: {host-down: {certain: true, probability: 100%}}\n");
  std::uint64_t seed = 0; // one that takes N1 down first
  for (bool found = false; !found && seed < 200; seed += found ? 0 : 1) {
    Lab probe(config, seed);
    probe.pass(10min);
    found = !probe.model->hosts()[0].up;
  }
  REQUIRE(seed < 200);
  Lab lab(config, seed);
  lab.pass(12min);
  CHECK(lab.host_of(lab.guest("g")) == to);
}

TEST_CASE("the record of a move tells what speaks against it", "[hardware]") {
  Hosts lab(
      lab_with("assigned_devices: 1, disks: [{kind: pass-through}]", "2016", ", possible_owners: [N1]"));
  (void)lab.move_group("c", "N2");
  REQUIRE(lab.model->changes().size() == 1);
  const auto& against = lab.model->changes().front().against;
  CHECK(against == std::vector<std::string>{"a pass-through disk", "an assigned device",
                                            "possible owners, not the host that was named"});
  (void)lab.move_group("plain", "N2");
  CHECK(lab.model->changes().back().against.empty());
}
