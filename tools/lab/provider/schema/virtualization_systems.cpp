// root\virtualization\v2: virtual machines, their settings and what summarises them.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kSystemClasses[] = {
    {.name = "Msvm_ComputerSystem",
     .parent = "CIM_ComputerSystem",
     .keys = "CreationClassName Name",
     .properties = "@element; @enabled; string: CreationClassName PrimaryOwnerName "
                   "PrimaryOwnerContact Roles[] NameFormat OtherIdentifyingInfo[] "
                   "IdentifyingDescriptions[] OtherDedicatedDescriptions[]; datetime: "
                   "TimeOfLastConfigurationChange LastApplicationConsistentReplicationTime "
                   "LastReplicationTime LastSuccessfulBackupTime; uint16: Dedicated[] "
                   "ResetCapability PowerManagementCapabilities[] NumberOfNumaNodes ReplicationState "
                   "ReplicationHealth ReplicationMode FailedOverReplicationType LastReplicationType "
                   "EnhancedSessionModeState; uint64: OnTimeInMilliseconds; uint32: ProcessID",
     .constants = "Caption=Virtual Machine; Description=Microsoft Virtual Machine; "
                  "OperationalStatus=2; HealthState=5; RequestedState=12; EnabledDefault=2; "
                  "ResetCapability=1; NumberOfNumaNodes=1; ReplicationState=0; ReplicationHealth=0; "
                  "ReplicationMode=0; EnhancedSessionModeState=2",
     .methods = "RequestReplicationStateChange(<RequestedState:uint16 >Job:ref "
                "<TimeoutPeriod:datetime); RequestStateChange(<RequestedState:uint16 >Job:ref "
                "<TimeoutPeriod:datetime); InjectNonMaskableInterrupt^2012r2()"},
    {.name = "Msvm_PlannedComputerSystem",
     .parent = "CIM_ComputerSystem",
     .keys = "CreationClassName Name",
     .properties = "@element; @enabled; string: CreationClassName PrimaryOwnerName "
                   "PrimaryOwnerContact Roles[] NameFormat OtherIdentifyingInfo[] "
                   "IdentifyingDescriptions[] OtherDedicatedDescriptions[]; datetime: "
                   "TimeOfLastConfigurationChange LastApplicationConsistentReplicationTime "
                   "LastReplicationTime LastSuccessfulBackupTime; uint16: Dedicated[] "
                   "ResetCapability PowerManagementCapabilities[] NumberOfNumaNodes ReplicationState "
                   "ReplicationHealth ReplicationMode FailedOverReplicationType LastReplicationType "
                   "EnhancedSessionModeState; uint64: OnTimeInMilliseconds; uint32: ProcessID",
     .constants = "Caption=Virtual Machine; Description=Microsoft Virtual Machine; "
                  "OperationalStatus=2; HealthState=5; RequestedState=12; EnabledDefault=2; "
                  "ResetCapability=1; NumberOfNumaNodes=1; ReplicationState=0; ReplicationHealth=0; "
                  "ReplicationMode=0; EnhancedSessionModeState=2",
     .methods = "RequestReplicationStateChange(<RequestedState:uint16 >Job:ref "
                "<TimeoutPeriod:datetime); RequestStateChange(<RequestedState:uint16 >Job:ref "
                "<TimeoutPeriod:datetime); InjectNonMaskableInterrupt^2012r2()"},
    {.name = "Msvm_VirtualSystemSettingData",
     .parent = "CIM_VirtualSystemSettingData",
     .keys = "InstanceID",
     .properties = "@setting; string: VirtualSystemIdentifier VirtualSystemType Notes[] "
                   "ConfigurationID ConfigurationDataRoot ConfigurationFile SnapshotDataRoot "
                   "SuspendDataRoot SwapFileDataRoot LogDataRoot RecoveryFile BIOSGUID "
                   "BIOSSerialNumber BaseBoardSerialNumber ChassisSerialNumber ChassisAssetTag "
                   "Parent AdditionalRecoveryInformation Version VirtualSystemSubType "
                   "BootSourceOrder[]; datetime: CreationTime; interval: "
                   "AutomaticStartupActionDelay; uint16: AutomaticStartupAction "
                   "AutomaticStartupActionSequenceNumber AutomaticShutdownAction "
                   "AutomaticRecoveryAction BootOrder[] DebugPortEnabled "
                   "NetworkBootPreferredProtocol UserSnapshotType^2016; boolean: BIOSNumLock IsSaved "
                   "AllowFullSCSICommandSet IncrementalBackupEnabled VirtualNumaEnabled "
                   "AllowReducedFcRedundancy PauseAfterBootFailure SecureBootEnabled; uint32: "
                   "DebugChannelId DebugPort; uint64: LowMmioGapSize",
     .constants = "Caption=Virtual Machine Settings; Description=Active settings for the virtual "
                  "machine.; VirtualSystemType=Microsoft:Hyper-V:System:Realized; Version=4.0; "
                  "VirtualSystemSubType=Microsoft:Hyper-V:SubType:1; AutomaticStartupAction=3; "
                  "AutomaticStartupActionDelay=00000000000000.000000:000; AutomaticShutdownAction=3; "
                  "AutomaticRecoveryAction=3; BootOrder=1,2,3,0; DebugPortEnabled=0; "
                  "DebugChannelId=0; DebugPort=0; BIOSNumLock=False; IsSaved=False; "
                  "AllowFullSCSICommandSet=False; IncrementalBackupEnabled=False; "
                  "VirtualNumaEnabled=True; AllowReducedFcRedundancy=False; "
                  "PauseAfterBootFailure=False; SecureBootEnabled=False; LowMmioGapSize=134217728; "
                  "NetworkBootPreferredProtocol=4096"},
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
    {.name = "Msvm_MemorySettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; uint64: MaxMemoryBlocksPerNumaNode; uint32: TargetMemoryBuffer; "
                   "boolean: DynamicMemoryEnabled IsVirtualized SwapFilesInUse",
     .constants = "Caption=Memory; Description=Settings for Microsoft Virtual Machine Memory.; "
                  "ElementName=Memory; ResourceType=4; ResourceSubType=Microsoft:Hyper-V:Memory; "
                  "AllocationUnits=byte * 2^20; VirtualQuantityUnits=byte * 2^20; Limit=1048576; "
                  "Weight=5000; DynamicMemoryEnabled=False; IsVirtualized=True; "
                  "SwapFilesInUse=False; TargetMemoryBuffer=20; ConsumerVisibility=3"},
    {.name = "Msvm_ProcessorSettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; uint64: MaxProcessorsPerNumaNode MaxNumaNodesPerSocket; "
                   "boolean: LimitCPUID LimitProcessorFeatures",
     .constants = "Caption=Processor; Description=Settings for Microsoft Virtual Processor.; "
                  "ElementName=Processor; ResourceType=3; "
                  "ResourceSubType=Microsoft:Hyper-V:Processor; AllocationUnits=percent / 1000; "
                  "VirtualQuantityUnits=count; Reservation=0; Limit=100000; Weight=100; "
                  "LimitCPUID=False; LimitProcessorFeatures=False; ConsumerVisibility=3"},
    {.name = "Msvm_ResourceAllocationSettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; string: VirtualSystemIdentifiers[]",
     .constants = "VirtualQuantityUnits=count"},
    {.name = "Msvm_SerialPortSettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; string: VirtualSystemIdentifiers[]; boolean: DebuggerMode",
     .constants = "Caption=Serial Port; ResourceType=21; ResourceSubType=Microsoft:Hyper-V:Serial "
                  "Port; VirtualQuantityUnits=count; DebuggerMode=False"},
    {.name = "Msvm_StorageAllocationSettingData",
     .parent = "CIM_StorageAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; string: StorageQoSPolicyID HostExtentName "
                   "OtherHostExtentNameFormat OtherHostExtentNameNamespace IOPSAllocationUnits^2012r2 "
                   "SnapshotId; uint64: VirtualResourceBlockSize HostResourceBlockSize "
                   "HostExtentStartingAddress IOPSLimit^2012r2 IOPSReservation^2012r2; uint16: Access "
                   "HostExtentNameFormat HostExtentNameNamespace CachingMode WriteHardeningMethod; "
                   "boolean: PersistentReservationsSupported^2012r2 IgnoreFlushes",
     .constants = "Caption=Hard Disk Image Default Settings; Description=Describes the default "
                  "settings for the hard disk image resources; Limit=1; "
                  "VirtualQuantityUnits=count(fixed size block); SnapshotId="},
    {.name = "Msvm_SyntheticEthernetPortSettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; string: OtherEndpointMode VirtualSystemIdentifiers[]; uint16: "
                   "DesiredVLANEndpointMode; boolean: StaticMacAddress ClusterMonitored",
     .constants = "Caption=Network Adapter; ElementName=Network Adapter; ResourceType=10; "
                  "ResourceSubType=Microsoft:Hyper-V:Synthetic Ethernet Port; VirtualQuantity=1; "
                  "VirtualQuantityUnits=count; StaticMacAddress=False; ClusterMonitored=True"},
    {.name = "Msvm_EthernetPortAllocationSettingData",
     .parent = "CIM_EthernetPortAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; string: OtherEndpointMode RequiredFeatures[] "
                   "RequiredFeatureHints[] TestReplicaPoolID TestReplicaSwitchName; uint16: "
                   "DesiredVLANEndpointMode EnabledState",
     .constants = "Caption=Ethernet Switch Port Settings; ElementName=Dynamic Ethernet Switch Port; "
                  "ResourceType=33; ResourceSubType=Microsoft:Hyper-V:Ethernet Connection; "
                  "VirtualQuantity=1; VirtualQuantityUnits=count; EnabledState=2"},
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
    {.name = "Msvm_ElementSettingData",
     .parent = "CIM_ElementSettingData",
     .keys = "ManagedElement SettingData",
     .properties = "ref: ManagedElement SettingData; uint16: IsDefault IsCurrent IsNext IsMinimum "
                   "IsMaximum",
     .association = true},
    {.name = "Msvm_AffectedJobElement",
     .parent = "CIM_AffectedJobElement",
     .keys = "AffectedElement AffectingElement",
     .properties = "ref: AffectedElement AffectingElement; uint16: ElementEffects[]; string: "
                   "OtherElementEffectsDescriptions[]",
     .association = true},
    {.name = "Msvm_SnapshotOfVirtualSystem",
     .parent = "CIM_Dependency",
     .keys = "Antecedent Dependent",
     .properties = "ref: Antecedent Dependent",
     .association = true},
    {.name = "Msvm_MostCurrentSnapshotInBranch",
     .parent = "CIM_Dependency",
     .keys = "Antecedent Dependent",
     .properties = "ref: Antecedent Dependent",
     .association = true},
};

} // namespace

std::span<const ClassText> virtualization_systems() noexcept { return kSystemClasses; }

} // namespace migstorm::lab::schema
