#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

namespace {

std::string device(std::string_view guest, std::string_view rest, std::string_view sub_type,
                   std::string_view parent) {
  return p("InstanceID", "Microsoft:" + std::string(guest) + "\\" + std::string(rest)) +
         p("ResourceSubType", sub_type) + (parent.empty() ? nil("Parent") : p("Parent", parent));
}

// An object path, as Parent holds it: backslashes doubled.
std::string path_to(std::string_view guest, std::string_view rest_doubled) {
  return "\\\\HV1\\root\\virtualization\\v2:Msvm_ResourceAllocationSettingData.InstanceID=\"Microsoft:" +
         std::string(guest) + "\\\\" + std::string(rest_doubled) + "\"";
}

std::string image(std::string_view guest, std::string_view rest, std::string_view parent,
                  std::string_view file) {
  return device(guest, rest, "Microsoft:Hyper-V:Virtual Hard Disk", parent) + p("HostResource", file);
}

std::string kvp(std::string_view name, std::string_view data) {
  return p(
      "GuestIntrinsicExchangeItems",
      escaped(
          "<INSTANCE CLASSNAME=\"Msvm_KvpExchangeDataItem\"><PROPERTY NAME=\"Caption\" PROPAGATED=\"true\" "
          "TYPE=\"string\"></PROPERTY><PROPERTY NAME=\"Data\" TYPE=\"string\"><VALUE>" +
          std::string(data) + "</VALUE></PROPERTY><PROPERTY NAME=\"Name\" TYPE=\"string\"><VALUE>" +
          std::string(name) + "</VALUE></PROPERTY></INSTANCE>"));
}

std::string vhd_settings(std::string_view type, std::string_view format) {
  return escaped(
      "<INSTANCE CLASSNAME=\"Msvm_VirtualHardDiskSettingData\">"
      "<PROPERTY NAME=\"Type\" TYPE=\"uint16\"><VALUE>" +
      std::string(type) +
      "</VALUE></PROPERTY>"
      "<PROPERTY NAME=\"Format\" TYPE=\"uint16\"><VALUE>" +
      std::string(format) +
      "</VALUE></PROPERTY>"
      "<PROPERTY NAME=\"MaxInternalSize\" TYPE=\"uint64\"><VALUE>42949672960</VALUE></PROPERTY></INSTANCE>");
}

std::string vhd_state(std::string_view size) {
  return escaped("<INSTANCE CLASSNAME=\"Msvm_VirtualHardDiskState\"><PROPERTY NAME=\"FileSize\" "
                 "TYPE=\"uint64\"><VALUE>" +
                 std::string(size) + "</VALUE></PROPERTY></INSTANCE>");
}

constexpr std::string_view kScsi = "Microsoft:Hyper-V:Synthetic SCSI Controller";
constexpr std::string_view kIde = "Microsoft:Hyper-V:Emulated IDE Controller";
constexpr std::string_view kDrive = "Microsoft:Hyper-V:Synthetic Disk Drive";
constexpr std::string_view kCheckpoint = "11111111-2222-3333-4444-555555555555";

void add_guests(HostScript& host) {
  host.rows(kNs2, "Msvm_VirtualSystemSettingData",
            {p("InstanceID", "Microsoft:" + kG03) + p("Notes", "for migstorm") + p("Notes", "second line"),
             p("InstanceID", "Microsoft:" + std::string(kCheckpoint)) + p("Notes", "of a checkpoint"),
             p("InstanceID", "Microsoft:" + kG04) + nil("Notes")});
  host.rows(kNs2, "Msvm_HeartbeatComponent", {p("SystemName", kG03), p("SystemName", lower(kG04))});
  host.rows(kNs2, "Msvm_KvpExchangeComponent",
            {p("SystemName", kG03) + kvp("OSName", "Windows Server 2008 R2") + kvp("OSVersion", "6.1.7601") +
             kvp("IntegrationServicesVersion", "6.1.7601.17514")});
  host.rows(kNs2, "Msvm_ResourceAllocationSettingData",
            {device(kG03, "S\\0", kScsi, ""), device(kG03, "I\\0", kIde, ""), device(kG03, "I\\1", kIde, ""),
             device(kG03, "S\\0\\0\\D", kDrive, path_to(kG03, "S\\\\0")),
             device(kG03, "I\\0\\0\\D", kDrive, path_to(lower(kG03), "I\\\\0")),
             device("Definition\\" + kG03, "Default", kScsi, ""), device(kCheckpoint, "S\\0", kScsi, "")});
  host.rows(
      kNs2, "Msvm_StorageAllocationSettingData",
      {image(kG03, "S\\0\\0\\L", path_to(kG03, "S\\\\0\\\\0\\\\D"), "C:\\ClusterStorage\\Volume1\\it's.vhd"),
       image(kG03, "I\\0\\0\\L", path_to(kG03, "I\\\\0\\\\0\\\\D"), "C:\\VMs\\system.vhdx"),
       image(kCheckpoint, "S\\0\\0\\L", path_to(kG03, "S\\\\0\\\\0\\\\D"), "C:\\VMs\\old.avhd")});
  host.on_method("GetVirtualHardDiskSettingData", [](const SeenRequest& request) {
    const bool vhdx = request.argument("Path").ends_with("vhdx");
    return HostScript::says(
        "<p:GetVirtualHardDiskSettingData_OUTPUT xmlns:p=\"urn:c\"><p:SettingData>" +
        (vhdx ? vhd_settings("2", "3") : vhd_settings("3", "2")) +
        "</p:SettingData><p:ReturnValue>0</p:ReturnValue></p:GetVirtualHardDiskSettingData_OUTPUT>")(request);
  });
  host.returns("GetVirtualHardDiskState", p("State", vhd_state("777")) + p("ReturnValue", "0"));
  host.rows(kCim, "CIM_DataFile",
            {p("Name", "c:\\clusterstorage\\volume1\\it's.vhd") + p("FileSize", "4096000")});
}

} // namespace

