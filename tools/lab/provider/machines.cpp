// Puts a host or a guest together from the providers.
#include "tools/lab/engine/machines.hpp"

#include "tools/lab/provider/disk_files.hpp"
#include "tools/lab/provider/machine.hpp"
#include "tools/lab/provider/providers.hpp"

namespace migstorm::lab {

namespace {

void add_virtualization(Dispatch& dispatch, const VirtContext& context) {
  add_computer_systems(dispatch, context);
  add_system_settings(dispatch, context);
  add_device_settings(dispatch, context);
  add_components(dispatch, context);
  add_services(dispatch, context);
  add_summary(dispatch, context);
  add_images(dispatch, context);
  add_links(dispatch, context);
  add_resource_changes(dispatch, context);
  add_task_jobs(dispatch, context);
  if (!context.v1()) {
    add_snapshot_links(dispatch, context);
    add_replication(dispatch, context);
    add_devices(dispatch, context);
    add_migration(dispatch, context);
    add_migration_settings(dispatch, context);
    add_jobs(dispatch, context);
  }
}

void add_windows(Dispatch& dispatch, const OsContext& context) {
  add_operating_system(dispatch, context);
  add_event_logs(dispatch, context);
  add_files(dispatch, context);
  add_processes(dispatch, context);
  add_registry(dispatch, context);
}

void add_subscriptions(MachineParts& parts, const OsContext& context, bool allowed) {
  parts.facts = context.facts;
  parts.own_civil = [context](Instant at) { return context.model().civil(at + context.facts().clock); };
  parts.now = [context] { return context.model().now(); };
  if (allowed) {
    parts.logs = context.logs;
  }
}

// Which Hyper-V channels there are. That 2016 has no more integration channel, and that only nodes have the
// one of high availability, is unverified.
bool has_channel(const Host& host, Channel channel) {
  return (channel != Channel::integration_admin || host.release < Release::w2016) &&
         (channel != Channel::high_availability_admin || host.clustered);
}

// What the host itself and the guests that run there leave.
std::uint64_t memory_left(const HostContext& host) {
  constexpr std::uint64_t kOwnMib = 4096;
  std::uint64_t used = kOwnMib;
  for (const GuestIndex guest : host.model().guests_on(host.index())) {
    used += host.guest(guest).power == Power::running ? host.guest(guest).memory_mib : 0;
  }
  return host.host().memory_mib - std::min(host.host().memory_mib, used);
}

OsContext host_windows(const HostContext& host) {
  OsContext context(host.model(), host.schema());
  context.facts = [host] {
    const auto& at = host.host();
    OsFacts facts;
    facts.name = at.name;
    facts.release = at.release;
    facts.booted = at.booted;
    facts.created = at.booted;
    facts.boots = at.boots;
    facts.clock = at.clock;
    facts.memory_mib = at.memory_mib;
    facts.memory_free_mib = memory_left(host);
    facts.processors = at.processors;
    facts.hotfixes = &at.hotfixes;
    return facts;
  };
  for (std::size_t i = 0; i < kChannels; ++i) {
    const auto channel = static_cast<Channel>(i);
    if (!has_channel(host.host(), channel)) {
      continue;
    }
    context.logs.push_back(
        {std::string(name_of(channel)), [host, channel]() -> const std::deque<EventRecord>& {
           return host.model().host_log(host.index(), channel);
         }});
  }
  context.files = [host](const Wanted& wanted, const std::function<void(const OsFile&)>& each) {
    each_disk_file(host, [&](const DiskFile& file) {
      if (wanted(file.disk->path)) {
        each({file.disk->path, size_of(host, file), {}, host.model().now()});
      }
    });
  };
  context.delete_file = [host](const std::string& path) {
    return host.model().delete_file(host.index(), path);
  };
  return context;
}

OsContext guest_windows(Model& model, GuestIndex index, const Schema& schema) {
  OsContext context(model, schema);
  context.facts = [&model, index] {
    const auto& guest = model.guests()[index];
    OsFacts facts;
    facts.name = guest.name;
    facts.release = guest.release;
    facts.guest = true;
    facts.physical_host = model.hosts()[guest.host].fqdn;
    facts.system_id = guest.id;
    facts.created = guest.created;
    facts.booted = guest.booted;
    facts.boots = guest.boots;
    facts.clock = guest.clock;
    facts.memory_mib = guest.memory_mib;
    facts.memory_free_mib = guest.memory_mib / 2;
    facts.processors = guest.processors;
    facts.hotfixes = &guest.hotfixes;
    facts.dumps = guest.dumps;
    return facts;
  };
  context.logs.push_back(
      {"System", [&model, index]() -> const std::deque<EventRecord>& { return model.guest_log(index); }});
  return context;
}

} // namespace

std::unique_ptr<cim::Machine> make_host_machine(Model& model, HostIndex index) {
  const HostContext context(model, index);
  const auto& host = context.host();
  MachineParts parts;
  parts.name = host.name;
  parts.release = host.release;
  parts.namespaces = {kCimv2, kDefault};
  const OsContext windows = host_windows(context);
  add_windows(parts.dispatch, windows);
  add_subscriptions(parts, windows, model.config().hosts[index].subscriptions);
  add_scheduled_jobs(parts.dispatch, context);
  add_volumes(parts.dispatch, context);
  for (const auto ns : {kVirtualizationV2, kVirtualizationV1}) {
    if (context.schema().has_namespace(ns)) {
      parts.namespaces.push_back(ns);
      add_virtualization(parts.dispatch, VirtContext(context, ns));
    }
  }
  if (context.schema().has_namespace(kStandardCimv2)) {
    parts.namespaces.push_back(kStandardCimv2);
    add_network_adapters(parts.dispatch, context);
  }
  if (host.clustered && context.schema().has_namespace(kHyperVCluster)) {
    parts.namespaces.push_back(kHyperVCluster);
    add_computer_systems(parts.dispatch, VirtContext(context, kHyperVCluster));
    add_system_settings(parts.dispatch, VirtContext(context, kHyperVCluster));
  }
  if (host.clustered) {
    parts.namespaces.push_back(kMsCluster);
    add_cluster(parts.dispatch, context);
    add_cluster_owners(parts.dispatch, context);
    add_cluster_moves(parts.dispatch, context);
    add_cluster_links(parts.dispatch, context);
  }
  return std::make_unique<ProviderMachine>(std::move(parts));
}

std::unique_ptr<cim::Machine> make_guest_machine(Model& model, GuestIndex index) {
  const auto& guest = model.guests()[index];
  MachineParts parts;
  parts.name = guest.name;
  parts.release = guest.release;
  parts.namespaces = {kCimv2, kDefault};
  const OsContext windows = guest_windows(model, index, schema_of(guest.release));
  add_windows(parts.dispatch, windows);
  add_subscriptions(parts, windows, model.config().guests[index].subscriptions);
  return std::make_unique<ProviderMachine>(std::move(parts));
}

} // namespace migstorm::lab
