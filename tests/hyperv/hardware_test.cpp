#include "tests/hyperv/hyperv_lab.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

namespace {

constexpr std::string_view kFirstCheckpoint = "11111111-2222-3333-4444-555555555555";

std::string of_guest(std::string_view id, std::string_view rest = "") {
  return p("InstanceID", "Microsoft:" + std::string(id) + std::string(rest));
}

std::string antecedent(const std::string& id) {
  return "<p:Antecedent><a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>http://"
         "schemas.microsoft.com/"
         "wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem</"
         "w:ResourceURI><w:SelectorSet><w:Selector "
         "Name=\"CreationClassName\">Msvm_ComputerSystem</w:Selector><w:Selector Name=\"Name\">" +
         id + "</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Antecedent>";
}

void answer_all(HostScript& host) {
  host.rows(kNs2, "Msvm_VirtualSystemSettingData",
            {of_guest(kG03) + p("Version", "9.0"), of_guest(kFirstCheckpoint) + p("Version", "5.0"),
             of_guest(kG04) + p("Version", "8.0")});
  host.rows(kNs2, "Msvm_ResourceAllocationSettingData", {});
  host.rows(kNs2, "Msvm_StorageAllocationSettingData",
            {of_guest(kG04, R"(\S\0\0\L)") + p("PersistentReservationsSupported", "true")});
  host.rows(kNs2, "Msvm_EthernetSwitchPortOffloadSettingData",
            {of_guest(kG03, R"(\N\C\O)") + p("IOVOffloadWeight", "100"),
             of_guest(kG04, R"(\N\C\O)") + p("IOVOffloadWeight", "0")});
  host.rows(kNs2, "Msvm_PciExpressSettingData",
            {p("InstanceID", "Microsoft:Definition\\E\\Default"), of_guest(kG03, "\\P")});
  host.rows(kNs2, "Msvm_SyntheticFcPortSettingData", {of_guest(kG04, "\\F")});
  host.rows(kNs2, "Msvm_SecuritySettingData",
            {of_guest(kG03, "\\T") + p("TpmEnabled", "true") + p("ShieldingRequested", "false"),
             of_guest(kG04, "\\T") + p("TpmEnabled", "true") + p("ShieldingRequested", "true")});
  host.rows(kNs2, "Msvm_SnapshotOfVirtualSystem", {antecedent(lower(kG04))});
}

GuestFacts guest_of(HypervLab& lab, const std::string& id) {
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  INFO((guests ? std::string() : guests.error().detail));
  REQUIRE(guests);
  for (const GuestFacts& guest : *guests) {
    if (guest.id == id) {
      return guest;
    }
  }
  FAIL("no such guest");
  return {};
}

void make_2016(HostScript& host) {
  host.rows(kCim, "Win32_OperatingSystem", {p("Version", "10.0.14393") + p("CSName", "HV1")});
}

} // namespace

TEST_CASE("an inventory tells what each guest has that bears on a move", "[hardware]") {
  HypervLab lab;
  make_2016(lab.hv1);
  answer_all(lab.hv1);
  const GuestHardware g03 = guest_of(lab, kG03).hardware;
  const GuestHardware g04 = guest_of(lab, kG04).hardware;
  CHECK(g03.configuration == "9.0");
  CHECK(g04.configuration == "8.0");
  CHECK(g03.shared_disk == false);
  CHECK(g04.shared_disk == true);
  CHECK(g03.virtual_function == true);
  CHECK(g04.virtual_function == false);
  CHECK(g03.host_device == true);
  CHECK(g04.host_device == false);
  CHECK(g03.fibre_channel == false);
  CHECK(g04.fibre_channel == true);
  CHECK(g03.tpm == true);
  CHECK(g03.shielded == false);
  CHECK(g04.shielded == true);
  CHECK(g03.checkpoints == false);
  CHECK(g04.checkpoints == true);
}

TEST_CASE("pass-through disks and disc images are seen among the devices", "[hardware]") {
  HypervLab lab;
  answer_all(lab.hv1);
  lab.hv1.rows(
      kNs2, "Msvm_ResourceAllocationSettingData",
      {of_guest(kG03, R"(\S\0\0\D)") + p("ResourceSubType", "Microsoft:Hyper-V:Physical Disk Drive")});
  lab.hv1.rows(kNs2, "Msvm_StorageAllocationSettingData",
               {of_guest(kG04, R"(\I\1\0\L)") + p("HostResource", "D:\\iso\\tools.iso") +
                p("ResourceSubType", "Microsoft:Hyper-V:Virtual CD/DVD Disk")});
  CHECK(guest_of(lab, kG03).hardware.physical_disk == true);
  const GuestFacts g04 = guest_of(lab, kG04);
  CHECK(g04.hardware.physical_disk == false);
  CHECK(g04.hardware.discs == std::vector<std::string>{"D:\\iso\\tools.iso"});
  CHECK(g04.disks.empty());
}

