// root\cimv2: the operating system of a host or a guest.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kCimv2Classes[] = {
    {.name = "Win32_OperatingSystem",
     .parent = "CIM_OperatingSystem",
     .keys = "Name",
     .properties = "string: BootDevice BuildNumber BuildType Caption CodeSet CountryCode "
                   "CreationClassName CSCreationClassName CSDVersion CSName Description Locale "
                   "Manufacturer MUILanguages[] Name Organization OSArchitecture "
                   "OtherTypeDescription PlusProductID PlusVersionNumber RegisteredUser SerialNumber "
                   "Status SystemDevice SystemDirectory SystemDrive Version WindowsDirectory; "
                   "sint16: CurrentTimeZone; boolean: DataExecutionPrevention_Available "
                   "DataExecutionPrevention_32BitApplications DataExecutionPrevention_Drivers Debug "
                   "Distributed PAEEnabled Primary; uint8: DataExecutionPrevention_SupportPolicy "
                   "ForegroundApplicationBoost; uint32: EncryptionLevel LargeSystemCache "
                   "MaxNumberOfProcesses NumberOfLicensedUsers NumberOfProcesses NumberOfUsers "
                   "OperatingSystemSKU OSLanguage OSProductSuite ProductType SuiteMask; uint64: "
                   "FreePhysicalMemory FreeSpaceInPagingFiles FreeVirtualMemory MaxProcessMemorySize "
                   "SizeStoredInPagingFiles TotalSwapSpaceSize TotalVirtualMemorySize "
                   "TotalVisibleMemorySize; datetime: InstallDate LastBootUpTime LocalDateTime; "
                   "uint16: OSType ServicePackMajorVersion ServicePackMinorVersion",
     .constants = "BuildType=Multiprocessor Free; Manufacturer=Microsoft Corporation; Status=OK; "
                  "OSArchitecture=64-bit; Primary=True; Distributed=False; Debug=False; "
                  "OSLanguage=1033; Locale=0409; CountryCode=1; CodeSet=1252; SystemDrive=C:; "
                  "SystemDirectory=C:\\Windows\\system32; WindowsDirectory=C:\\Windows; "
                  "SystemDevice=\\Device\\HarddiskVolume2; BootDevice=\\Device\\HarddiskVolume1; "
                  "ProductType=3; OSProductSuite=400; SuiteMask=400; OperatingSystemSKU=8; "
                  "OSType=18; ServicePackMinorVersion=0; MUILanguages=en-US; "
                  "DataExecutionPrevention_Available=True; "
                  "DataExecutionPrevention_32BitApplications=True; "
                  "DataExecutionPrevention_Drivers=True; DataExecutionPrevention_SupportPolicy=3; "
                  "MaxProcessMemorySize=8589934464; NumberOfUsers=2; ForegroundApplicationBoost=2"},
    {.name = "Win32_ComputerSystem",
     .parent = "CIM_UnitaryComputerSystem",
     .keys = "Name",
     .properties = "uint16: AdminPasswordStatus BootOptionOnLimit BootOptionOnWatchDog "
                   "ChassisBootupState DomainRole FrontPanelResetStatus KeyboardPasswordStatus "
                   "PCSystemType PowerManagementCapabilities[] PowerOnPasswordStatus PowerState "
                   "PowerSupplyState ResetCapability SystemStartupDelay ThermalState WakeUpType; "
                   "boolean: AutomaticManagedPagefile AutomaticResetBootOption "
                   "AutomaticResetCapability BootROMSupported DaylightInEffect "
                   "EnableDaylightSavingsTime InfraredSupported NetworkServerModeEnabled "
                   "PartOfDomain PowerManagementSupported; string: BootupState Caption "
                   "CreationClassName Description DNSHostName Domain LastLoadInfo Manufacturer Model "
                   "Name NameFormat OEMStringArray[] PrimaryOwnerContact PrimaryOwnerName Roles[] "
                   "Status SupportContactDescription[] SystemStartupOptions[] SystemType UserName "
                   "Workgroup; sint16: CurrentTimeZone ResetCount ResetLimit; datetime: InstallDate; "
                   "uint32: NumberOfLogicalProcessors NumberOfProcessors; uint8: OEMLogoBitmap[] "
                   "SystemStartupSetting; sint64: PauseAfterReset; uint64: TotalPhysicalMemory",
     .constants = "Caption=; Status=OK; BootupState=Normal boot; Domain=lab.test; PartOfDomain=True; "
                  "DomainRole=3; Manufacturer=Microsoft Corporation; SystemType=x64-based PC; "
                  "NetworkServerModeEnabled=True; InfraredSupported=False; "
                  "AutomaticManagedPagefile=True; AutomaticResetBootOption=True; "
                  "AutomaticResetCapability=True; BootROMSupported=True; "
                  "EnableDaylightSavingsTime=True; DaylightInEffect=False; PowerState=0; "
                  "PowerSupplyState=3; ThermalState=3; ChassisBootupState=3; ResetCapability=1; "
                  "ResetCount=-1; ResetLimit=-1; PauseAfterReset=-1; WakeUpType=6; "
                  "AdminPasswordStatus=3; FrontPanelResetStatus=3; KeyboardPasswordStatus=3; "
                  "PowerOnPasswordStatus=3; PCSystemType=1; PrimaryOwnerName=Windows User; "
                  "Roles=LM_Workstation,LM_Server,NT,Server_NT; Description=AT/AT COMPATIBLE"},
    {.name = "Win32_ComputerSystemProduct",
     .parent = "CIM_Product",
     .keys = "IdentifyingNumber Name Version",
     .properties = "string: Caption Description IdentifyingNumber Name SKUNumber UUID Vendor Version",
     .constants = "Caption=Computer System Product; Description=Computer System Product; "
                  "Vendor=Microsoft Corporation; Version=7.0"},
    {.name = "Win32_Processor",
     .parent = "CIM_Processor",
     .keys = "DeviceID",
     .properties = "uint16: AddressWidth Architecture Availability CpuStatus CurrentVoltage "
                   "DataWidth Family Level LoadPercentage PowerManagementCapabilities[] "
                   "ProcessorType Revision StatusInfo UpgradeMethod; string: Caption "
                   "CreationClassName Description DeviceID ErrorDescription Manufacturer Name "
                   "OtherFamilyDescription PNPDeviceID ProcessorId Role SocketDesignation Status "
                   "Stepping SystemCreationClassName SystemName UniqueId Version; uint32: "
                   "ConfigManagerErrorCode CurrentClockSpeed ExtClock L2CacheSize L2CacheSpeed "
                   "L3CacheSize L3CacheSpeed LastErrorCode MaxClockSpeed NumberOfCores "
                   "NumberOfLogicalProcessors VoltageCaps; boolean: ConfigManagerUserConfig "
                   "ErrorCleared PowerManagementSupported; datetime: InstallDate",
     .constants = "AddressWidth=64; Architecture=9; Availability=3; CpuStatus=1; DataWidth=64; "
                  "Family=179; Manufacturer=GenuineIntel; Name=Intel(R) Xeon(R) CPU; "
                  "ProcessorType=3; Role=CPU; Status=OK; StatusInfo=3; UpgradeMethod=1; "
                  "CurrentClockSpeed=2400; MaxClockSpeed=2400; PowerManagementSupported=False"},
    {.name = "Win32_QuickFixEngineering",
     .parent = "CIM_LogicalElement",
     .keys = "CSName HotFixID ServicePackInEffect",
     .properties = "string: Caption Description Name Status CSName FixComments HotFixID InstalledBy "
                   "InstalledOn ServicePackInEffect; datetime: InstallDate",
     .constants = "Description=Update; InstalledBy=NT AUTHORITY\\SYSTEM; ServicePackInEffect="},
    {.name = "Win32_SystemDriver",
     .parent = "Win32_BaseService",
     .keys = "Name",
     .properties = "boolean: AcceptPause AcceptStop DesktopInteract Started; string: Caption "
                   "CreationClassName Description DisplayName ErrorControl Name PathName ServiceType "
                   "StartMode StartName State Status SystemCreationClassName SystemName; uint32: "
                   "ExitCode ServiceSpecificExitCode TagId; datetime: InstallDate",
     .constants = "AcceptPause=False; AcceptStop=True; DesktopInteract=False; ErrorControl=Normal; "
                  "ExitCode=0; ServiceSpecificExitCode=0; ServiceType=Kernel Driver; Started=True; "
                  "StartMode=Boot; State=Running; Status=OK; TagId=0"},
    {.name = "Win32_OSRecoveryConfiguration",
     .parent = "CIM_Setting",
     .keys = "Name",
     .properties = "string: Caption Description SettingID DebugFilePath ExpandedDebugFilePath "
                   "ExpandedMiniDumpDirectory MiniDumpDirectory Name; boolean: AutoReboot "
                   "KernelDumpOnly OverwriteExistingDebugFile SendAdminAlert WriteDebugInfo "
                   "WriteToSystemLog; uint32: DebugInfoType",
     .constants = "AutoReboot=True; DebugFilePath=%SystemRoot%\\MEMORY.DMP; "
                  "ExpandedDebugFilePath=C:\\Windows\\MEMORY.DMP; "
                  "MiniDumpDirectory=%SystemRoot%\\Minidump; "
                  "ExpandedMiniDumpDirectory=C:\\Windows\\Minidump; DebugInfoType=2; "
                  "KernelDumpOnly=True; OverwriteExistingDebugFile=True; SendAdminAlert=False; "
                  "WriteDebugInfo=True; WriteToSystemLog=True"},
    {.name = "CIM_DataFile",
     .parent = "CIM_LogicalFile",
     .keys = "Name",
     .properties = "uint32: AccessMask; boolean: Archive Compressed Encrypted Hidden Readable System "
                   "Writeable; string: Caption CompressionMethod CreationClassName "
                   "CSCreationClassName CSName Description Drive EightDotThreeFileName "
                   "EncryptionMethod Extension FileName FileType FSCreationClassName FSName "
                   "Manufacturer Name Path Status Version; datetime: CreationDate InstallDate "
                   "LastAccessed LastModified; uint64: FileSize InUseCount",
     .constants = "Archive=True; Compressed=False; Encrypted=False; Hidden=False; Readable=True; "
                  "System=False; Writeable=True; CSCreationClassName=Win32_ComputerSystem; "
                  "FSCreationClassName=Win32_FileSystem; FSName=NTFS; Status=OK; AccessMask=18809343",
     .methods = "Delete()"},
    {.name = "Win32_NTLogEvent",
     .keys = "Logfile RecordNumber",
     .properties = "uint16: Category EventCode; string: CategoryString ComputerName "
                   "InsertionStrings[] Logfile Message SourceName Type User; uint8: Data[] "
                   "EventType; uint32: EventIdentifier RecordNumber; datetime: TimeGenerated "
                   "TimeWritten",
     .constants = "Category=0"},
    {.name = "Win32_Process",
     .parent = "CIM_Process",
     .keys = "Handle",
     .properties = "string: Caption CommandLine CreationClassName CSCreationClassName CSName "
                   "Description ExecutablePath Handle Name OSCreationClassName OSName Status; "
                   "datetime: CreationDate; uint32: ParentProcessId Priority ProcessId SessionId "
                   "ThreadCount HandleCount; uint64: WorkingSetSize",
     .constants = "CSCreationClassName=Win32_ComputerSystem; "
                  "OSCreationClassName=Win32_OperatingSystem",
     .methods = "static Create(<CommandLine:string <CurrentDirectory:string "
                "<ProcessStartupInformation:object >ProcessId:uint32); Terminate(<Reason:uint32)"},
    {.name = "Win32_Volume",
     .parent = "CIM_StorageVolume",
     .keys = "DeviceID",
     .properties =
         "string: Caption CreationClassName Description DeviceID DriveLetter FileSystem Label Name Status "
         "SystemCreationClassName SystemName; uint64: BlockSize Capacity FreeSpace; uint32: DriveType "
         "MaximumFileNameLength SerialNumber; boolean: Automount BootVolume Compressed DirtyBitSet "
         "IndexingEnabled PageFilePresent QuotasEnabled SupportsDiskQuotas SupportsFileBasedCompression "
         "SystemVolume",
     .constants = "DriveType=3; BlockSize=4096; MaximumFileNameLength=255; Automount=True; Compressed=False; "
                  "DirtyBitSet=False; Status=OK; SystemCreationClassName=Win32_ComputerSystem"},
    {.name = "Win32_PageFileUsage",
     .parent = "CIM_LogicalElement",
     .keys = "Name",
     .properties =
         "string: Caption Description Name Status; datetime: InstallDate; uint32: AllocatedBaseSize "
         "CurrentUsage PeakUsage; boolean: TempPageFile",
     .constants = "TempPageFile=False"},
    {.name = "Win32_LogicalDisk",
     .parent = "CIM_LogicalDisk",
     .keys = "DeviceID",
     .properties =
         "string: Caption CreationClassName Description DeviceID FileSystem Name ProviderName Status "
         "SystemCreationClassName SystemName VolumeName VolumeSerialNumber; uint64: FreeSpace Size; "
         "uint32: DriveType MaximumComponentLength MediaType; boolean: Compressed "
         "SupportsFileBasedCompression VolumeDirty",
     .constants = "CreationClassName=Win32_LogicalDisk; Description=Local Fixed Disk; FileSystem=NTFS; "
                  "DriveType=3; MediaType=12; MaximumComponentLength=255; Compressed=False; "
                  "SupportsFileBasedCompression=True; SystemCreationClassName=Win32_ComputerSystem"},
    {.name = "Win32_ScheduledJob",
     .parent = "CIM_Job",
     .keys = "JobId",
     .properties =
         "string: Caption Command Description JobStatus Name Notify Owner Status; uint32: DaysOfMonth "
         "DaysOfWeek JobId Priority; boolean: InteractWithDesktop RunRepeatedly; datetime: ElapsedTime "
         "InstallDate StartTime TimeSubmitted UntilTime",
     .constants = "JobStatus=Success; Status=OK; RunRepeatedly=False; InteractWithDesktop=False",
     .methods = "static Create(<Command:string <StartTime:datetime <RunRepeatedly:boolean <DaysOfWeek:uint32 "
                "<DaysOfMonth:uint32 <InteractWithDesktop:boolean >JobId:uint32); Delete()"},
    {.name = "Win32_PerfRawData_HvStats_HyperVHypervisorVirtualProcessor",
     .parent = "Win32_PerfRawData",
     .keys = "Name",
     .properties = "uint64: AddressDomainFlushesPersec AddressSpaceEvictionsPersec "
                   "AddressSpaceFlushesPersec AddressSpaceSwitchesPersec APICEOIAccessesPersec "
                   "APICIPIsSentPersec APICMMIOAccessesPersec APICSelfIPIsSentPersec "
                   "APICTPRAccessesPersec ControlRegisterAccessesCost "
                   "ControlRegisterAccessesCost_Base ControlRegisterAccessesPersec "
                   "CPUIDInstructionsCost CPUIDInstructionsCost_Base CPUIDInstructionsPersec "
                   "CPUWaitTimePerDispatch CPUWaitTimePerDispatch_Base DebugRegisterAccessesCost "
                   "DebugRegisterAccessesCost_Base DebugRegisterAccessesPersec "
                   "EmulatedInstructionsCost EmulatedInstructionsCost_Base "
                   "EmulatedInstructionsPersec ExternalInterruptsCost ExternalInterruptsCost_Base "
                   "ExternalInterruptsPersec Frequency_Object Frequency_PerfTime Frequency_Sys100NS "
                   "GlobalGVARangeFlushesPersec GPASpaceHypercallsPersec GuestPageTableMapsPersec "
                   "HardwareInterruptsPersec HLTInstructionsCost HLTInstructionsCost_Base "
                   "HLTInstructionsPersec HypercallsCost HypercallsCost_Base HypercallsPersec "
                   "IOInstructionsCost IOInstructionsCost_Base IOInstructionsPersec "
                   "IOInterceptMessagesPersec LargePageTLBFillsPersec LocalFlushedGVARangesPersec "
                   "LogicalProcessorDispatchesPersec LogicalProcessorHypercallsPersec "
                   "LogicalProcessorMigrationsPersec LongSpinWaitHypercallsPersec "
                   "MemoryInterceptMessagesPersec MSRAccessesCost MSRAccessesCost_Base "
                   "MSRAccessesPersec MWAITInstructionsCost MWAITInstructionsCost_Base "
                   "MWAITInstructionsPersec NestedPageFaultInterceptsCost "
                   "NestedPageFaultInterceptsCost_Base NestedPageFaultInterceptsPersec "
                   "OtherHypercallsPersec OtherInterceptsCost OtherInterceptsCost_Base "
                   "OtherInterceptsPersec OtherMessagesPersec PageFaultInterceptsCost "
                   "PageFaultInterceptsCost_Base PageFaultInterceptsPersec PageInvalidationsCost "
                   "PageInvalidationsCost_Base PageInvalidationsPersec PageTableAllocationsPersec "
                   "PageTableEvictionsPersec PageTableReclamationsPersec PageTableResetsPersec "
                   "PageTableValidationsPersec PageTableWriteInterceptsPersec PendingInterruptsCost "
                   "PendingInterruptsCost_Base PendingInterruptsPersec PercentGuestRunTime "
                   "PercentGuestRunTime_Base PercentHypervisorRunTime PercentHypervisorRunTime_Base "
                   "PercentRemoteRunTime PercentRemoteRunTime_Base PercentTotalRunTime "
                   "PercentTotalRunTime_Base ReflectedGuestPageFaultsPersec SmallPageTLBFillsPersec "
                   "SyntheticInterruptHypercallsPersec SyntheticInterruptsPersec Timestamp_Object "
                   "Timestamp_PerfTime Timestamp_Sys100NS TotalInterceptsCost "
                   "TotalInterceptsCost_Base TotalInterceptsPersec TotalMessagesPersec "
                   "VirtualInterruptHypercallsPersec VirtualInterruptsPersec "
                   "VirtualMMUHypercallsPersec VirtualProcessorHypercallsPersec; string: Caption "
                   "Description Name"},
};

} // namespace

std::span<const ClassText> cimv2() noexcept { return kCimv2Classes; }

} // namespace migstorm::lab::schema