TEST_CASE("an inventory tells all about the guests of a v2 host", "[inventory]") {
  HypervLab lab;
  add_guests(lab.hv1);
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  REQUIRE(guests);
  REQUIRE(guests->size() == 2);
  const GuestFacts& g03 = (*guests)[0];
  CHECK(g03.id == kG03);
  CHECK(g03.name == "g03");
  CHECK(g03.host == "hv1.lab.test");
  CHECK(g03.state == EnabledState::enabled);
  CHECK(g03.notes == "for migstorm second line");
  CHECK_FALSE(g03.group);
  CHECK(g03.scsi_controllers == 1);
  CHECK(g03.ide_controllers == 2);
  CHECK(g03.os_name == "Windows Server 2008 R2");
  CHECK(g03.os_version == "6.1.7601");
  CHECK(g03.integration_services_version == "6.1.7601.17514");
  CHECK(g03.integration_components ==
        std::vector<std::string>{"Msvm_HeartbeatComponent", "Msvm_KvpExchangeComponent"});

  const GuestFacts& g04 = (*guests)[1];
  CHECK(g04.id == kG04);
  CHECK(g04.group == "g04");
  CHECK(g04.notes.empty());
  CHECK(g04.disks.empty());
  CHECK(g04.os_name.empty());
}

TEST_CASE("an inventory tells a disk's bus, type, format and sizes", "[inventory]") {
  HypervLab lab;
  add_guests(lab.hv1);
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  REQUIRE(guests);
  const std::vector<DiskFacts>& disks = guests->front().disks;
  REQUIRE(disks.size() == 2);
  CHECK(disks[0].bus == ControllerBus::ide);
  CHECK(disks[0].path == "C:\\VMs\\system.vhdx");
  CHECK(disks[0].type == DiskType::fixed);
  CHECK(disks[0].format == DiskFormat::vhdx);
  CHECK(disks[0].file_size == 777u); // the file class does not see it, the image service does
  CHECK(disks[1].bus == ControllerBus::scsi);
  CHECK(disks[1].path == "C:\\ClusterStorage\\Volume1\\it's.vhd");
  CHECK(disks[1].type == DiskType::dynamic);
  CHECK(disks[1].format == DiskFormat::vhd);
  CHECK(disks[1].size_max == 42949672960);
  CHECK(disks[1].file_size == 4096000u);
}