TEST_CASE("a release before assigned devices and virtual TPMs is not asked for them", "[hardware]") {
  HypervLab lab;
  answer_all(lab.hv1); // 2012 R2
  const GuestHardware g03 = guest_of(lab, kG03).hardware;
  CHECK(g03.host_device == false);
  CHECK(g03.tpm == false);
  CHECK(lab.hv1.queries_of("Msvm_SecuritySettingData").empty());
  CHECK(lab.hv1.queries_of("Msvm_PciExpressSettingData").empty());
}

TEST_CASE("a class that a host does not answer leaves its part unknown", "[hardware]") {
  HypervLab lab;
  make_2016(lab.hv1);
  answer_all(lab.hv1);
  lab.hv1.on_query(kNs2, "Msvm_SecuritySettingData", HostScript::faults(kUnknownClass));
  const GuestHardware g03 = guest_of(lab, kG03).hardware;
  CHECK_FALSE(g03.tpm);
  CHECK_FALSE(g03.shielded);
  CHECK(g03.host_device == true);
}

TEST_CASE("a host that is lost while it is asked about hardware is an error", "[hardware]") {
  HypervLab lab;
  answer_all(lab.hv1);
  lab.probe_all();
  lab.hv1.on_query(kNs2, "Msvm_SyntheticFcPortSettingData", HostScript::fails(Errc::transport));
  CHECK(lab.ask(lab.cluster().inventory("hv1.lab.test")).error().code == Errc::transport);
}

TEST_CASE("anti-affinity comes with the groups, and what the cluster does not tell stays unknown",
          "[hardware]") {
  HypervLab lab;
  answer_all(lab.hv1);
  lab.hv1.rows(kCluster, "MSCluster_ResourceGroup",
               {p("Name", "G04") + p("AntiAffinityClassNames", "dc") + p("AntiAffinityClassNames", "sql")});
  const GuestFacts g04 = guest_of(lab, kG04);
  REQUIRE(g04.rules.anti_affinity);
  CHECK(*g04.rules.anti_affinity == std::vector<std::string>{"dc", "sql"});
  CHECK(g04.rules.possible_owners.empty()); // this script refuses the method
  CHECK_FALSE(guest_of(lab, kG03).rules.anti_affinity);
}

TEST_CASE("possible owners are asked of the virtual machine's resource, once for each clustered guest",
          "[hardware]") {
  HypervLab lab;
  answer_all(lab.hv1);
  lab.hv1.returns("GetPossibleOwners", p("NodeNames", "HV1") + p("NodeNames", "HV2"));
  CHECK(guest_of(lab, kG04).rules.possible_owners == std::vector<std::string>{"HV1", "HV2"});
  const auto calls = lab.hv1.calls_of("GetPossibleOwners");
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].selectors.at("Name") == "Virtual Machine g04");
  CHECK(guest_of(lab, kG03).rules.possible_owners.empty());
}

TEST_CASE("a node of 2008 R2 tells possible owners by their association", "[hardware]") {
  HypervLab lab;
  make_2008r2(lab.hv1 = HostScript(), "HV1");
  add_cluster(lab.hv1);
  lab.hv1.rows(kNs1, "Msvm_ComputerSystem",
               {p("Name", kG04) + p("ElementName", "g04") + p("EnabledState", "2")});
  lab.hv1.rows(kNs1, "Msvm_VirtualSystemSettingData", {});
  lab.hv1.rows(kNs1, "Msvm_ResourceAllocationSettingData", {});
  lab.hv1.rows(kCluster, "", {p("Name", "HV1"), p("Name", "HV2")});
  CHECK(guest_of(lab, kG04).rules.possible_owners == std::vector<std::string>{"HV1", "HV2"});
  CHECK(lab.hv1.calls_of("GetPossibleOwners").empty());
  const auto links = lab.hv1.queries_of("");
  REQUIRE_FALSE(links.empty());
  CHECK_THAT(links.back().wql, Catch::Matchers::Contains("MSCluster_ResourceToPossibleOwner"));
}
