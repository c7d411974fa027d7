#include <migstorm/hyperv.hpp>

namespace migstorm::hyperv {

std::string_view to_string(EnabledState value) noexcept {
  switch (value) {
  case EnabledState::unknown:
    return "Unknown";
  case EnabledState::other:
    return "Other";
  case EnabledState::enabled:
    return "Enabled";
  case EnabledState::disabled:
    return "Disabled";
  case EnabledState::shutting_down:
    return "Shutting Down";
  case EnabledState::not_applicable:
    return "Not Applicable";
  case EnabledState::enabled_but_offline:
    return "Enabled but Offline";
  case EnabledState::in_test:
    return "In Test";
  case EnabledState::deferred:
    return "Deferred";
  case EnabledState::quiesce:
    return "Quiesce";
  case EnabledState::starting:
    return "Starting";
  case EnabledState::saving:
    return "Saving";
  case EnabledState::pausing:
    return "Pausing";
  case EnabledState::resuming:
    return "Resuming";
  case EnabledState::fast_saved:
    return "FastSaved";
  case EnabledState::fast_saving:
    return "FastSaving";
  case EnabledState::running_critical:
    return "RunningCritical";
  case EnabledState::off_critical:
    return "OffCritical";
  case EnabledState::stopping_critical:
    return "StoppingCritical";
  case EnabledState::saved_critical:
    return "SavedCritical";
  case EnabledState::paused_critical:
    return "PausedCritical";
  case EnabledState::starting_critical:
    return "StartingCritical";
  case EnabledState::reset_critical:
    return "ResetCritical";
  case EnabledState::saving_critical:
    return "SavingCritical";
  case EnabledState::pausing_critical:
    return "PausingCritical";
  case EnabledState::resuming_critical:
    return "ResumingCritical";
  case EnabledState::fast_saved_critical:
    return "FastSavedCritical";
  case EnabledState::fast_saving_critical:
    return "FastSavingCritical";
  }
  return "Unknown";
}

std::string_view to_string(Heartbeat value) noexcept {
  switch (value) {
  case Heartbeat::unknown:
    return "Unknown";
  case Heartbeat::ok:
    return "OK";
  case Heartbeat::degraded:
    return "Degraded";
  case Heartbeat::error:
    return "Error";
  case Heartbeat::non_recoverable_error:
    return "Non-Recoverable Error";
  case Heartbeat::no_contact:
    return "No Contact";
  case Heartbeat::lost_communication:
    return "Lost Communication";
  case Heartbeat::paused:
    return "Paused";
  }
  return "Unknown";
}

std::string_view to_string(JobState value) noexcept {
  switch (value) {
  case JobState::new_job:
    return "New";
  case JobState::starting:
    return "Starting";
  case JobState::running:
    return "Running";
  case JobState::suspended:
    return "Suspended";
  case JobState::shutting_down:
    return "Shutting Down";
  case JobState::completed:
    return "Completed";
  case JobState::terminated:
    return "Terminated";
  case JobState::killed:
    return "Killed";
  case JobState::exception:
    return "Exception";
  case JobState::service:
    return "Service";
  case JobState::completed_with_warnings:
    return "Completed with Warnings";
  }
  return "Unknown";
}

std::string_view to_string(GroupState value) noexcept {
  switch (value) {
  case GroupState::unknown:
    return "Unknown";
  case GroupState::online:
    return "Online";
  case GroupState::offline:
    return "Offline";
  case GroupState::failed:
    return "Failed";
  case GroupState::partial_online:
    return "PartialOnline";
  case GroupState::pending:
    return "Pending";
  }
  return "Unknown";
}

std::string_view to_string(EventLog log) noexcept {
  switch (log) {
  case EventLog::worker:
    return "worker";
  case EventLog::vmms:
    return "vmms";
  case EventLog::high_availability:
    return "high-availability";
  case EventLog::integration:
    return "integration";
  case EventLog::system:
    break;
  }
  return "system";
}

std::string_view to_string(GuestEventKind kind) noexcept {
  switch (kind) {
  case GuestEventKind::bugcheck:
    return "bugcheck";
  case GuestEventKind::unclean_start:
    return "unclean start";
  case GuestEventKind::unclean_shutdown:
    return "unclean shutdown";
  case GuestEventKind::dump_not_prepared:
    return "no crash dump can be written";
  case GuestEventKind::dump_failed:
    break;
  }
  return "the crash dump was not written";
}

std::string_view to_string(NodeState value) noexcept {
  switch (value) {
  case NodeState::up:
    return "up";
  case NodeState::down:
    return "down";
  case NodeState::paused:
    return "paused";
  case NodeState::joining:
    return "joining";
  case NodeState::unknown:
    break;
  }
  return "unknown";
}

std::string_view to_string(Via via) noexcept { return via == Via::wmi ? "wmi" : "cluster"; }

std::string_view to_string(ClusterRoute route) noexcept {
  switch (route) {
  case ClusterRoute::none:
    return "none";
  case ClusterRoute::move_params:
    return "the cluster's live move";
  case ClusterRoute::resource_control:
    return "the control code of the virtual machine's resource";
  case ClusterRoute::scheduled_job:
    return "a job that runs the cluster's cmdlet once";
  }
  return "none";
}

} // namespace migstorm::hyperv
