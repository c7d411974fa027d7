// Properties that whole families of classes inherit, so that the tables name them once.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr Fragment kFragments[] = {
    {"element",
     "string: InstanceID Caption Description ElementName Name StatusDescriptions[] Status; datetime: "
     "InstallDate; uint16: OperationalStatus[] HealthState CommunicationStatus DetailedStatus "
     "OperatingStatus PrimaryStatus"},
    {"enabled", "uint16: EnabledState RequestedState EnabledDefault AvailableRequestedStates[] "
                "TransitioningToState; string: OtherEnabledState; datetime: TimeOfLastStateChange"},
    {"service", "string: SystemCreationClassName SystemName CreationClassName PrimaryOwnerName "
                "PrimaryOwnerContact StartMode; boolean: Started"},
    {"device", "string: SystemCreationClassName SystemName CreationClassName DeviceID ErrorDescription "
               "OtherIdentifyingInfo[] IdentifyingDescriptions[]; boolean: PowerManagementSupported "
               "ErrorCleared; uint16: PowerManagementCapabilities[] Availability StatusInfo "
               "AdditionalAvailability[]; uint32: LastErrorCode; uint64: PowerOnHours TotalPowerOnHours "
               "MaxQuiesceTime"},
    {"setting", "string: InstanceID Caption Description ElementName"},
    {"rasd", "uint16: ResourceType ConsumerVisibility MappingBehavior; string: OtherResourceType "
             "ResourceSubType PoolID HostResource[] AllocationUnits Parent Connection[] Address "
             "AddressOnParent VirtualQuantityUnits; uint64: VirtualQuantity Reservation Limit; uint32: "
             "Weight; boolean: AutomaticAllocation AutomaticDeallocation"},
    {"job", "string: JobStatus Notify Owner ErrorDescription ErrorSummaryDescription OtherRecoveryAction; "
            "datetime: TimeSubmitted ScheduledStartTime StartTime UntilTime TimeOfLastStateChange; "
            "interval: ElapsedTime RunStartInterval TimeBeforeRemoval; uint16: LocalOrUtcTime "
            "PercentComplete ErrorCode RecoveryAction JobState JobType; uint32: JobRunTimes Priority; "
            "uint8: RunMonth; sint8: RunDay RunDayOfWeek; boolean: DeleteOnCompletion Cancellable"},
    {"nic", "string: Caption Description ElementName InstanceID Name InterfaceDescription SystemName; "
            "uint32: Source"},
};

} // namespace

std::span<const Fragment> fragments() noexcept { return kFragments; }

} // namespace migstorm::lab::schema
