// root\virtualization\v2: settings of what a machine may have beside disks and adapters, and of its
// replication, with the constants that their pages document.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kHardwareClasses[] = {
    {.name = "Msvm_SyntheticFcPortSettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; string: VirtualPortWWPN VirtualPortWWNN SecondaryWWPN SecondaryWWNN "
                   "VirtualSystemIdentifiers[]; boolean: ChapEnabled",
     .constants = "Caption=Virtual Fibre Channel Port Default Settings; Description=Describes the default "
                  "settings for the virtual Fibre Channel port resources.; ElementName=Fibre Channel "
                  "Adapter; ResourceType=7; ResourceSubType=Microsoft:Hyper-V:Synthetic FibreChannel "
                  "Port; VirtualQuantity=1; VirtualQuantityUnits=count; ConsumerVisibility=3; "
                  "ChapEnabled=False"},
    {.name = "Msvm_FcPortAllocationSettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting",
     .constants = "Caption=Virtual Fibre Channel VDev Default Settings; Description=The default settings "
                  "for the virtual Fibre Channel connection pool.; ElementName=Fibre Channel Adapter; "
                  "ResourceType=64764; ResourceSubType=Microsoft:Hyper-V:FibreChannel Connection; "
                  "VirtualQuantity=1; VirtualQuantityUnits=count"},
    {.name = "Msvm_PciExpressSettingData",
     .parent = "CIM_ResourceAllocationSettingData",
     .keys = "InstanceID",
     .properties = "@rasd; @setting; uint16: VirtualFunctions[]; string: VirtualSystemIdentifiers[]",
     .constants = "Caption=PCI Express Port; ElementName=PCI Express Port; ResourceType=32769; "
                  "ResourceSubType=Microsoft:Hyper-V:Virtual Pci Express Port; VirtualFunctions=0; "
                  "AllocationUnits=count; VirtualQuantity=1; VirtualQuantityUnits=count; "
                  "ConsumerVisibility=3",
     .since = Release::w2016},
    {.name = "Msvm_SecuritySettingData",
     .parent = "CIM_SettingData",
     .keys = "InstanceID",
     .properties = "@setting; boolean: TpmEnabled KsdEnabled ShieldingRequested DataProtectionRequested "
                   "EncryptStateAndVmMigrationTraffic VirtualizationBasedSecurityOptOut",
     .constants = "Caption=Security Settings; KsdEnabled=False; DataProtectionRequested=False; "
                  "EncryptStateAndVmMigrationTraffic=False; VirtualizationBasedSecurityOptOut=False",
     .since = Release::w2016},
    {.name = "Msvm_EthernetSwitchPortOffloadSettingData",
     .parent = "Msvm_EthernetSwitchPortFeatureSettingData",
     .keys = "InstanceID",
     .properties = "@setting; uint32: IPSecOffloadLimit VMQOffloadWeight IOVOffloadWeight "
                   "IOVQueuePairsRequested IOVInterruptModeration PacketDirectModerationInterval^2016 "
                   "PacketDirectModerationCount^2016 PacketDirectNumProcs^2016 VmmqQueuePairs^2016 "
                   "VrssVmbusChannelAffinityPolicy^2019 VrssQueueSchedulingMode^2019 "
                   "VrssMinQueuePairs^2019; boolean: VmmqEnabled^2016 VrssEnabled^2016 "
                   "VrssIndependentHostSpreading^2019 VrssExcludePrimaryProcessor^2019",
     .constants = "Caption=Ethernet Switch Port Offload Settings; Description=Represents the port offload "
                  "feature setting data.; ElementName=Ethernet Switch Port Offload Settings; "
                  "IPSecOffloadLimit=512; VMQOffloadWeight=100; IOVOffloadWeight=0; "
                  "IOVQueuePairsRequested=1; IOVInterruptModeration=0; PacketDirectModerationInterval=0; "
                  "PacketDirectModerationCount=0; PacketDirectNumProcs=1; VmmqQueuePairs=16; "
                  "VmmqEnabled=False; VrssEnabled=True; VrssVmbusChannelAffinityPolicy=3; "
                  "VrssQueueSchedulingMode=2; VrssMinQueuePairs=1; VrssIndependentHostSpreading=False; "
                  "VrssExcludePrimaryProcessor=False"},
    {.name = "Msvm_ReplicationSettingData",
     .parent = "CIM_VirtualSystemSettingData",
     .keys = "InstanceID",
     .properties = "@setting; string: VirtualSystemIdentifier VirtualSystemType Notes[] ConfigurationID "
                   "ConfigurationDataRoot ConfigurationFile SnapshotDataRoot SuspendDataRoot "
                   "SwapFileDataRoot LogDataRoot RecoveryFile CertificateThumbPrint "
                   "RootCertificateThumbPrint RecoveryConnectionPoint RecoveryHostSystem "
                   "PrimaryConnectionPoint PrimaryHostSystem IncludedDisks[] ReplicationProvider^2012r2 "
                   "AdditionalSettings^2012r2; uint16: AutomaticStartupAction "
                   "AutomaticStartupActionSequenceNumber AutomaticShutdownAction AutomaticRecoveryAction "
                   "AuthenticationType RecoveryServerPortNumber "
                   "ApplicationConsistentSnapshotInterval RecoveryHistory ReplicationInterval^2012r2; "
                   "boolean: CompressionEnabled BypassProxyServer ReplicateHostKvpItems "
                   "AutoResynchronizeEnabled EnableWriteOrderPreservationAcrossDisks; datetime: "
                   "CreationTime; interval: AutomaticStartupActionDelay "
                   "AutoResynchronizeIntervalStart AutoResynchronizeIntervalEnd",
     .constants = "Caption=Replication Settings; Description=Virtual Machine Replication Settings Data; "
                  "VirtualSystemType=Microsoft:Hyper-V:Replica; AuthenticationType=1; "
                  "RecoveryServerPortNumber=80; RecoveryHistory=0; ReplicationInterval=300; "
                  "CompressionEnabled=True; BypassProxyServer=False; ReplicateHostKvpItems=True; "
                  "AutoResynchronizeEnabled=False; EnableWriteOrderPreservationAcrossDisks=True; "
                  "AutoResynchronizeIntervalStart=00000000183000.000000:000; "
                  "AutoResynchronizeIntervalEnd=00000000060000.000000:000"},
};

} // namespace

std::span<const ClassText> virtualization_hardware() noexcept { return kHardwareClasses; }

} // namespace migstorm::lab::schema
