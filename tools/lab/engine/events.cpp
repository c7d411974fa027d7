#include "tools/lab/engine/events.hpp"

#include <utility>

namespace migstorm::lab {
namespace {

using Fields = std::vector<std::string_view>;

constexpr std::string_view kWorker = "Microsoft-Windows-Hyper-V-Worker";
constexpr std::string_view kWorkerGuid = "{51DDFA29-D5C8-4803-BE4B-2ECB715570FE}";
constexpr std::string_view kVmms = "Microsoft-Windows-Hyper-V-VMMS";
constexpr std::string_view kVmmsGuid = "{6066F867-7CA1-4418-85FD-36E3F9C0600C}";
constexpr std::string_view kHighAvailability = "Microsoft-Windows-Hyper-V-High-Availability";
constexpr std::string_view kComponents = "Microsoft-Windows-Hyper-V-Integration-KvpExchange";
constexpr std::string_view kErrorReporting = "Microsoft-Windows-WER-SystemErrorReporting";
constexpr std::string_view kErrorReportingGuid = "{abce23e7-de45-4366-8631-84fa6c525952}";
constexpr std::string_view kKernelPower = "Microsoft-Windows-Kernel-Power";
constexpr std::string_view kKernelPowerGuid = "{331C3B3A-2005-44C2-AC5E-77220C37D6B4}";
constexpr std::string_view kClustering = "Microsoft-Windows-FailoverClustering";

constexpr std::string_view kCrashText =
    "'%1' has encountered a fatal error.  The guest operating system reported that it failed with the "
    "following "
    "error codes: ErrorCode0: %3, ErrorCode1: %4, ErrorCode2: %5, ErrorCode3: %6, ErrorCode4: %7.  If the "
    "problem "
    "persists, contact Product Support for the guest operating system. (Virtual machine ID %2)";
constexpr std::string_view kCrashTextPreOs =
    "'%1' has encountered a fatal error.  The guest operating system reported that it failed with the "
    "following "
    "error codes: ErrorCode0: %3, ErrorCode1: %4, ErrorCode2: %5, ErrorCode3: %6, ErrorCode4: %7, PreOSId: "
    "%8.  If "
    "the problem persists, contact Product Support for the guest operating system. (Virtual machine ID %2)";
constexpr std::string_view kBugcheckText = "The computer has rebooted from a bugcheck.  The bugcheck was: "
                                           "%1. A dump was saved in: %2. Report Id: %3.";
constexpr std::string_view kComponentsText =
    "Hyper-V Data Exchange connected to virtual machine '%1', but the version does not match the version "
    "expected by "
    "Hyper-V (Virtual machine ID %2). Framework version: Negotiated (%3) - Expected (%4).";
constexpr std::string_view kUncleanStartText = "The system has rebooted without cleanly shutting down first. "
                                               "This error could be caused if the system stopped "
                                               "responding, crashed, or lost power unexpectedly.";

EventKind worker(std::uint32_t id, std::uint8_t level, Fields fields, std::string_view message) {
  return {id,   Channel::worker_admin, kWorker, kWorkerGuid, kWorker, level, 0,
          true, std::move(fields),     message};
}

EventKind vmms(std::uint32_t id, std::uint8_t level, Fields fields, std::string_view message) {
  return {id, Channel::vmms_admin, kVmms, kVmmsGuid, kVmms, level, 0, true, std::move(fields), message};
}

EventKind role(std::uint32_t id, Fields fields, std::string_view message) {
  return {id,
          Channel::high_availability_admin,
          kHighAvailability,
          "",
          kHighAvailability,
          2,
          0,
          true,
          std::move(fields),
          message};
}

EventKind components(Channel channel) {
  return {4010,
          channel,
          kComponents,
          "",
          kComponents,
          3,
          0,
          true,
          {"VmName", "VmId", "Negotiated", "Expected"},
          kComponentsText};
}

EventKind system(std::uint32_t id, std::uint8_t level, std::string_view source, Fields fields,
                 std::string_view message) {
  return {id, Channel::system, source, "", source, level, 0, false, std::move(fields), message};
}

EventKind bugcheck(std::string_view source) {
  return {1001,
          Channel::system,
          kErrorReporting,
          kErrorReportingGuid,
          source,
          2,
          0,
          false,
          {"param1", "param2", "param3"},
          kBugcheckText};
}

EventKind unclean_start(std::uint8_t version, Fields more) {
  Fields fields = {"BugcheckCode",       "BugcheckParameter1", "BugcheckParameter2",   "BugcheckParameter3",
                   "BugcheckParameter4", "SleepInProgress",    "PowerButtonTimestamp", "BootAppStatus"};
  fields.insert(fields.end(), more.begin(), more.end());
  return {41, Channel::system, kKernelPower, kKernelPowerGuid,  kKernelPower,
          1,  version,         false,        std::move(fields), kUncleanStartText};
}

// In the order of Event.
std::vector<EventKind> make_kinds() {
  const Fields guest = {"VmName", "VmId"};
  const Fields crash = {"VmName",       "VmId",         "VmErrorCode0", "VmErrorCode1",
                        "VmErrorCode2", "VmErrorCode3", "VmErrorCode4"};
  Fields crash_preos = crash;
  crash_preos.push_back("PreOSId");
  const Fields move = {"Parameter0", "Parameter1", "Parameter2"};
  return {
      worker(18500, 4, guest, "'%1' started successfully. (Virtual machine ID %2)"),
      worker(18514, 4, guest, "'%1' was reset by the guest operating system. (Virtual machine ID %2)"),
      worker(18590, 1, crash, kCrashText),
      worker(18590, 1, crash_preos, kCrashTextPreOs),
      worker(18602, 4, guest,
             "'%1' has successfully written a memory dump after a fatal error. (Virtual machine ID %2)"),
      vmms(20414, 4, move,
           "Virtual Machine Management service initiated the live migration of virtual machine '%1' to "
           "destination "
           "host '%3' (VMID %2)."),
      vmms(20415, 4, move,
           "Virtual Machine Management service successfully completed the live migration of virtual machine "
           "'%1' "
           "with a blackout time of %3 seconds (VMID %2)."),
      vmms(20416, 3, move, "The live migration of virtual machine '%1' to '%3' was cancelled (VMID %2)."),
      vmms(20417, 3, move,
           "Virtual Machine Management service completed the live migration of virtual machine '%1' with an "
           "unexpectedly long blackout time of %3 seconds (VMID %2)."),
      vmms(21024, 2, move,
           "Virtual machine migration operation for '%1' failed at migration source. (Virtual machine ID %2) "
           "(%3)"),
      vmms(21502, 2, move, "Live migration of 'Virtual Machine %1' failed: %3 (Virtual machine ID %2)"),
      vmms(21501, 3, {"Parameter0", "Parameter1", "Parameter2"},
           "The migration of virtual machine '%1' was not started because the limit of %3 simultaneous "
           "migrations "
           "was reached (Virtual machine ID %2)."),
      role(21111, {"Parameter0", "Parameter1"}, "Live migration of 'Virtual Machine %1' failed."),
      role(21502, move, "Live migration of 'Virtual Machine %1' failed: %3 (Virtual machine ID %2)"),
      components(Channel::integration_admin),
      components(Channel::worker_admin),
      bugcheck("BugCheck"),
      bugcheck(kErrorReporting),
      unclean_start(2, {}),
      unclean_start(4, {"Checkpoint", "ConnectedStandbyInProgress", "SystemSleepTransitionsToOn",
                        "CsEntryScenarioInstanceId"}),
      system(6008, 2, "EventLog", {"", ""}, "The previous system shutdown at %1 on %2 was unexpected."),
      system(6005, 4, "EventLog", {}, "The Event log service was started."),
      system(1135, 1, kClustering, {"NodeName"},
             "Cluster node '%1' was removed from the active failover cluster membership."),
      system(5120, 2, kClustering, {"VolumeName", "ResourceName", "ErrorCode"},
             "Cluster Shared Volume '%1' ('%2') has entered a paused state because of '%3'. All I/O will be "
             "queued until a path to the volume is reestablished."),
      worker(18502, 4, guest, "'%1' was turned off. (Virtual machine ID %2)"),
      worker(18512, 4, guest, "'%1' was reset. (Virtual machine ID %2)"),
      worker(18604, 2, guest,
             "'%1' could not write a memory dump after a fatal error. (Virtual machine ID %2)"),
      system(161, 2, "volmgr", {"DeviceName"},
             "Dump file creation failed due to error during dump creation."),
      system(6006, 4, "EventLog", {}, "The Event log service was stopped."),
  };
}

} // namespace

const EventKind& kind_of(Event event) noexcept {
  static const std::vector<EventKind> kKinds = make_kinds();
  return kKinds[static_cast<std::size_t>(event)];
}

void EventLog::write(Instant at, Event event, std::vector<std::string> strings) {
  if (records_.size() == kLogRecordsMax) {
    records_.pop_front();
  }
  records_.push_back({++written_, at, &kind_of(event), std::move(strings)});
}

} // namespace migstorm::lab
