// Disks and power changed while the lab runs, as clients ask for it.
#include "tests/support/lab_provider.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kFile = R"(C:\ClusterStorage\Volume1\c\extra.vhd)";

std::string lab_of(const std::string& release) {
  return "simulated:\n  cluster: {name: C}\n  hosts: [{name: N, count: 2, clustered: true, winrm: true, "
         "release: " +
         release +
         "}]\n  guests: [{name: c, on: N1, clustered: true, release: 2012r2}, {name: off, on: N1, clustered: "
         "true, "
         "running: false}]\n  moves: {duration: 10s}\n  crash: {dump: 30s..30s, reboot: 60s..60s}\n";
}

std::string xml(std::string_view class_name, const std::vector<std::pair<std::string, std::string>>& values) {
  std::string text = fmt::format("<INSTANCE CLASSNAME=\"{}\">", class_name);
  for (const auto& [name, value] : values) {
    const bool array = name == "HostResource" || name == "Connection";
    text += array ? fmt::format("<PROPERTY.ARRAY NAME=\"{}\" TYPE=\"string\"><VALUE.ARRAY><VALUE>{}</VALUE>"
                                "</VALUE.ARRAY></PROPERTY.ARRAY>",
                                name, value)
                  : fmt::format("<PROPERTY NAME=\"{}\" TYPE=\"string\"><VALUE>{}</VALUE></PROPERTY>", name,
                                value);
  }
  return text + "</INSTANCE>";
}

// A node of one release, asked in the words of its namespace.
struct Storage : Hosts {
  explicit Storage(const std::string& release)
      : Hosts(lab_of(release)), v1(release == "2008r2sp1"), ns(v1 ? kVirtualizationV1 : kVirtualizationV2),
        node(host(0)) {}

  std::uint32_t create(std::string_view path) {
    const cim::MethodResult result =
        v1 ? node.call(ns, "Msvm_ImageManagementService", "CreateDynamicVirtualHardDisk",
                       {{"Path", text(path)}, {"MaxInternalSize", number(1ull << 30)}})
           : node.call(ns, "Msvm_ImageManagementService", "CreateVirtualHardDisk",
                       {{"VirtualDiskSettingData",
                         text(xml("Msvm_VirtualHardDiskSettingData", {{"Type", "3"},
                                                                      {"Format", "2"},
                                                                      {"Path", std::string(path)},
                                                                      {"MaxInternalSize", "1073741824"}}))}});
    return ended(result);
  }
  // The return value; of a job, whether it ended well.
  std::uint32_t ended(const cim::MethodResult& result) {
    if (result.return_value != kReturnJobStarted) {
      return result.return_value;
    }
    pass(2s);
    const auto* job = path_argument(result.out, "Job");
    REQUIRE(job != nullptr);
    const auto row =
        node.one(ns, "SELECT * FROM Msvm_ConcreteJob WHERE InstanceID='" + *job->find("InstanceID") + "'");
    return show(*row, "JobState") == "7" ? 0 : 32768;
  }
  std::string path_where(const std::string& where) {
    const auto rows = node.query(ns, "SELECT * FROM Msvm_ResourceAllocationSettingData WHERE " + where);
    REQUIRE(rows.size() == 1);
    return cim::format_path(cim::path_of(*rows.front(), "N1"));
  }
  std::string controller(std::string_view guest) {
    return path_where("ElementName='SCSI Controller' AND InstanceID LIKE 'Microsoft:" + id(guest) + "%'");
  }
  std::string drive(std::string_view guest) {
    return path_where("ElementName='Hard Drive' AND InstanceID LIKE 'Microsoft:" + id(guest) +
                      "%\\\\5\\\\D'");
  }
  std::uint32_t add(std::string_view guest, const std::string& setting) {
    const cim::ObjectPath target = v1 ? system(guest) : settings(guest);
    return ended(node.call(ns, "Msvm_VirtualSystemManagementService",
                           v1 ? "AddVirtualSystemResources" : "AddResourceSettings",
                           {{v1 ? "TargetSystem" : "AffectedConfiguration", reference(target)},
                            {v1 ? "ResourceSettingData" : "ResourceSettings", texts({setting})}}));
  }
  std::string sub_type(std::string_view kind) const {
    return std::string(v1 ? "Microsoft " : "Microsoft:Hyper-V:") + std::string(kind);
  }
  std::uint32_t add_drive(std::string_view guest) {
    return add(guest, xml("Msvm_ResourceAllocationSettingData",
                          {{"ResourceSubType", sub_type("Synthetic Disk Drive")},
                           {"Parent", controller(guest)},
                           {v1 ? "Address" : "AddressOnParent", "5"}}));
  }
  std::uint32_t add_image(std::string_view guest, std::string_view path) {
    return add(guest, xml(v1 ? "Msvm_ResourceAllocationSettingData" : "Msvm_StorageAllocationSettingData",
                          {{"ResourceSubType", sub_type("Virtual Hard Disk")},
                           {"Parent", drive(guest)},
                           {v1 ? "Connection" : "HostResource", std::string(path)}}));
  }
  std::uint32_t remove(std::string_view guest, bool image) {
    std::string text = drive(guest);
    if (image) {
      text.replace(text.rfind('D'), 1, "L");
    }
    cim::Array paths;
    paths.emplace_back(*cim::parse_path(text));
    return ended(node.call(ns, "Msvm_VirtualSystemManagementService",
                           v1 ? "RemoveVirtualSystemResources" : "RemoveResourceSettings",
                           {{v1 ? "ResourceSettingData" : "ResourceSettings", std::move(paths)}}));
  }
  std::uint32_t erase(std::string_view path) {
    return node.invoke({"N1", std::string(kCimv2), "CIM_DataFile", {{"Name", std::string(path)}}}, "Delete")
        .return_value;
  }
  bool refresh() {
    const std::string resource = "Virtual Machine Configuration c";
    const cim::ObjectPath target{"N1", std::string(kMsCluster), "MSCluster_Resource", {{"Name", resource}}};
    const auto result =
        v1 ? node.invoke(target, "ExecuteResourceControl", {{"ControlCode", number(0x01600004)}})
           : node.invoke(target, "UpdateVirtualMachine");
    return !result.fault;
  }
  std::uint32_t power(std::uint64_t state) {
    return ended(node.invoke({"N1",
                              std::string(ns),
                              "Msvm_ComputerSystem",
                              {{"CreationClassName", "Msvm_ComputerSystem"}, {"Name", id("c")}}},
                             "RequestStateChange", {{"RequestedState", number(state)}}));
  }

