// The one door: every call that changes a machine is in changes.cpp, each with its conditions. Each leaves
// once and is never repeated; Errc::unknown_outcome says that it may have been carried out.
//
// There is no other call here on purpose: a group's plain move takes its guest down, and power states, nodes,
// volumes, checkpoints and service settings are nobody's business but their owners'.
#pragma once

#include "harness/hyperv/devices.hpp"
#include "harness/hyperv/host.hpp"
#include "harness/hyperv/move_job.hpp"

#include <migstorm/lab_file.hpp>

namespace migstorm::hyperv {

// Msvm_VirtualSystemMigrationService.MigrateVirtualSystemToHost, memory only, on the source. Refused: a guest
// that is in a cluster (moved behind its back it is lost to the cluster), a host that knows no such service
// (v1).
Task<Result<wsman::InvokeResult>> request_live_move(Host& source, KnownPtr known, GuestId guest,
                                                    std::string destination,
                                                    std::vector<std::string> destination_addresses);

// MSCluster_ResourceGroup.MoveToNewNodeParams with the property list that makes it a live move. Refused: a
// group in which the cluster shows no virtual machine, a node older than 2012.
Task<Result<wsman::InvokeResult>> request_group_move(Host& node, KnownPtr known, std::string group,
                                                     std::string destination);

// The two ways of 2008 R2, where MoveToNewNodeParams is not known yet. Both are assumptions: the control
// codes are documented for the cluster's own interface only, and that WMI passes them on has not been seen on
// a host.
//
// MSCluster_Resource.ExecuteResourceControl with CLUSCTL_RESOURCE_VM_START_MIGRATION. Refused: a node of 2012
// or later, and a group whose resource of type "Virtual Machine" is not known (to a resource of type "Virtual
// Machine Configuration" the same number means another thing).
Task<Result<wsman::InvokeResult>> request_resource_move(Host& node, KnownPtr known, std::string group,
                                                        std::string destination);
// CLUSCTL_RESOURCE_VM_CANCEL_MIGRATION.
Task<Result<wsman::InvokeResult>> request_resource_move_end(Host& node, KnownPtr known, std::string resource);
// Win32_ScheduledJob.Create at the owner node; `job` is from move_job(). Conditions as above.
Task<Result<wsman::InvokeResult>> request_move_job(Host& node, KnownPtr known, std::string group,
                                                   MoveJob job);
// Deletes a job of ours that has not run yet.
Task<Result<wsman::InvokeResult>> request_move_job_end(Host& node, KnownPtr known, std::string job);

// Not a change: asks a resource its type by a control code that only reads, and so tells whether this node
// passes control codes on. false: it does not.
Task<Result<bool>> passes_control_codes(Host& node, std::string resource);

// Disk files of ours: the name begins with kOwnPrefix, the path is a whole one, the ending one that the
// release has. Everything else is refused.
bool is_own_file(std::string_view path) noexcept;
// Msvm_ImageManagementService.CreateVirtualHardDisk; in v1 CreateDynamicVirtualHardDisk or its fixed twin.
// Nothing is written over: hosts refuse where a file is. Refused: where `leave_free` would not stay free, or
// the host does not tell what is.
Task<Result<wsman::InvokeResult>> request_file(Host& host, KnownPtr known, OwnFile file);
// CIM_DataFile.Delete.
Task<Result<wsman::InvokeResult>> request_file_end(Host& host, std::string path);
// Msvm_VirtualSystemManagementService.AddResourceSettings; in v1 AddVirtualSystemResources. Refused: a
// controller or drive of another guest, a file that is not ours.
Task<Result<wsman::InvokeResult>> request_drive(Host& host, KnownPtr known, GuestId guest, FreeSlot place);
Task<Result<wsman::InvokeResult>> request_image(Host& host, KnownPtr known, GuestId guest, std::string drive,
                                                std::string path);
// RemoveResourceSettings. Refused: an image whose file is not ours; a drive that is not empty, or that is not
// named as the one that held an image of ours.
Task<Result<wsman::InvokeResult>> request_image_end(Host& host, KnownPtr known, GuestId guest,
                                                    DeviceSetting image);
Task<Result<wsman::InvokeResult>> request_drive_end(Host& host, KnownPtr known, GuestId guest,
                                                    std::vector<DeviceSetting> devices, std::string drive);
// Tells the cluster that a virtual machine's devices changed; without it a later move fails or loses the
// disk. MSCluster_Resource.UpdateVirtualMachine; on 2008 R2 CLUSCTL_RESOURCE_VM_CONFIG_UPDATE, an assumption
// like the control codes above. Refused: a resource of another type than "Virtual Machine Configuration", to
// which the number means another thing.
struct ClusterResource {
  std::string name;
  std::string type;
};
Task<Result<wsman::InvokeResult>> request_configuration_update(Host& node, KnownPtr known,
                                                               ClusterResource resource);

// What a host told about a guest that is to be crashed, a moment ago.
struct CanarySeen {
  GuestId id;
  EnabledState state = EnabledState::unknown;
  bool migrating = false;
  GuestId notes_of; // whose settings the Notes are from
  std::string notes;
};
// Msvm_ComputerSystem.InjectNonMaskableInterrupt: the guest bugchecks. Refused: a guest or Notes of another
// GUID than asked for, Notes without the mark, a mark that does not end with kCanarySuffix (that of guests
// that are moved never does it), a guest that is not running or is on its way, a host before 2012 R2.
Task<Result<wsman::InvokeResult>> request_canary_crash(Host& owner, KnownPtr known, GuestId guest,
                                                       CanarySeen seen, std::string mark);

// Msvm_MigrationJob.RequestStateChange(Terminate): the clean end of a move of ours.
Task<Result<wsman::InvokeResult>> request_move_end(Host& source, KnownPtr known, std::string job);

} // namespace migstorm::hyperv
