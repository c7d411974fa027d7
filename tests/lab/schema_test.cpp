#include "tools/lab/provider/schema.hpp"

#include "tests/support/catch.hpp"
#include "tools/lab/cim/text.hpp"
#include "tools/lab/provider/schema_parse.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

using namespace migstorm::lab;

namespace {

std::string names_of(const cim::ClassDef& definition) {
  std::string names;
  for (const auto& property : definition.properties) {
    names += (names.empty() ? "" : " ") + property.name + (property.array ? "[]" : "");
  }
  return names;
}

// Words sorted without case, as the schema sorts them.
std::string sorted(const std::string& words) {
  std::istringstream in(words);
  std::vector<std::string> all{std::istream_iterator<std::string>(in), {}};
  std::sort(all.begin(), all.end(), [](const std::string& a, const std::string& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](char x, char y) { return std::tolower(x) < std::tolower(y); });
  });
  std::string text;
  for (const auto& word : all) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

const Schema& r2() { return schema_of(Release::w2012r2); }

std::string show_keys(const cim::ClassDef& definition) {
  std::string keys;
  for (const auto& property : definition.properties) {
    if (property.key) {
      keys += (keys.empty() ? "" : " ") + property.name;
    }
  }
  return keys;
}

} // namespace

TEST_CASE("a computer system has the documented properties", "[schema]") {
  CHECK(
      names_of(r2().at(kVirtualizationV2, "Msvm_ComputerSystem")) ==
      sorted(
          "InstanceID Caption Description ElementName StatusDescriptions[] Status OtherEnabledState "
          "CreationClassName Name PrimaryOwnerName PrimaryOwnerContact Roles[] NameFormat "
          "OtherIdentifyingInfo[] IdentifyingDescriptions[] OtherDedicatedDescriptions[] InstallDate "
          "TimeOfLastStateChange TimeOfLastConfigurationChange LastApplicationConsistentReplicationTime "
          "LastReplicationTime LastSuccessfulBackupTime OperationalStatus[] HealthState CommunicationStatus "
          "DetailedStatus OperatingStatus PrimaryStatus EnabledState RequestedState EnabledDefault "
          "AvailableRequestedStates[] TransitioningToState Dedicated[] ResetCapability "
          "PowerManagementCapabilities[] NumberOfNumaNodes ReplicationState ReplicationHealth "
          "ReplicationMode FailedOverReplicationType LastReplicationType EnhancedSessionModeState "
          "OnTimeInMilliseconds ProcessID"));
}

TEST_CASE("a migration job has the documented properties", "[schema]") {
  CHECK(names_of(r2().at(kVirtualizationV2, "Msvm_MigrationJob")) ==
        sorted("InstanceID Caption Description ElementName InstallDate Name OperationalStatus[] "
               "StatusDescriptions[] Status HealthState CommunicationStatus DetailedStatus OperatingStatus "
               "PrimaryStatus JobStatus TimeSubmitted ScheduledStartTime StartTime ElapsedTime JobRunTimes "
               "RunMonth RunDay RunDayOfWeek RunStartInterval LocalOrUtcTime UntilTime Notify Owner Priority "
               "PercentComplete DeleteOnCompletion ErrorCode ErrorDescription RecoveryAction "
               "OtherRecoveryAction JobState TimeOfLastStateChange TimeBeforeRemoval Cancellable "
               "ErrorSummaryDescription MigrationType VirtualSystemName DestinationHost NewSystemSettingData "
               "NewResourceSettingData[] JobType"));
}

TEST_CASE("the migration service has the documented properties", "[schema]") {
  const auto& service = r2().at(kVirtualizationV2, "Msvm_VirtualSystemMigrationService");
  CHECK(
      names_of(service) ==
      sorted(
          "InstanceID Caption Description ElementName InstallDate OperationalStatus[] StatusDescriptions[] "
          "Status HealthState CommunicationStatus DetailedStatus OperatingStatus PrimaryStatus EnabledState "
          "OtherEnabledState RequestedState EnabledDefault TimeOfLastStateChange "
          "AvailableRequestedStates[] TransitioningToState SystemCreationClassName SystemName Name "
          "CreationClassName PrimaryOwnerName PrimaryOwnerContact StartMode Started "
          "ActiveVirtualSystemMigrationCount ActiveStorageMigrationCount "
          "MigrationServiceListenerIPAddressList[]"));
  // Documented as text, unlike everywhere else.
  CHECK(service.properties[service.index_of("EnabledState")].type == cim::Type::string);
  CHECK(show_keys(service) == "CreationClassName Name SystemCreationClassName SystemName");
}