  bool v1;
  std::string_view ns;
  MachineUnderTest node;
};

} // namespace

TEST_CASE("a disk is made, attached to a running machine, detached and deleted on every release",
          "[storage]") {
  const std::string release =
      GENERATE("2008r2sp1", "2012", "2012r2", "2016", "2019", "2022", "2025", "azure-local");
  INFO(release);
  Storage lab(release);
  REQUIRE(lab.create(kFile) == 0);
  CHECK(lab.create(kFile) == 32768); // the file exists
  REQUIRE(lab.add_drive("c") == 0);
  REQUIRE(lab.add_image("c", kFile) == 0);
  const auto& guest = lab.model->guests()[lab.guest("c")];
  REQUIRE(guest.disks.size() == 2);
  CHECK(guest.disks.back().path == kFile);
  CHECK(guest.disks.back().slot == 5);
  CHECK(lab.erase(kFile) == 15); // in use

  REQUIRE(lab.move_group("c", "N2").hresult == 0); // the cluster was not told
  lab.pass(20s);
  CHECK(lab.host_of(lab.guest("c")) == "N1");
  CHECK(guest.last_failure == 0x80070002);
  REQUIRE(lab.refresh());
  REQUIRE(lab.move_group("c", "N2").hresult == 0);
  lab.pass(20s);
  CHECK(lab.host_of(lab.guest("c")) == "N2");
  REQUIRE(lab.move_group("c", "N1").hresult == 0);
  lab.pass(20s);

  CHECK(lab.remove("c", false) == 32775); // a drive with a disk in it
  REQUIRE(lab.remove("c", true) == 0);
  REQUIRE(lab.remove("c", false) == 0);
  CHECK(guest.disks.size() == 1);
  CHECK(guest.empty_drives.empty());
  CHECK(lab.erase(kFile) == 0);
  CHECK(lab.model->loose_files(0).empty());
  CHECK(lab.model->violations().empty());
}

TEST_CASE("devices of a machine that is off change at once", "[storage]") {
  Storage lab("2016");
  REQUIRE(lab.create(kFile) == 0);
  REQUIRE(lab.add_drive("off") == 0);
  REQUIRE(lab.add_image("off", kFile) == 0);
  CHECK(lab.model->tasks_on(0).size() == 1); // the file's
  const std::string controller = xml("Msvm_ResourceAllocationSettingData",
                                     {{"ResourceSubType", "Microsoft:Hyper-V:Synthetic SCSI Controller"}});
  CHECK(lab.add("off", controller) == 0);
  CHECK(lab.add("c", controller) == 32775); // it runs
}

