#include "tests/support/lab_provider.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

// One guest on a 2012 host: both virtualization namespaces show it.
const std::string kOldLab = R"(
simulated:
  hosts:
    - {name: OLD, release: "2012"}
    - {name: OLDER, release: 2008r2sp1}
  guests:
    - {name: app, on: OLD, notes: "migstorm test", disks: [{size: 10GiB}, {bus: ide, type: fixed, size: 5GiB}]}
    - {name: mail, on: OLDER, disks: [{size: 10GiB}]}
  crash: {hazard: 0}
)";

} // namespace

TEST_CASE("a host shows itself and its machines as computer systems", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  lab.pass(90s);
  const auto rows = hv.query(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem");
  const auto expected = 1 + lab.model->guests_on(kHv1).size();
  REQUIRE(rows.size() == expected);
  CHECK(show(*rows[0], "Caption") == "Hosting Computer System");
  CHECK(show(*rows[0], "Description") == "Microsoft Hosting Computer System");
  CHECK(show(*rows[0], "Name") == "HV1");
  CHECK(show(*rows[0], "OnTimeInMilliseconds") == "NULL");
  CHECK(show(*rows[0], "InstallDate") == "NULL");

  const auto web =
      hv.one(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem WHERE Name = '" + lab.id("web-01") + "'");
  CHECK(show(*web, "ElementName") == "web-01");
  CHECK(show(*web, "Caption") == "Virtual Machine");
  CHECK(show(*web, "Description") == "Microsoft Virtual Machine");
  CHECK(show(*web, "EnabledState") == "2");
  CHECK(show(*web, "OperationalStatus") == "2");
  CHECK(show(*web, "OtherEnabledState") == "NULL");
  CHECK(show(*web, "OnTimeInMilliseconds") == std::to_string(lab.model->uptime_ms(lab.guest("web-01"))));
  CHECK(show(*web, "ProcessID") == std::to_string(lab.model->guests()[lab.guest("web-01")].worker_process));
  // libvirt tells machines from the host either way.
  CHECK(hv.query(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem WHERE Description = "
                                    "\"Microsoft Virtual Machine\"")
            .size() == expected - 1);
  CHECK(hv.query(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem WHERE Name != __SERVER").size() ==
        expected - 1);
}

TEST_CASE("a machine is at its new host and nowhere else after a move", "[provider]") {
  Hosts lab(kMixedLab);
  auto source = lab.host(kHv1);
  auto destination = lab.host(kHv2);
  const auto wql = "SELECT * FROM Msvm_ComputerSystem WHERE Name = '" + lab.id("web-01") + "'";
  REQUIRE(lab.migrate("web-01", "HV2").return_value == 4096);
  CHECK(show(*source.one(kVirtualizationV2, wql), "OperationalStatus") == "11,32774");
  lab.pass(1min);
  CHECK(source.query(kVirtualizationV2, wql).empty());
  CHECK(show(*destination.one(kVirtualizationV2, wql), "OperationalStatus") == "2");
}

TEST_CASE("settings carry notes and identity", "[provider]") {
  Hosts lab(kOldLab);
  auto old = lab.host(0);
  const auto v2 = old.one(kVirtualizationV2, "SELECT * FROM Msvm_VirtualSystemSettingData");
  CHECK(show(*v2, "InstanceID") == "Microsoft:" + lab.id("app"));
  CHECK(show(*v2, "VirtualSystemIdentifier") == lab.id("app"));
  CHECK(show(*v2, "Notes") == "migstorm test");
  CHECK(show(*v2, "VirtualSystemType") == "Microsoft:Hyper-V:System:Realized");
  const auto v1 = old.one(kVirtualizationV1, "SELECT * FROM Msvm_VirtualSystemSettingData WHERE InstanceID = "
                                             "'Microsoft:" +
                                                 lab.id("app") + "'");
  CHECK(show(*v1, "SystemName") == lab.id("app"));
  CHECK(show(*v1, "Notes") == "migstorm test");
}

TEST_CASE("drives hang on controllers and files on drives", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  const auto like = " AND InstanceID LIKE 'Microsoft:" + lab.id("web-01") + "%'";
  const auto rasd = [&](int type) {
    return hv.query(kVirtualizationV2,
                    "SELECT * FROM Msvm_ResourceAllocationSettingData WHERE ResourceType = " +
                        std::to_string(type) + like);
  };
  CHECK(rasd(5).size() == 2); // IDE
  const auto& disks = lab.model->guests()[lab.guest("web-01")].disks;
  CHECK(rasd(17).size() == disks.size());
  const auto files = hv.query(
      kVirtualizationV2, "SELECT * FROM Msvm_StorageAllocationSettingData WHERE ResourceType = 31" + like);
  REQUIRE(files.size() == disks.size());
  std::size_t on_scsi = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    CHECK(show(*files[i], "HostResource") == disks[i].path);
    CHECK(show(*files[i], "ResourceSubType") == "Microsoft:Hyper-V:Virtual Hard Disk");
    // Parent is a path that leads to the drive, and from there to the controller.
    const auto drive_path = cim::parse_path(show(*files[i], "Parent"));
    REQUIRE(drive_path);
    CHECK(drive_path->host == "HV1");
    const auto drive =
        hv.one(kVirtualizationV2, "SELECT * FROM Msvm_ResourceAllocationSettingData WHERE __PATH = '" +
                                      doubled(show(*files[i], "Parent")) + "'");
    CHECK(show(*drive, "AddressOnParent") == std::to_string(disks[i].slot));
    const auto controller_path = cim::parse_path(show(*drive, "Parent"));
    REQUIRE(controller_path);
    for (const auto& controller : rasd(6)) {
      on_scsi += show(*controller, "InstanceID") == *controller_path->find("InstanceID") ? 1U : 0U;
    }
  }
  CHECK(on_scsi == 4);
}

TEST_CASE("the older namespace keeps disk files in Connection", "[provider]") {
  Hosts lab(kOldLab);
  auto older = lab.host(1);
  CHECK_FALSE(older.machine->has_namespace(kVirtualizationV2));
  CHECK(older.machine->find_class(kVirtualizationV2, "Msvm_ComputerSystem") == nullptr);
  const auto rows = older.query(kVirtualizationV1, "SELECT * FROM Msvm_ResourceAllocationSettingData WHERE "
                                                   "ResourceSubType = 'Microsoft Virtual Hard Disk'");
  const auto& disks = lab.model->guests()[lab.guest("mail")].disks;
  REQUIRE(rows.size() == disks.size());
  CHECK(show(*rows[1], "Connection") == disks[1].path);
  CHECK(show(*rows[1], "HostResource") == "NULL");
}

TEST_CASE("components answer for running machines only", "[provider]") {
  Hosts lab(R"(
simulated:
  hosts: [{name: HV}]
  guests:
    - {name: on, on: HV, disks: [{size: 10GiB}]}
    - {name: off, on: HV, running: false, disks: [{size: 10GiB}]}
)");
  lab.pass(10min);
  auto hv = lab.host(0);
  const auto heartbeat = hv.one(kVirtualizationV2, "SELECT * FROM Msvm_HeartbeatComponent");
  CHECK(show(*heartbeat, "SystemName") == lab.id("on"));
  CHECK(show(*heartbeat, "OperationalStatus") == "2,2");
  CHECK(show(*heartbeat, "StatusDescriptions") == "OK,OK");
  CHECK(hv.query(kVirtualizationV2,
                 "SELECT * FROM Msvm_KvpExchangeComponent WHERE SystemName = '" + lab.id("off") + "'")
            .empty());
  CHECK(hv.query(kVirtualizationV2, "SELECT * FROM Msvm_PlannedComputerSystem").empty());
  CHECK(hv.query(kVirtualizationV2, "SELECT * FROM Msvm_DiskDrive").size() == 2);
  const auto off = hv.one(kVirtualizationV2, "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'off'");
  CHECK(show(*off, "EnabledState") == "3");
  CHECK(show(*off, "ProcessID") == "NULL");
}

TEST_CASE("guests tell who they are through key-value pairs", "[provider]") {
  Hosts lab(kMixedLab);
  lab.pass(10min);
  auto hv = lab.host(kHv1);
  const auto row = hv.one(kVirtualizationV2, "SELECT * FROM Msvm_KvpExchangeComponent WHERE SystemName = '" +
                                                 lab.id("web-01") + "'");
  const auto& items = std::get<cim::Array>(*row->find("GuestIntrinsicExchangeItems"));
  std::string version;
  for (const auto& item : items) {
    const auto parsed = cim::parse_cim_xml(std::get<std::string>(item));
    REQUIRE(parsed.has_value());
    CHECK(parsed->class_name == "Msvm_KvpExchangeDataItem");
    CHECK(*parsed->text("Source") == "2");
    if (*parsed->text("Name") == "OSVersion") {
      version = *parsed->text("Data");
    }
  }
  CHECK(version == "6.1.7601");
}

TEST_CASE("associations lead from a machine to its settings, devices and jobs", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  const auto system =
      "{Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='" + lab.id("web-01") + "'}";
  const auto settings =
      hv.one(kVirtualizationV2, "ASSOCIATORS OF " + system +
                                    " WHERE AssocClass = Msvm_SettingsDefineState ResultClass = "
                                    "Msvm_VirtualSystemSettingData");
  CHECK(show(*settings, "InstanceID") == "Microsoft:" + lab.id("web-01"));
  CHECK(hv.query(kVirtualizationV2,
                 "ASSOCIATORS OF {Msvm_VirtualSystemSettingData.InstanceID='Microsoft:" + lab.id("web-01") +
                     "'} WHERE AssocClass = Msvm_VirtualSystemSettingDataComponent ResultClass = "
                     "Msvm_StorageAllocationSettingData")
            .size() == lab.model->guests()[lab.guest("web-01")].disks.size());
  CHECK(hv.query(kVirtualizationV2,
                 "ASSOCIATORS OF " + system +
                     " WHERE AssocClass = Msvm_SystemDevice ResultClass = Msvm_HeartbeatComponent")
            .size() == 1);
  const auto migrated = lab.migrate("web-01", "HV2");
  const auto job =
      hv.one(kVirtualizationV2, "ASSOCIATORS OF " + system + " WHERE AssocClass = Msvm_AffectedJobElement");
  CHECK(show(*job, "InstanceID") == migrated.job);
  CHECK(
      hv.column(kVirtualizationV2,
                "ASSOCIATORS OF {Msvm_VirtualSystemMigrationService.Name='migrationwmi'} WHERE ResultClass = "
                "Msvm_VirtualSystemMigrationServiceSettingData",
                "EnableVirtualSystemMigration") == "true");
  CHECK(hv.query(kVirtualizationV2, "SELECT * FROM Msvm_SettingsDefineState").size() ==
        lab.model->guests_on(kHv1).size());
  CHECK(hv.machine
            ->associations_of({"",
                               std::string(kVirtualizationV2),
                               "Msvm_ComputerSystem",
                               {{"Name", "00000000-0000-0000-0000-000000000000"}}})
            .empty());
}

TEST_CASE("the image service tells type and present size of a disk", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  lab.pass(20min);
  const auto web = lab.guest("web-01");
  const auto& disks = lab.model->guests()[web].disks;
  const Arguments path{{"Path", text(disks[1].path)}};
  const auto settings = cim::parse_cim_xml(out_text(
      hv.call(kVirtualizationV2, "Msvm_ImageManagementService", "GetVirtualHardDiskSettingData", path),
      "SettingData"));
  REQUIRE(settings.has_value());
  CHECK(*settings->text("Type") == "3");
  CHECK(*settings->text("Format") == "2");
  CHECK(*settings->text("MaxInternalSize") == std::to_string(40ull << 30));
  const auto state = cim::parse_cim_xml(out_text(
      hv.call(kVirtualizationV2, "Msvm_ImageManagementService", "GetVirtualHardDiskState", path), "State"));
  REQUIRE(state.has_value());
  CHECK(*state->text("FileSize") == std::to_string(lab.model->file_size(web, 1)));
  const Arguments wrong{{"Path", text("C:\\nowhere.vhd")}};
  CHECK(hv.call(kVirtualizationV2, "Msvm_ImageManagementService", "GetVirtualHardDiskState", wrong)
            .return_value == 32779);
  CHECK(hv.call(kVirtualizationV2, "Msvm_ImageManagementService", "GetVirtualHardDiskState").return_value ==
        32773);

  Hosts old(kOldLab);
  auto older = old.host(1);
  const Arguments mail{{"Path", text(old.model->guests()[old.guest("mail")].disks[1].path)}};
  const auto info = cim::parse_cim_xml(out_text(
      older.call(kVirtualizationV1, "Msvm_ImageManagementService", "GetVirtualHardDiskInfo", mail), "Info"));
  REQUIRE(info.has_value());
  CHECK(info->class_name == "Msvm_VirtualHardDiskInfo");
  CHECK(*info->text("MaxInternalSize") == std::to_string(10ull << 30));
}

TEST_CASE("network adapters exist since 2012", "[provider]") {
  Hosts lab(kOldLab);
  CHECK(lab.host(0).query(kStandardCimv2, "SELECT * FROM MSFT_NetAdapterRssSettingData").size() == 2);
  CHECK(lab.host(0).column(
            kStandardCimv2,
            "SELECT * FROM MSFT_NetAdapterAdvancedPropertySettingData WHERE Name = 'Management' AND "
            "RegistryKeyword = '*RSS'",
            "RegistryValue") == "1");
  CHECK_FALSE(lab.host(1).machine->has_namespace(kStandardCimv2));
}
