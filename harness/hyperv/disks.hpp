// Virtual disks: where they are attached, what they are, and how big their files are.
#pragma once

#include "harness/hyperv/host.hpp"

#include <vector>

namespace migstorm::hyperv {

// Adds controllers and attached disks to the guests: one query per class for the whole host.
Task<Status> read_attachments(Host& host, KnownPtr known, std::vector<GuestFacts>& guests);

// Fills in type, format and sizes of the guests' disks: one method call per disk, a few at once, and one
// query for the file sizes. A disk that the host cannot describe stays unknown.
Task<Status> describe_disks(Host& host, KnownPtr known, std::vector<GuestFacts>& guests);

// What the host's image service says of a disk file: Msvm_VirtualHardDiskSettingData, in v1
// Msvm_VirtualHardDiskInfo. Null: it cannot tell.
using FileDescription = std::shared_ptr<const wsman::Instance>;
Task<Result<FileDescription>> describe_file(Host& host, KnownPtr known, std::string path);

// One query for up to some hundred paths. Files that the host does not see are left out; paths come back as
// given.
Task<Result<std::vector<DiskSize>>> read_disk_sizes(Host& host, std::vector<std::string> paths);

} // namespace migstorm::hyperv