TEST_CASE("what cannot be attached is refused", "[storage][hostile]") {
  Storage lab("2016");
  REQUIRE(lab.add_drive("c") == 0);
  CHECK(lab.add_drive("c") == 32773); // the place is taken
  CHECK(lab.add_image("c", R"(C:\ClusterStorage\Volume1\nothing.vhd)") == 32768);
  CHECK(lab.add("c", "<INSTANCE") == 32773);
  CHECK(lab.add("c", xml("Msvm_ResourceAllocationSettingData", {{"ResourceSubType", "x"}})) == 32773);
  CHECK(lab.create("relative.vhd") == 32773);
  CHECK(lab.create(R"(C:\disk.iso)") == 32773);
  CHECK(lab.erase(R"(C:\Windows\System32\drivers\vmbus.sys)") == 2);
}

TEST_CASE("machines are reset, turned off and on by request", "[storage][power]") {
  Storage lab("2012r2");
  const GuestIndex guest = lab.guest("c");
  lab.pass(1min);
  CHECK(lab.power(2) == 32775); // it runs
  CHECK(lab.power(11) == 0);
  CHECK(lab.model->guests()[guest].boots == 2);
  lab.pass(61s);
  CHECK(lab.power(3) == 0);
  CHECK(lab.model->guests()[guest].power == Power::off);
  CHECK(lab.model->group_of(guest).state == 1);
  CHECK(lab.power(2) == 0);
  CHECK(lab.model->guests()[guest].power == Power::running);
  CHECK(lab.power(6) == 32770); // saving is not modelled
  CHECK(lab.host_events(0, Channel::worker_admin) == std::vector<std::uint32_t>{18512, 18502, 18500});
}

TEST_CASE("an interrupt that cannot be masked ends in bugcheck 0x80, from 2012 R2 on", "[storage][power]") {
  Storage lab("2012r2");
  const cim::ObjectPath target = lab.system("c");
  CHECK(lab.node.invoke(target, "InjectNonMaskableInterrupt").return_value == 0);
  CHECK(lab.node.invoke(target, "InjectNonMaskableInterrupt").return_value == 32775); // it has crashed
  REQUIRE(lab.model->crashes().size() == 1);
  CHECK(lab.model->crashes()[0].bugcheck == 0x80);
  CHECK(lab.model->crashes()[0].move == 0);
  lab.pass(100s);
  CHECK(lab.model->guest_log(lab.guest("c")).back().strings[0].starts_with("0x00000080 (0x00000000004f4454"));
  const auto& definition = schema_of(Release::w2012).at(kVirtualizationV2, "Msvm_ComputerSystem");
  CHECK(std::none_of(definition.methods.begin(), definition.methods.end(),
                     [](const auto& method) { return method.name == "InjectNonMaskableInterrupt"; }));
}

TEST_CASE("a ledger brings disks and power changes back", "[ledger][storage]") {
  const LedgerFile file;
  const auto config = lab_config(lab_of("2016"));
  TaskRequest create;
  create.path = kFile;
  create.size = 1ull << 30;
  TaskRequest drive;
  drive.kind = TaskKind::add_drive;
  drive.guest = 0;
  drive.place = {Bus::scsi, 0, 7};
  HandClock clock;
  {
    Lab lab(config, 1, file.path);
    CHECK(lab.model->ask_task(0, create).return_value == 4096);
    CHECK(lab.model->ask_task(0, drive).return_value == 4096);
    lab.pass(5s);
    CHECK(lab.model->inject_nmi(0) == 0);
    CHECK(lab.model->refresh_role(0).hresult == 0);
    CHECK(lab.model->delete_file(0, "C:\\none.vhd") == 9);
    lab.pass(1s);
    clock.at = lab.clock.at;
  }
  const auto again = Model::make(config, clock, 1, file.path);
  REQUIRE(again);
  CHECK((*again)->loose_files(0).size() == 1);
  CHECK((*again)->guests()[0].empty_drives == std::vector<Place>{{Bus::scsi, 0, 7}});
  CHECK_FALSE((*again)->guests()[0].stale_role);
  CHECK((*again)->crashes().size() == 1);
}