TEST_CASE("an inventory asks by class, not by guest", "[inventory]") {
  HypervLab lab;
  add_guests(lab.hv1);
  lab.probe_all();
  REQUIRE(lab.ask(lab.cluster().inventory("hv1.lab.test")));
  CHECK(lab.hv1.queries_of("Msvm_ResourceAllocationSettingData").size() == 1);
  CHECK(lab.hv1.queries_of("Msvm_StorageAllocationSettingData").size() == 2);
  CHECK(lab.hv1.queries_of("CIM_DataFile").size() == 1);
  CHECK(lab.hv1.calls_of("GetVirtualHardDiskSettingData").size() == 2);
  CHECK(lab.hv1.calls_of("GetVirtualHardDiskState").size() == 1);
  // The last ones: five about hardware, and of the cluster its groups and the owners of the one guest in it.
  CHECK(lab.hv1.seen.size() == 2 + 6 + 2 + 2 + 1 + 1 + 1 + 5 + 2);
}

TEST_CASE("a description that takes a job is asked for again when the job has ended", "[inventory]") {
  HypervLab lab;
  add_guests(lab.hv1);
  int asked = 0;
  lab.hv1.on_method("GetVirtualHardDiskState", [&asked](const SeenRequest& request) {
    const std::string out = ++asked == 1 ? job_epr("J") + p("ReturnValue", "4096")
                                         : p("State", vhd_state("888")) + p("ReturnValue", "0");
    return HostScript::says("<p:GetVirtualHardDiskState_OUTPUT xmlns:p=\"urn:c\">" + out +
                            "</p:GetVirtualHardDiskState_OUTPUT>")(request);
  });
  int polled = 0;
  lab.hv1.on_get([&polled](const SeenRequest& request) {
    return HostScript::says(row(kNs2, "Msvm_StorageJob", p("JobState", ++polled < 3 ? "4" : "7")))(request);
  });
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  REQUIRE(guests);
  CHECK(guests->front().disks.front().file_size == 888u);
  CHECK(polled == 3);
}

TEST_CASE("a disk that the host cannot describe stays unknown", "[inventory][hostile]") {
  const std::string out =
      GENERATE(p("ReturnValue", "32779"), p("SettingData", "&lt;oops") + p("ReturnValue", "0"),
               nil("SettingData") + p("ReturnValue", "0"), p("ReturnValue", "4096"),
               job_epr("J") + p("ReturnValue", "4096"));
  HypervLab lab;
  add_guests(lab.hv1);
  lab.hv1.returns("GetVirtualHardDiskSettingData", out);
  lab.hv1.on_query(kCim, "CIM_DataFile", HostScript::faults(kUnknownClass));
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  REQUIRE(guests);
  const DiskFacts& disk = guests->front().disks.back();
  CHECK(disk.type == DiskType::unknown);
  CHECK(disk.format == DiskFormat::vhd); // by its name
  CHECK(disk.size_max == 0);
}

TEST_CASE("an inventory that cannot reach its host is an error, not a short list", "[inventory]") {
  const std::string failing =
      GENERATE("Msvm_VirtualSystemSettingData", "Msvm_VssComponent", "Msvm_StorageAllocationSettingData",
               "CIM_DataFile", "MSCluster_Resource");
  HypervLab lab;
  add_guests(lab.hv1);
  lab.probe_all();
  for (const std::string_view ns : {kNs2, kCim, kCluster}) {
    lab.hv1.on_query(ns, failing, HostScript::fails(Errc::transport));
  }
  CHECK(lab.ask(lab.cluster().inventory("hv1.lab.test")).error().code == Errc::transport);
}

TEST_CASE("a disk on no known controller does not count as SCSI", "[inventory][hostile]") {
  const std::string parent = GENERATE(std::string(), std::string("nonsense"), path_to(kG03, "gone"),
                                      path_to(kG03, "S\\\\0\\\\0\\\\L")); // its own parent
  HypervLab lab;
  add_guests(lab.hv1);
  lab.hv1.rows(kNs2, "Msvm_StorageAllocationSettingData", {image(kG03, "S\\0\\0\\L", parent, "C:\\a.vhd")});
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  REQUIRE(guests);
  CHECK(guests->front().disks.front().bus == ControllerBus::ide);
}

