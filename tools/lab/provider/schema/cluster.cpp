// root\MSCluster, on nodes of the cluster only. Methods answer nothing, or with a WMI error.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kClusterClasses[] = {
    {.name = "MSCluster_Cluster",
     .parent = "CIM_Cluster",
     .keys = "Name",
     .properties = "string: Name Caption Description Status; datetime: InstallDate; string: "
                   "ClusterInstanceID Fqdn; uint32: MaximumNumberOfNodes "
                   "MaximumParallelMigrations^2022 AutoBalancerMode^2016 AutoBalancerLevel^2016; object: "
                   "PrivateProperties CommonProperties",
     .constants =
         "Caption=Cluster; Status=OK; MaximumNumberOfNodes=64; AutoBalancerMode=2; AutoBalancerLevel=1",
     .methods = "AddVirtualMachine(<VirtualMachine:string)"},
    {.name = "MSCluster_Node",
     .parent = "CIM_UnitaryComputerSystem",
     .keys = "Name",
     .properties =
         "string: Name Caption Description Status; datetime: InstallDate; string: "
         "NodeInstanceID; uint32: State NodeWeight DynamicWeight^2012r2 MajorVersion "
         "MinorVersion BuildNumber StatusInformation^2016; object: PrivateProperties CommonProperties",
     .constants = "Caption=Node; Status=OK; NodeWeight=1; DynamicWeight=1"},
    {.name = "MSCluster_ResourceGroup",
     .parent = "CIM_CollectionOfMSEs",
     .keys = "Name",
     .properties = "string: Name Caption Description Status; datetime: InstallDate; string: "
                   "OwnerNode ID AntiAffinityClassNames[]; uint32: State GroupType Priority^2012; uint64: "
                   "StatusInformation; object: PrivateProperties CommonProperties",
     .constants = "Caption=Resource Group; Status=OK; GroupType=111; Priority=2000; "
                  "StatusInformation=0",
     .methods = "MoveToNewNode(<NodeName:string <TimeOut:uint32); "
                "MoveToNewNodeParams^2012(<NodeName:string <Parameters[]:uint8 <Flags:uint32); "
                "MoveToNewNodeEx^2012(<NodeName:string <Parameters:object <Flags:uint32); "
                "DestroyGroup(<Options:uint32); BringOnline(<TimeOut:uint32); "
                "TakeOffline(<TimeOut:uint32); GetPreferredOwners^2012(>NodeNames[]:string)"},
    {.name = "MSCluster_Resource",
     .parent = "CIM_LogicalElement",
     .keys = "Name",
     .properties = "string: Name Caption Description Status; datetime: InstallDate; string: Type "
                   "OwnerNode OwnerGroup ID; uint32: State IsAlivePollInterval "
                   "LooksAlivePollInterval PersistentState RestartAction RestartThreshold RestartPeriod; "
                   "uint64: StatusInformation; object: "
                   "PrivateProperties CommonProperties",
     .constants =
         "Caption=Resource; Status=OK; IsAlivePollInterval=4294967295; "
         "LooksAlivePollInterval=4294967295; PersistentState=1; RestartAction=2; RestartThreshold=1; "
         "RestartPeriod=900000; StatusInformation=0",
     .methods = "ExecuteResourceControl(<ControlCode:sint32 <InputBuffer[]:uint8 "
                ">OutputBuffer[]:uint8 >OutputBufferSize:sint32); UpdateVirtualMachine^2012(); "
                "BringOnline(<TimeOut:uint32); TakeOffline(<TimeOut:uint32); FailResource(); "
                "GetPossibleOwners^2012(>NodeNames[]:string)"},
    {.name = "MSCluster_ClusterSharedVolume",
     .parent = "CIM_LogicalElement",
     .keys = "Name",
     .properties = "string: Name Caption Description Status; datetime: InstallDate; string: "
                   "VolumeName; uint32: Flags Characteristics FaultState BackupState; uint64: "
                   "VolumeOffset",
     .constants = "Caption=Cluster Shared Volume; Status=OK; Flags=0; Characteristics=0; "
                  "BackupState=0; VolumeOffset=1048576",
     .methods = "MoveToNewHost(<NodeName:string); TurnOnMaintenance(); TurnOffMaintenance(); "
                "TurnOnRedirectedAccess(); TurnOffRedirectedAccess()"},
    {.name = "MSCluster_Property", .properties = "string: Name; uint32: Type Value"},
    {.name = "MSCluster_Property_Resource_Private_Virtual_Machine",
     .properties = "string: VmID; uint32: VmState OfflineAction CheckHeartbeat MigrationState "
                   "MigrationProgress MigrationFailureReason",
     .constants = "OfflineAction=1; MigrationState=0; MigrationProgress=0; MigrationFailureReason=0"},
    {.name = "MSCluster_Property_Cluster_Common", .properties = "uint32: MaximumParallelMigrations^2022"},
    {.name = "MSCluster_NodeToActiveGroup",
     .parent = "CIM_Component",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
    {.name = "MSCluster_NodeToActiveResource",
     .parent = "CIM_Component",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
    {.name = "MSCluster_ResourceGroupToResource",
     .parent = "CIM_Component",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
    {.name = "MSCluster_ResourceToPossibleOwner",
     .parent = "CIM_Component",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
    {.name = "MSCluster_ResourceGroupToPreferredNode",
     .parent = "CIM_Component",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
    {.name = "MSCluster_ClusterToNode",
     .parent = "CIM_Component",
     .keys = "GroupComponent PartComponent",
     .properties = "ref: GroupComponent PartComponent",
     .association = true},
};

} // namespace

std::span<const ClassText> cluster() noexcept { return kClusterClasses; }

} // namespace migstorm::lab::schema