TEST_CASE("summary information has the documented properties", "[schema]") {
  CHECK(
      names_of(r2().at(kVirtualizationV2, "Msvm_SummaryInformation")) ==
      sorted("InstanceID AllocatedGPU Shielded AsynchronousTasks[] CreationTime ElementName EnabledState "
             "OtherEnabledState GuestOperatingSystem HealthState Heartbeat MemoryUsage MemoryAvailable "
             "AvailableMemoryBuffer SwapFilesInUse Name Notes Version NumberOfProcessors OperationalStatus[] "
             "ProcessorLoad ProcessorLoadHistory[] Snapshots[] StatusDescriptions[] ThumbnailImage[] "
             "ThumbnailImageHeight ThumbnailImageWidth UpTime ReplicationState ReplicationStateEx[] "
             "ReplicationHealth ReplicationHealthEx[] ReplicationMode TestReplicaSystem ApplicationHealth "
             "IntegrationServicesVersionState MemorySpansPhysicalNumaNodes ReplicationProviderId[] "
             "EnhancedSessionModeState VirtualSwitchNames[] VirtualSystemSubType HostComputerSystemName"));
}

TEST_CASE("migration settings grow with the releases", "[schema]") {
  const std::string first =
      "InstanceID Caption Description ElementName MigrationType Priority Bandwidth "
      "BandwidthUnit OtherTransportType TransportType DestinationPlannedVirtualSystemId "
      "DestinationIPAddressList[] RetainVhdCopiesOnSource";
  const auto at = [](Release release) {
    return names_of(schema_of(release).at(kVirtualizationV2, "Msvm_VirtualSystemMigrationSettingData"));
  };
  CHECK(at(Release::w2012) == sorted(first));
  CHECK(at(Release::w2012r2) == sorted(first + " EnableCompression"));
  CHECK(at(Release::w2022) ==
        sorted(first + " EnableCompression RemoveSourceUnmanagedVhds UnmanagedVhds[] AvoidRemovingVHDs "
                       "AllowOverwriteExistingFile CPUCappingMagnitude CancelIfBlackoutThresholdExceeded"));
}

TEST_CASE("every other class has as many properties as its page lists", "[schema]") {
  const auto& schema = schema_of(Release::w2022);
  const std::map<std::string, std::size_t> virtualization{
      {"Msvm_VirtualSystemMigrationServiceSettingData", 10},
      {"Msvm_VirtualSystemMigrationNetworkSettingData", 8},
      {"Msvm_VirtualSystemMigrationCapabilities", 7},
      {"Msvm_ConcreteJob", 41},
      {"Msvm_Error", 15},
      {"Msvm_HeartbeatComponent", 38},
      {"Msvm_KvpExchangeComponent", 40},
      {"Msvm_KvpExchangeDataItem", 7},
      {"Msvm_ShutdownComponent", 38},
      {"Msvm_ResourceAllocationSettingData", 24},
      {"Msvm_SerialPortSettingData", 25},
      {"Msvm_StorageAllocationSettingData", 41},
      {"Msvm_MemorySettingData", 28},
      {"Msvm_ProcessorSettingData", 27},
      {"Msvm_VirtualSystemSettingData", 46},
      {"Msvm_SyntheticFcPortSettingData", 29},
      {"Msvm_FcPortAllocationSettingData", 23},
      {"Msvm_PciExpressSettingData", 25},
      {"Msvm_SecuritySettingData", 10},
      {"Msvm_EthernetSwitchPortOffloadSettingData", 20},
      {"Msvm_ReplicationSettingData", 42},
      {"Msvm_ImageManagementService", 28},
      {"Msvm_VirtualHardDiskSettingData", 18},
      {"Msvm_VirtualHardDiskState", 7},
      {"Msvm_VirtualSystemManagementService", 28},
      {"Msvm_AffectedJobElement", 4},
      {"Msvm_MoveUnmanagedVhd", 2},
      {"Msvm_Keyboard", 43},
      {"Msvm_DiskDrive", 62},
      {"Msvm_SyntheticEthernetPortSettingData", 28},
      {"Msvm_EthernetPortAllocationSettingData", 30},
      {"Msvm_VirtualEthernetSwitch", 34},
      {"Msvm_VirtualEthernetSwitchManagementService", 28},
      {"Msvm_SyntheticDisplayController", 51},
      {"Msvm_S3DisplayController", 51},
      {"Msvm_VideoHead", 49},
      {"Msvm_PlannedComputerSystem", 45},
  };
  for (const auto& [name, count] : virtualization) {
    INFO(name);
    CHECK(schema.at(kVirtualizationV2, name).properties.size() == count);
  }
  const std::map<std::string, std::size_t> windows{
      {"Win32_ComputerSystem", 57},
      {"Win32_Processor", 48},
      {"Win32_OperatingSystem", 63},
      {"Win32_ComputerSystemProduct", 8},
      {"Win32_QuickFixEngineering", 11},
      {"Win32_OSRecoveryConfiguration", 15},
      {"Win32_SystemDriver", 22},
      {"CIM_DataFile", 33},
      {"Win32_PerfRawData_HvStats_HyperVHypervisorVirtualProcessor", 105},
  };
  for (const auto& [name, count] : windows) {
    INFO(name);
    CHECK(schema.at(kCimv2, name).properties.size() == count);
  }
  CHECK(schema.at(kStandardCimv2, "MSFT_NetAdapterRssSettingData").properties.size() == 40);
  CHECK(schema.at(kStandardCimv2, "MSFT_NetAdapterLsoSettingData").properties.size() == 14);
  CHECK(schema.at(kStandardCimv2, "MSFT_NetAdapterChecksumOffloadSettingData").properties.size() == 14);
  CHECK(schema.at(kStandardCimv2, "MSFT_NetAdapterAdvancedPropertySettingData").properties.size() == 23);
}

