// root\virtualization, the namespace of Windows Server 2008 R2 (still there on 2012): no migration service,
// disk files in Connection, notes as one string.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kV1Classes[] = {
    {.name = "Msvm_VirtualSystemManagementService",
     .parent = "CIM_VirtualSystemManagementService",
     .keys = "CreationClassName Name SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @service",
     .constants = "Caption=Virtual System Management Service; Description=Service for creating, "
                  "manipulating, and managing virtual machines; ElementName=Hyper-V Virtual System "
                  "Management Service; Name=vmms; OperationalStatus=2; StatusDescriptions=The "
                  "service is running normally; HealthState=5; EnabledState=2; RequestedState=12; "
                  "EnabledDefault=2; Started=True",
     .methods = "GetSummaryInformation(<SettingData[]:ref <RequestedInformation[]:uint32 "
                ">SummaryInformation[]:object); GetVirtualSystemThumbnailImage(<TargetSystem:ref "
                "<WidthPixels:uint16 <HeightPixels:uint16 >ImageData[]:uint8); "
                "AddVirtualSystemResources(<TargetSystem:ref <ResourceSettingData[]:string "
                ">NewResources[]:ref >Job:ref); ModifyVirtualSystemResources(<ComputerSystem:ref "
                "<ResourceSettingData[]:string >Job:ref); "
                "RemoveVirtualSystemResources(<TargetSystem:ref <ResourceSettingData[]:ref "
                ">Job:ref); ModifyVirtualSystem(<ComputerSystem:ref <SystemSettingData:string "
                ">ModifiedSettingData:ref >Job:ref); DefineVirtualSystem(<SystemSettingData:string "
                "<ResourceSettingData[]:string <SourceSetting:ref >DefinedSystem:ref >Job:ref); "
                "DestroyVirtualSystem(<ComputerSystem:ref >Job:ref); AddKvpItems(<TargetSystem:ref "
                "<DataItems[]:string >Job:ref); ModifyKvpItems(<TargetSystem:ref <DataItems[]:string "
                ">Job:ref); RemoveKvpItems(<TargetSystem:ref <DataItems[]:string >Job:ref)"},
    {.name = "Msvm_ImageManagementService",
     .parent = "CIM_Service",
     .keys = "CreationClassName Name SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @service",
     .constants = "Caption=Hyper-V Image Management Service; Description=Provides Image Management "
                  "servicing for Hyper-V; ElementName=Hyper-V Image Management Service; "
                  "OperationalStatus=2; StatusDescriptions=OK; HealthState=5; EnabledState=2; "
                  "RequestedState=12; EnabledDefault=2; Name=vhdsvc; Started=True",
     .methods = "CreateDynamicVirtualHardDisk(<Path:string <MaxInternalSize:uint64 >Job:ref); "
                "CreateFixedVirtualHardDisk(<Path:string <MaxInternalSize:uint64 >Job:ref); "
                "CreateDifferencingVirtualHardDisk(<Path:string <ParentPath:string >Job:ref); "
                "ExpandVirtualHardDisk(<Path:string <MaxInternalSize:uint64 >Job:ref); "
                "ReconnectParentVirtualHardDisk(<ChildPath:string <ParentPath:string <Force:boolean "
                ">Job:ref); MergeVirtualHardDisk(<SourcePath:string <DestinationPath:string "
                ">Job:ref); ValidateVirtualHardDisk(<Path:string >Job:ref); Mount(<Path:string "
                ">Job:ref); Unmount(<Path:string); GetVirtualHardDiskInfo(<Path:string >Info:string "
                ">Job:ref)"},
    {.name = "Msvm_ComputerSystem",
     .parent = "CIM_ComputerSystem",
     .keys = "CreationClassName Name",
     .properties = "@element; @enabled; string: CreationClassName PrimaryOwnerName "
                   "PrimaryOwnerContact Roles[] NameFormat OtherIdentifyingInfo[] "
                   "IdentifyingDescriptions[] OtherDedicatedDescriptions[]; datetime: "
                   "TimeOfLastConfigurationChange; uint16: Dedicated[] ResetCapability "
                   "PowerManagementCapabilities[]; uint64: OnTimeInMilliseconds; uint32: ProcessID",
     .constants = "Caption=Virtual Machine; Description=Microsoft Virtual Machine; "
                  "OperationalStatus=2; HealthState=5; RequestedState=12; EnabledDefault=2; "
                  "ResetCapability=1",
     .methods = "RequestStateChange(<RequestedState:uint16 >Job:ref <TimeoutPeriod:datetime)"},
    {.name = "Msvm_VirtualSystemSettingData",
     .parent = "CIM_VirtualSystemSettingData",
     .keys = "InstanceID",
     .properties = "@setting; string: SystemName VirtualSystemIdentifier Notes BIOSGUID "
                   "BIOSSerialNumber BaseBoardSerialNumber ChassisSerialNumber ChassisAssetTag "
                   "Parent; uint16: SettingType VirtualSystemType BootOrder[]; datetime: "
                   "CreationTime; boolean: BIOSNumLock",
     .constants = "Caption=Virtual Machine Settings; Description=Active settings for the virtual "
                  "machine.; SettingType=3; VirtualSystemType=1; BootOrder=1,2,3,0; BIOSNumLock=False"},
    {.name = "Msvm_SummaryInformation",
     .parent = "Msvm_SummaryInformationBase",
     .properties = "string: InstanceID AllocatedGPU ElementName OtherEnabledState "
                   "GuestOperatingSystem Name Notes Version StatusDescriptions[] "
                   "ReplicationProviderId[] VirtualSwitchNames[] VirtualSystemSubType "
                   "HostComputerSystemName; boolean: Shielded SwapFilesInUse "
                   "MemorySpansPhysicalNumaNodes; object: AsynchronousTasks[] Snapshots[]; datetime: "
                   "CreationTime; uint16: EnabledState HealthState Heartbeat NumberOfProcessors "
                   "OperationalStatus[] ProcessorLoad ProcessorLoadHistory[] ThumbnailImageHeight "
                   "ThumbnailImageWidth ReplicationState ReplicationStateEx[] ReplicationHealth "
                   "ReplicationHealthEx[] ReplicationMode ApplicationHealth "
                   "IntegrationServicesVersionState EnhancedSessionModeState; uint64: MemoryUsage "
                   "UpTime; sint32: MemoryAvailable AvailableMemoryBuffer; uint8: ThumbnailImage[]; "
                   "ref: TestReplicaSystem"},
    {.name = "Msvm_ResourceAllocationSettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; string: VirtualSystemIdentifiers[]",
     .constants = "VirtualQuantityUnits=count"},
    {.name = "Msvm_ConcreteJob",
     .parent = "CIM_ConcreteJob",
     .keys = "InstanceID",
     .properties = "@element; @job",
     .methods = "GetError(>Error:string); GetErrorEx(>Errors[]:string); "
                "RequestStateChange(<RequestedState:uint16 <TimeoutPeriod:datetime)"},
    {.name = "Msvm_Error",
     .parent = "CIM_Error",
     .properties = "uint16: ErrorType PerceivedSeverity ProbableCause ErrorSourceFormat; string: "
                   "OtherErrorType OwningEntity MessageID Message MessageArguments[] "
                   "ProbableCauseDescription RecommendedActions[] ErrorSource OtherErrorSourceFormat "
                   "CIMStatusCodeDescription; uint32: CIMStatusCode",
     .constants = "ErrorSourceFormat=0"},
    {.name = "Msvm_VirtualHardDiskInfo",
     .properties = "uint64: FileSize MaxInternalSize; boolean: InSavedState InUse; string: "
                   "ParentPath; uint16: Type"},
    {.name = "Msvm_HeartbeatComponent",
     .parent = "CIM_LogicalDevice",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device",
     .constants = "Caption=Heartbeat; Description=Microsoft Heartbeat Service; "
                  "ElementName=Heartbeat; HealthState=5; EnabledState=2; RequestedState=12; "
                  "EnabledDefault=7; AdditionalAvailability=6"},
    {.name = "Msvm_KvpExchangeComponent",
     .parent = "CIM_LogicalDevice",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device; string: GuestExchangeItems[] "
                   "GuestIntrinsicExchangeItems[]",
     .constants = "Caption=Key-Value Pair Exchange; Description=Microsoft Key-Value Pair Exchange "
                  "Service; ElementName=Key-Value pair Exchange; Name=Key-Value Pair Exchange; "
                  "HealthState=5; RequestedState=12; EnabledDefault=7; Availability=6; "
                  "AdditionalAvailability=6"},
    {.name = "Msvm_KvpExchangeDataItem",
     .parent = "CIM_ManagedElement",
     .properties = "@setting; uint16: Source; string: Name Data",
     .constants = "Caption=Key-Value Pair Exchange Data Item; Description=Microsoft Key-Value Pair "
                  "Exchange Data Item; ElementName=Key-Value Pair Exchange Data Item"},
    {.name = "Msvm_ShutdownComponent",
     .parent = "CIM_LogicalDevice",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device",
     .constants = "Caption=Shutdown; Description=Microsoft Guest Shutdown Service; "
                  "ElementName=Shutdown; Name=Shutdown; HealthState=5; EnabledState=2; "
                  "RequestedState=12; EnabledDefault=7",
     .methods = "InitiateReboot(<Force:boolean <Reason:string); InitiateShutdown(<Force:boolean "
                "<Reason:string); RequestStateChange(<RequestedState:uint16 >Job:ref "
                "<TimeoutPeriod:datetime); Reset()"},
    {.name = "Msvm_TimeSyncComponent",
     .parent = "CIM_LogicalDevice",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device",
     .constants = "Caption=Time Synchronization; Description=Microsoft Time Synchronization Service; "
                  "ElementName=Time Synchronization; Name=Time Synchronization; HealthState=5; "
                  "EnabledState=2; RequestedState=12; EnabledDefault=7"},
    {.name = "Msvm_VssComponent",
     .parent = "CIM_LogicalDevice",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device",
     .constants = "Caption=VSS; Description=Microsoft Virtual Machine Volume Shadow Copy Service; "
                  "ElementName=VSS; Name=VSS; HealthState=5; EnabledState=2; RequestedState=12; "
                  "EnabledDefault=7"},
    {.name = "Msvm_SettingsDefineState",
     .parent = "CIM_SettingsDefineState",
     .keys = "ManagedElement SettingData",
     .properties = "ref: ManagedElement SettingData",
     .association = true},
    {.name = "Msvm_VirtualSystemSettingDataComponent",
     .parent = "CIM_VirtualSystemSettingDataComponent",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
    {.name = "Msvm_SystemDevice",
     .parent = "CIM_SystemDevice",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
};

} // namespace

std::span<const ClassText> virtualization_v1() noexcept { return kV1Classes; }

} // namespace migstorm::lab::schema
