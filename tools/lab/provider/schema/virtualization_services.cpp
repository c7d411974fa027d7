// root\virtualization\v2: services, migration and jobs, with the types and constants that their pages
// document.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kServiceClasses[] = {
    {.name = "Msvm_VirtualSystemManagementService",
     .parent = "CIM_VirtualSystemManagementService",
     .keys = "CreationClassName Name SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @service",
     .constants = "Caption=Virtual System Management Service; Description=Service for creating, "
                  "manipulating, and managing virtual machines; ElementName=Hyper-V Virtual System "
                  "Management Service; Name=vmms; OperationalStatus=2; StatusDescriptions=The "
                  "service is running normally; HealthState=5; EnabledState=2; RequestedState=12; "
                  "EnabledDefault=2; Started=True",
     .methods = "AddBootSourceSettings(<AffectedConfiguration:ref <BootSourceSettings[]:string "
                ">ResultingBootSourceSettings[]:ref >Job:ref); "
                "AddFeatureSettings(<AffectedConfiguration:ref <FeatureSettings[]:string "
                ">ResultingFeatureSettings[]:ref >Job:ref); "
                "AddFibreChannelChap(<FcPortSettings[]:string <SecretEncoding:uint8 "
                "<SharedSecret[]:uint8); AddGuestServiceSettings(<AffectedConfiguration:ref "
                "<GuestServiceSettings[]:string >ResultingGuestServiceSettings[]:ref >Job:ref); "
                "AddKvpItems(<TargetSystem:ref <DataItems[]:string >Job:ref); "
                "AddResourceSettings(<AffectedConfiguration:ref <ResourceSettings[]:string "
                ">ResultingResourceSettings[]:ref >Job:ref); "
                "AddSystemComponentSettings(<AffectedConfiguration:ref <ComponentSettings[]:string "
                ">ResultingComponentSettings[]:ref >Job:ref); "
                "DefinePlannedSystem(<SystemSettings:string <ResourceSettings[]:string "
                "<ReferenceConfiguration:ref >ResultingSystem:ref >Job:ref); "
                "DefineSystem(<SystemSettings:string <ResourceSettings[]:string "
                "<ReferenceConfiguration:ref >ResultingSystem:ref >Job:ref); "
                "DestroySystem(<AffectedSystem:ref >Job:ref); "
                "DiagnoseNetworkConnection(<TargetNetworkAdapter:ref <DiagnosticSettings:string "
                ">DiagnosticInformation:string >Job:ref); ExportSystemDefinition(<ComputerSystem:ref "
                "<ExportDirectory:string <ExportSettingData:string >Job:ref); "
                "FormatError(<Errors[]:string >ErrorMessage:string); "
                "GenerateWwpn(<NumberOfWwpns:uint32 >GeneratedWwpn[]:string); "
                "GetCurrentWwpnFromGenerator(>CurrentWwpn:string); "
                "GetDefinitionFileSummaryInformation(<DefinitionFiles[]:string "
                ">SummaryInformation[]:object); GetSizeOfSystemFiles(<Vssd:ref >Size:uint64); "
                "GetSummaryInformation(<SettingData[]:ref <RequestedInformation[]:uint32 "
                ">SummaryInformation[]:object); GetVirtualSystemThumbnailImage(<TargetSystem:ref "
                "<WidthPixels:uint16 <HeightPixels:uint16 >ImageData[]:uint8); "
                "ImportSnapshotDefinitions(<PlannedSystem:ref <SnapshotFolder:string "
                ">ImportedSnapshots[]:ref >Job:ref); "
                "ImportSystemDefinition(<SystemDefinitionFile:string <SnapshotFolder:string "
                "<GenerateNewSystemIdentifier:boolean >ImportedSystem:ref >Job:ref); "
                "ModifyDiskMergeSettings(<SettingData:string >Job:ref); "
                "ModifyFeatureSettings(<FeatureSettings[]:string >ResultingFeatureSettings[]:ref "
                ">Job:ref); ModifyGuestServiceSettings(<GuestServiceSettings[]:string "
                ">ResultingGuestServiceSettings[]:ref >Job:ref); ModifyKvpItems(<TargetSystem:ref "
                "<DataItems[]:string >Job:ref); ModifyResourceSettings(<ResourceSettings[]:string "
                ">ResultingResourceSettings[]:ref >Job:ref); "
                "ModifyServiceSettings(<SettingData:string >Job:ref); "
                "ModifySystemComponentSettings(<ComponentSettings[]:string "
                ">ResultingComponentSettings[]:ref >Job:ref); "
                "ModifySystemSettings(<SystemSettings:string >Job:ref); "
                "RealizePlannedSystem(<PlannedSystem:ref >ResultingSystem:ref >Job:ref); "
                "RemoveBootSourceSettings(<BootSourceSettings[]:ref >Job:ref); "
                "RemoveFeatureSettings(<FeatureSettings[]:ref >Job:ref); "
                "RemoveFibreChannelChap(<FcPortSettings[]:string); "
                "RemoveGuestServiceSettings(<GuestServiceSettings[]:ref >Job:ref); "
                "RemoveKvpItems(<TargetSystem:ref <DataItems[]:string >Job:ref); "
                "RemoveResourceSettings(<ResourceSettings[]:ref >Job:ref); "
                "RemoveSystemComponentSettings(<ComponentSettings[]:ref >Job:ref); "
                "RequestStateChange(<RequestedState:uint16 >Job:ref <TimeoutPeriod:datetime); "
                "SetGuestNetworkAdapterConfiguration(<ComputerSystem:ref "
                "<NetworkConfiguration[]:string >Job:ref); "
                "SetInitialMachineConfigurationData(<TargetSystem:ref <ImcData[]:uint8 >Job:ref); "
                "StartService(); StopService(); TestNetworkConnection(<TargetNetworkAdapter:ref "
                "<IsSender:boolean <SenderIP:string <ReceiverIP:string <ReceiverMac:string "
                "<IsolationId:uint32 <SequenceNumber:uint32 >RoundTripTime:uint32 >Job:ref); "
                "UpgradeSystemVersion(<ComputerSystem:ref <UpgradeSettingData:string >Job:ref); "
                "ValidatePlannedSystem(<PlannedSystem:ref >Job:ref)"},
    {.name = "Msvm_VirtualSystemMigrationService",
     .parent = "CIM_VirtualSystemMigrationService",
     .keys = "CreationClassName Name SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @service; string: EnabledState "
                   "MigrationServiceListenerIPAddressList[]; uint32: "
                   "ActiveVirtualSystemMigrationCount ActiveStorageMigrationCount",
     .constants = "Caption=Hyper-V Migration Service; Description=Hyper-V Migration Service; "
                  "ElementName=Hyper-V Migration Service; OperationalStatus=2; "
                  "StatusDescriptions=OK; Status=OK; HealthState=5; EnabledState=2; "
                  "RequestedState=12; EnabledDefault=2; Name=migrationwmi",
     .methods = "AddNetworkSettings(<NetworkSettings[]:string >Job:ref); "
                "CheckSystemCompatibilityInfo(<CompatibilityInfo[]:uint8 >Reasons[]:string); "
                "CheckVirtualSystemIsMigratable(<ComputerSystem:ref <DestinationHost:string "
                "<MigrationSettingData:string <NewSystemSettingData:string "
                "<NewResourceSettingData[]:string >Job:ref); "
                "CheckVirtualSystemIsMigratableToHost(<ComputerSystem:ref <DestinationHost:string "
                "<MigrationSettingData:string <NewSystemSettingData:string "
                "<NewResourceSettingData[]:string >IsMigratable:boolean); "
                "CheckVirtualSystemIsMigratableToSystem(<ComputerSystem:ref <DestinationSystem:ref "
                "<MigrationSettingData:string <NewSystemSettingData:string "
                "<NewResourceSettingData[]:string >IsMigratable:boolean); "
                "GetSystemCompatibilityInfo(<ComputerSystem:ref >CompatibilityInfo[]:uint8); "
                "MigrateVirtualSystemToHost(<ComputerSystem:ref <DestinationHost:string "
                "<MigrationSettingData:string <NewSystemSettingData:string "
                "<NewResourceSettingData[]:string >Job:ref); "
                "MigrateVirtualSystemToSystem(<ComputerSystem:ref <DestinationSystem:ref "
                "<MigrationSettingData:string <NewSystemSettingData:string "
                "<NewResourceSettingData[]:string >NewComputerSystem:ref >Job:ref); "
                "ModifyNetworkSettings(<NetworkSettings[]:string >Job:ref); "
                "ModifyServiceSettings(<ServiceSettingData:string >Job:ref); "
                "RemoveNetworkSettings(<NetworkSettings[]:ref >Job:ref); "
                "RequestStateChange(<RequestedState:uint16 >Job:ref <TimeoutPeriod:datetime); "
                "StartService(); StopService(); "
                "GetSystemCompatibilityVectors^2012r2(<ComputerSystem:ref "
                ">CompatibilityVectors[]:object)"},
    {.name = "Msvm_VirtualSystemMigrationSettingData",
     .parent = "CIM_VirtualSystemMigrationSettingData",
     .keys = "InstanceID",
     .properties = "@setting; uint16: MigrationType Priority Bandwidth TransportType "
                   "CPUCappingMagnitude^2019; string: BandwidthUnit OtherTransportType "
                   "UnmanagedVhds[]^2016 DestinationPlannedVirtualSystemId "
                   "DestinationIPAddressList[]; boolean: RemoveSourceUnmanagedVhds^2016 "
                   "AvoidRemovingVHDs^2019 CancelIfBlackoutThresholdExceeded^2019 "
                   "AllowOverwriteExistingFile^2019 RetainVhdCopiesOnSource EnableCompression^2012r2",
     .constants = "Caption=Migration Setting Data; Description=Virtual System Migration Setting Data"},
    {.name = "Msvm_VirtualSystemMigrationServiceSettingData",
     .parent = "CIM_SettingData",
     .keys = "InstanceID",
     .properties = "@setting; boolean: EnableVirtualSystemMigration EnableCompression^2012r2 "
                   "EnableSmbTransport^2012r2; uint32: MaximumActiveVirtualSystemMigration "
                   "MaximumActiveStorageMigration AuthenticationType",
     .constants = "EnableCompression=True; EnableSmbTransport=False"},
    {.name = "Msvm_VirtualSystemMigrationNetworkSettingData",
     .parent = "CIM_SettingData",
     .keys = "InstanceID",
     .properties = "@setting; string: SubnetNumber Tags[]; uint8: PrefixLength; uint32: Metric"},
    {.name = "Msvm_VirtualSystemMigrationCapabilities",
     .parent = "CIM_VirtualSystemMigrationCapabilities",
     .keys = "InstanceID",
     .properties = "@setting; uint16: SynchronousMethodsSupported[] AsynchronousMethodsSupported[] "
                   "DestinationHostFormatsSupported[]",
     .constants = "Caption=Migration Capabilities; Description=Virtual System Migration Capabilities"},
    {.name = "Msvm_MoveUnmanagedVhd",
     .parent = "CIM_ManagedElement",
     .properties = "string: VhdSourcePath VhdDestinationPath"},
    {.name = "Msvm_ConcreteJob",
     .parent = "CIM_ConcreteJob",
     .keys = "InstanceID",
     .properties = "@element; @job",
     .methods = "GetError(>Error:string); GetErrorEx(>Errors[]:string); "
                "RequestStateChange(<RequestedState:uint16 <TimeoutPeriod:datetime)"},
    {.name = "Msvm_MigrationJob",
     .parent = "Msvm_ConcreteJob",
     .keys = "InstanceID",
     .properties = "@element; @job; uint16: MigrationType; string: VirtualSystemName DestinationHost "
                   "NewSystemSettingData NewResourceSettingData[]",
     .constants = "OperationalStatus=2; StatusDescriptions=OK; HealthState=5; "
                  "TimeBeforeRemoval=00000000000500.000000:000",
     .methods = "GetError(>Error:string); GetErrorEx(>Errors[]:string); "
                "RequestStateChange(<RequestedState:uint16 <TimeoutPeriod:datetime)"},
    {.name = "Msvm_Error",
     .parent = "CIM_Error",
     .properties = "uint16: ErrorType PerceivedSeverity ProbableCause ErrorSourceFormat; string: "
                   "OtherErrorType OwningEntity MessageID Message MessageArguments[] "
                   "ProbableCauseDescription RecommendedActions[] ErrorSource OtherErrorSourceFormat "
                   "CIMStatusCodeDescription; uint32: CIMStatusCode",
     .constants = "ErrorSourceFormat=0"},
    {.name = "Msvm_ImageManagementService",
     .parent = "CIM_Service",
     .keys = "CreationClassName Name SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @service",
     .constants = "Caption=Hyper-V Image Management Service; Description=Provides Image Management "
                  "servicing for Hyper-V; ElementName=Hyper-V Image Management Service; "
                  "OperationalStatus=2; StatusDescriptions=OK; HealthState=5; EnabledState=2; "
                  "RequestedState=12; EnabledDefault=2; Name=vhdsvc; Started=True",
     .methods = "AttachVirtualHardDisk(<Path:string <AssignDriveLetter:boolean <ReadOnly:boolean "
                ">Job:ref); CompactVirtualHardDisk(<Path:string <Mode:uint16 >Job:ref); "
                "ConvertVirtualHardDisk(<SourcePath:string <VirtualDiskSettingData:string >Job:ref); "
                "ConvertVirtualHardDiskToVHDSet(<VirtualHardDiskPath:string >Job:ref); "
                "CreateVirtualFloppyDisk(<Path:string >Job:ref); "
                "CreateVirtualHardDisk(<VirtualDiskSettingData:string >Job:ref); "
                "DeleteVHDSnapshot(<VHDSetPath:string <SnapshotId:string "
                "<PersistReferenceSnapshot:boolean >Job:ref); "
                "FindMountedStorageImageInstance(<SelectionCriterion:string <CriterionType:uint16 "
                ">Image:ref); GetVHDSetInformation(<VHDSetPath:string "
                "<AdditionalInformation[]:uint32 >Information:string >Job:ref); "
                "GetVHDSnapshotInformation(<VHDSetPath:string <SnapshotIds[]:string "
                "<AdditionalInformation[]:uint32 >SnapshotInformation[]:string >Job:ref); "
                "GetVirtualDiskChanges(<Path:string <LimitId:string <TargetSnapshotId:string "
                "<ByteOffset:uint64 <ByteLength:uint64 >ProcessedByteLength:uint64 "
                ">ChangedByteOffsets[]:uint64 >ChangedByteLengths[]:uint64 >Job:ref); "
                "GetVirtualHardDiskSettingData(<Path:string >SettingData:string >Job:ref); "
                "GetVirtualHardDiskState(<Path:string >State:string >Job:ref); "
                "MergeVirtualHardDisk(<SourcePath:string <DestinationPath:string >Job:ref); "
                "OptimizeVHDSet(<VHDSetPath:string >Job:ref); "
                "RequestStateChange(<RequestedState:uint16 >Job:ref <TimeoutPeriod:datetime); "
                "ResizeVirtualHardDisk(<Path:string <MaxInternalSize:uint64 >Job:ref); "
                "SetParentVirtualHardDisk(<ChildPath:string <ParentPath:string <LeafPath:string "
                "<IgnoreIDMismatch:boolean >Job:ref); SetVHDSnapshotInformation(<Information:string "
                ">Job:ref); SetVirtualHardDiskSettingData(<VirtualDiskSettingData:string >Job:ref); "
                "StartService(); StopService(); ValidatePersistentReservationSupport(<Path:string "
                ">Job:ref); ValidateVirtualHardDisk(<Path:string >Job:ref)"},
    {.name = "Msvm_VirtualHardDiskSettingData",
     .parent = "CIM_SettingData",
     .keys = "InstanceID",
     .properties = "@setting; uint16: Type Format PmemAddressAbstractionType; string: Path "
                   "ParentPath ParentIdentifier VirtualDiskId; datetime: ParentTimestamp; uint64: "
                   "MaxInternalSize DataAlignment; uint32: BlockSize LogicalSectorSize "
                   "PhysicalSectorSize; boolean: IsPmemCompatible",
     .constants = "Caption=Virtual Hard Disk Setting Data; Description=Setting Data for a Virtual "
                  "Hard Disk"},
    {.name = "Msvm_VirtualHardDiskState",
     .properties = "uint64: FileSize MinInternalSize; boolean: InUse; uint32: PhysicalSectorSize "
                   "Alignment FragmentationPercentage; datetime: Timestamp"},
    {.name = "Msvm_VirtualEthernetSwitchManagementService",
     .parent = "CIM_Service",
     .keys = "CreationClassName Name SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @service",
     .constants = "Caption=Hyper-V Virtual Ethernet Switch Management Service; ElementName=Hyper-V "
                  "Virtual Ethernet Switch Management Service; Name=nvspwmi; OperationalStatus=2; "
                  "StatusDescriptions=OK; HealthState=5; EnabledState=2; RequestedState=12; "
                  "EnabledDefault=2; Started=True"},
};

} // namespace

std::span<const ClassText> virtualization_services() noexcept { return kServiceClasses; }

} // namespace migstorm::lab::schema