TEST_CASE("namespaces come and go with the releases", "[schema]") {
  CHECK_FALSE(schema_of(Release::w2008r2sp1).has_namespace(kVirtualizationV2));
  CHECK(schema_of(Release::w2008r2sp1).has_namespace(kVirtualizationV1));
  CHECK_FALSE(schema_of(Release::w2008r2sp1).has_namespace(kStandardCimv2));
  CHECK(schema_of(Release::w2012).has_namespace(kVirtualizationV2));
  CHECK(schema_of(Release::w2012).has_namespace(kVirtualizationV1));
  CHECK_FALSE(r2().has_namespace(kVirtualizationV1));
  CHECK(r2().has_namespace("ROOT\\Virtualization\\V2"));
  CHECK(r2().find(kVirtualizationV2, "msvm_computersystem") != nullptr);
  CHECK(r2().find(kVirtualizationV2, "Msvm_Nothing") == nullptr);
  CHECK(schema_of(Release::w2012).find(kVirtualizationV2, "Msvm_GuestServiceInterfaceComponent") == nullptr);
  CHECK(schema_of(Release::w2008r2sp1).find(kVirtualizationV1, "Msvm_VirtualSystemMigrationService") ==
        nullptr);
}

TEST_CASE("prototypes hold the documented constants and nothing else", "[schema]") {
  const auto& heartbeat = r2().prototype(r2().at(kVirtualizationV2, "Msvm_HeartbeatComponent"));
  const auto shown = [&](std::string_view name) {
    return cim::to_text(std::get<cim::Scalar>(*heartbeat.find(name)));
  };
  CHECK(shown("Caption") == "Heartbeat");
  CHECK(shown("EnabledDefault") == "7");
  CHECK(shown("CreationClassName") == "Msvm_HeartbeatComponent");
  CHECK(std::get<cim::Scalar>(*heartbeat.find("DeviceID")).index() == 0);
  const auto& job = r2().prototype(r2().at(kVirtualizationV2, "Msvm_MigrationJob"));
  const auto& removal = std::get<cim::Scalar>(*job.find("TimeBeforeRemoval"));
  CHECK(std::get<cim::Interval>(removal).span == std::chrono::minutes(5));
}

TEST_CASE("a query for a parent finds the classes below it", "[schema]") {
  const auto& jobs = r2().subclasses_of(r2().at(kVirtualizationV2, "CIM_ConcreteJob"));
  std::set<std::string> names;
  for (const auto* job : jobs) {
    names.insert(job->name);
  }
  CHECK(names == std::set<std::string>{"Msvm_ConcreteJob", "Msvm_MigrationJob"});
  // A parent that no page describes has what its children share.
  CHECK(r2().at(kVirtualizationV2, "CIM_ConcreteJob").index_of("JobState") != cim::ClassDef::npos);
}

TEST_CASE("method signatures keep the documented order", "[schema]") {
  const auto& service = r2().at(kVirtualizationV2, "Msvm_VirtualSystemMigrationService");
  const auto move = std::find_if(service.methods.begin(), service.methods.end(),
                                 [](const auto& m) { return m.name == "MigrateVirtualSystemToHost"; });
  REQUIRE(move != service.methods.end());
  std::string order;
  for (const auto& parameter : move->parameters) {
    order += (parameter.out ? ">" : "<") + parameter.name + (parameter.array ? "[] " : " ");
  }
  CHECK(order == "<ComputerSystem <DestinationHost <MigrationSettingData <NewSystemSettingData "
                 "<NewResourceSettingData[] >Job ");
  CHECK(r2().at(kVirtualizationV2, "Msvm_VirtualSystemManagementService").methods.size() == 45);
  CHECK(r2().at(kVirtualizationV2, "Msvm_ImageManagementService").methods.size() == 24);
}

TEST_CASE("mistakes in the tables are found when they are parsed", "[schema]") {
  using schema::ClassText;
  const auto parse = [](ClassText text) { return schema::parse_class(text, kCimv2, Release::w2022); };
  CHECK_THROWS_AS(parse({.name = "A", .properties = "strange: B"}), std::logic_error);
  CHECK_THROWS_AS(parse({.name = "A", .properties = "@nothing"}), std::logic_error);
  CHECK_THROWS_AS(parse({.name = "A", .keys = "C", .properties = "string: B"}), std::logic_error);
  CHECK_THROWS_AS(parse({.name = "A", .properties = "string: B^1999"}), std::logic_error);
  CHECK_THROWS_AS(parse({.name = "A", .methods = "Do(Name:string)"}), std::logic_error);
  const auto good = parse({.name = "A", .properties = "uint16: B"});
  CHECK_THROWS_AS(schema::make_prototype(good, {.name = "A", .constants = "B=70000"}), std::logic_error);
}
