// The providers of a host's management classes, one function per file: each registers what it answers for.
#pragma once

#include "tools/lab/provider/dispatch.hpp"
#include "tools/lab/provider/host_context.hpp"
#include "tools/lab/provider/os_facts.hpp"

namespace migstorm::lab {

void add_computer_systems(Dispatch& dispatch, const VirtContext& context);
void add_system_settings(Dispatch& dispatch, const VirtContext& context);
void add_device_settings(Dispatch& dispatch, const VirtContext& context);
void add_components(Dispatch& dispatch, const VirtContext& context);
void add_services(Dispatch& dispatch, const VirtContext& context);
void add_summary(Dispatch& dispatch, const VirtContext& context);
void add_images(Dispatch& dispatch, const VirtContext& context);
void add_resource_changes(Dispatch& dispatch, const VirtContext& context);
void add_task_jobs(Dispatch& dispatch, const VirtContext& context);
void add_links(Dispatch& dispatch, const VirtContext& context);

// root\virtualization\v2 only.
void add_replication(Dispatch& dispatch, const VirtContext& context);
void add_snapshot_links(Dispatch& dispatch, const VirtContext& context);
void add_devices(Dispatch& dispatch, const VirtContext& context);
void add_migration(Dispatch& dispatch, const VirtContext& context);
void add_migration_settings(Dispatch& dispatch, const VirtContext& context);
void add_jobs(Dispatch& dispatch, const VirtContext& context);

void add_cluster(Dispatch& dispatch, const HostContext& context);
void add_cluster_owners(Dispatch& dispatch, const HostContext& context);
void add_cluster_moves(Dispatch& dispatch, const HostContext& context);
void add_cluster_links(Dispatch& dispatch, const HostContext& context);
void add_scheduled_jobs(Dispatch& dispatch, const HostContext& context);
void add_volumes(Dispatch& dispatch, const HostContext& context);
void add_network_adapters(Dispatch& dispatch, const HostContext& context);

// root\cimv2 and root\default, of hosts and guests.
void add_operating_system(Dispatch& dispatch, const OsContext& context);
void add_event_logs(Dispatch& dispatch, const OsContext& context);
void add_files(Dispatch& dispatch, const OsContext& context);
void add_processes(Dispatch& dispatch, const OsContext& context);
void add_registry(Dispatch& dispatch, const OsContext& context);

} // namespace migstorm::lab
