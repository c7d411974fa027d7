// root\virtualization\v2: integration components, and the devices that exist while a machine runs.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kDeviceClasses[] = {
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
    {.name = "Msvm_GuestServiceInterfaceComponent",
     .parent = "CIM_LogicalDevice",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device",
     .constants = "Caption=Guest Service Interface; Description=Microsoft Guest Service Interface "
                  "Service; ElementName=Guest Service Interface; Name=Guest Service Interface; "
                  "HealthState=5; EnabledState=2; RequestedState=12; EnabledDefault=7",
     .since = Release::w2012r2},
    {.name = "Msvm_SystemDevice",
     .parent = "CIM_SystemDevice",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
    {.name = "Msvm_DiskDrive",
     .parent = "CIM_DiskDrive",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device; string: CapabilityDescriptions[] ErrorMethodology "
                   "CompressionMethod UnitsDescription; datetime: LastCleaned TimeOfLastMount; "
                   "uint16: Capabilities[] Security; boolean: NeedsCleaning MediaIsLocked; uint32: "
                   "NumberOfMediaSupported UncompressedDataRate DriveNumber; uint64: MaxMediaSize "
                   "DefaultBlockSize MaxBlockSize MinBlockSize MaxAccessTime LoadTime UnloadTime "
                   "MountCount TotalMountTime MaxUnitsBeforeCleaning UnitsUsed",
     .constants = "Caption=Disk Drive; Description=Microsoft Virtual Hard Disk; ElementName=Disk "
                  "Drive; OperationalStatus=2; HealthState=5; EnabledState=2; RequestedState=12"},
    {.name = "Msvm_Keyboard",
     .parent = "CIM_Keyboard",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device; string: Layout; uint16: NumberOfFunctionKeys "
                   "Password; boolean: IsLocked UnicodeSupported",
     .constants = "Caption=Keyboard; Description=Microsoft Virtual Keyboard; ElementName=Keyboard; "
                  "OperationalStatus=2; HealthState=5; EnabledState=2; RequestedState=12; "
                  "NumberOfFunctionKeys=12; UnicodeSupported=True"},
    {.name = "Msvm_SyntheticDisplayController",
     .parent = "CIM_DisplayController",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device; string: EnabledState ProtocolDescription "
                   "VideoProcessor OtherVideoMemoryType CapabilityDescriptions[] "
                   "OtherVideoArchitecture; datetime: TimeOfLastReset; uint16: ProtocolSupported "
                   "VideoMemoryType AcceleratorCapabilities[] VideoArchitecture; uint32: "
                   "MaxNumberControlled NumberOfVideoPages MaxMemorySupported",
     .constants = "Caption=Display Controller; ElementName=Display Controller; OperationalStatus=2; "
                  "HealthState=5; EnabledState=2; RequestedState=12"},
    {.name = "Msvm_S3DisplayController",
     .parent = "CIM_DisplayController",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device; string: EnabledState ProtocolDescription "
                   "VideoProcessor OtherVideoMemoryType CapabilityDescriptions[] "
                   "OtherVideoArchitecture; datetime: TimeOfLastReset; uint16: ProtocolSupported "
                   "VideoMemoryType AcceleratorCapabilities[] VideoArchitecture; uint32: "
                   "MaxNumberControlled NumberOfVideoPages MaxMemorySupported",
     .constants = "Caption=Display Controller; ElementName=Emulated Display Controller; "
                  "OperationalStatus=2; HealthState=5; EnabledState=2; RequestedState=12"},
    {.name = "Msvm_VideoHead",
     .parent = "CIM_VideoHead",
     .keys = "CreationClassName DeviceID SystemCreationClassName SystemName",
     .properties = "@element; @enabled; @device; string: EnabledState OtherCurrentScanMode; uint16: "
                   "CurrentScanMode; uint32: CurrentBitsPerPixel CurrentHorizontalResolution "
                   "CurrentVerticalResolution MaxRefreshRate MinRefreshRate CurrentRefreshRate "
                   "CurrentNumberOfRows CurrentNumberOfColumns; uint64: CurrentNumberOfColors",
     .constants = "Caption=Video Head; ElementName=Video Head; OperationalStatus=2; HealthState=5; "
                  "EnabledState=2; RequestedState=12; CurrentBitsPerPixel=32; "
                  "CurrentHorizontalResolution=1024; CurrentVerticalResolution=768"},
    {.name = "Msvm_VirtualEthernetSwitch",
     .parent = "CIM_ComputerSystem",
     .keys = "CreationClassName Name",
     .properties = "@element; @enabled; string: CreationClassName PrimaryOwnerName "
                   "PrimaryOwnerContact Roles[] NameFormat OtherIdentifyingInfo[] "
                   "IdentifyingDescriptions[] OtherDedicatedDescriptions[]; uint16: Dedicated[] "
                   "ResetCapability PowerManagementCapabilities[]; uint32: MaxVMQOffloads "
                   "MaxIOVOffloads",
     .constants = "Caption=Virtual Switch; Description=Microsoft Virtual Switch; "
                  "OperationalStatus=2; HealthState=5; EnabledState=5; RequestedState=12; "
                  "MaxVMQOffloads=0; MaxIOVOffloads=0"},
};

} // namespace

std::span<const ClassText> virtualization_devices() noexcept { return kDeviceClasses; }

} // namespace migstorm::lab::schema