TEST_CASE("rows without their properties do no harm", "[inventory][hostile]") {
  HypervLab lab;
  add_guests(lab.hv1);
  for (const std::string_view name :
       {"Msvm_ComputerSystem", "Msvm_VirtualSystemSettingData", "Msvm_HeartbeatComponent",
        "Msvm_KvpExchangeComponent", "Msvm_ResourceAllocationSettingData",
        "Msvm_StorageAllocationSettingData"}) {
    lab.hv1.rows(kNs2, name,
                 {"", nil("Name") + nil("InstanceID") + nil("SystemName"), p("Name", "<p:x/>"),
                  p("GuestIntrinsicExchangeItems", "&lt;INSTANCE") + p("SystemName", kG03)});
  }
  lab.hv1.rows(kCluster, "MSCluster_Resource",
               {"", p("Type", "Virtual Machine"), p("PrivateProperties", "x")});
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  REQUIRE(guests);
  CHECK(guests->empty());
}

TEST_CASE("a group whose resource does not tell the guest's id is found by the resource's name",
          "[inventory]") {
  HypervLab lab;
  add_guests(lab.hv1);
  lab.hv1.rows(kCluster, "MSCluster_Resource",
               {p("Name", "Virtual Machine G03") + p("Type", "Virtual Machine") +
                p("OwnerGroup", "role of g03") + nil("PrivateProperties")});
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  REQUIRE(guests);
  CHECK((*guests)[0].group == "role of g03");
  CHECK_FALSE((*guests)[1].group);
}

TEST_CASE("an inventory of a v1 host is translated", "[inventory]") {
  HypervLab lab;
  make_2008r2(lab.hv1 = HostScript(), "HV1");
  const auto parent = [](std::string_view rest) { return path_to(kG03, rest); };
  lab.hv1.rows(kNs1, "Msvm_VirtualSystemSettingData",
               {p("InstanceID", "Microsoft:" + kG03) + p("Notes", "migstorm")});
  lab.hv1.rows(kNs1, "Msvm_ResourceAllocationSettingData",
               {device(kG03, "S\\0", "Microsoft Synthetic SCSI Controller", ""),
                device(kG03, "S\\0\\0\\D", "Microsoft Synthetic Disk Drive", parent("S\\\\0")),
                device(kG03, "S\\0\\0\\L", "Microsoft Virtual Hard Disk", parent("S\\\\0\\\\0\\\\D")) +
                    p("Connection", "D:\\g03\\data.vhd")});
  lab.hv1.returns(
      "GetVirtualHardDiskInfo",
      p("Info", escaped("<INSTANCE CLASSNAME=\"Msvm_VirtualHardDiskInfo\">"
                        "<PROPERTY NAME=\"FileSize\" TYPE=\"uint64\"><VALUE>12345</VALUE></PROPERTY>"
                        "<PROPERTY NAME=\"MaxInternalSize\" TYPE=\"uint64\"><VALUE>42949672960</VALUE>"
                        "</PROPERTY><PROPERTY NAME=\"Type\" TYPE=\"uint16\"><VALUE>3</VALUE></PROPERTY>"
                        "</INSTANCE>")) +
          p("ReturnValue", "0"));
  const auto guests = lab.ask(lab.cluster().inventory("hv1.lab.test"));
  REQUIRE(guests);
  REQUIRE(guests->size() == 1);
  const GuestFacts& guest = guests->front();
  CHECK(guest.state == EnabledState::quiesce);
  CHECK(guest.notes == "migstorm");
  CHECK(guest.scsi_controllers == 1);
  REQUIRE(guest.disks.size() == 1);
  CHECK(guest.disks[0].bus == ControllerBus::scsi);
  CHECK(guest.disks[0].path == "D:\\g03\\data.vhd");
  CHECK(guest.disks[0].type == DiskType::dynamic);
  CHECK(guest.disks[0].format == DiskFormat::vhd);
  CHECK(guest.disks[0].size_max == 42949672960);
  CHECK(guest.disks[0].file_size == 12345u);
  CHECK(lab.hv1.queries_of("CIM_DataFile").empty());
}
