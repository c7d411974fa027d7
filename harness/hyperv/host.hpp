// One machine of the lab file: its client and what has been learnt about it.
#pragma once

#include "harness/hyperv/migration_settings.hpp"
#include "harness/hyperv/names.hpp"
#include "harness/hyperv/values.hpp"
#include "harness/hyperv/vm_groups.hpp"
#include "harness/wsman/client.hpp"

#include <migstorm/hyperv.hpp>
#include <migstorm/lab_file.hpp>

#include <memory>
#include <string>
#include <vector>

namespace migstorm::hyperv {

// What a probe found. Never changed, only replaced: whoever holds one may await with it in hand.
struct Known {
  HostFacts facts;
  MigrationSettings move_settings;
  VmGroups groups;

  Schema schema() const noexcept { return facts.namespaces.v2 ? Schema::v2 : Schema::v1; }
  std::string virtualization() const {
    return std::string(facts.namespaces.v2 ? kNamespaceV2 : kNamespaceV1);
  }
  bool has_hyperv() const noexcept { return facts.namespaces.v2 || facts.namespaces.v1; }
};
using KnownPtr = std::shared_ptr<const Known>;

// How a host wants to be asked where releases differ; found out by asking, forgotten at the next probe.
struct Habits {
  std::string job_class = "Msvm_MigrationJob";
  bool groups_by_name = true;             // MSCluster_ResourceGroup has all columns that we name
  std::uint32_t summary_failures = 0;     // in a row; beyond a limit, queries are used instead
  bool worker_log_known = false;          // Win32_NTLogEvent shows Worker-Admin
  bool worker_log_absent = false;         // it certainly does not
  std::uint64_t picture_max = UINT64_MAX; // bytes of an answer with a console's picture, as experience shows
};

// How a machine's event logs are read.
struct EventStream {
  std::optional<wsman::Subscription> open;
  std::vector<EventMark> reached; // by what was given out
  Instant expires{};
  std::vector<EventLog> absent; // the machine has no such channels
  Instant absent_until{};       // ... and is asked again then
  Instant refused_until{};      // subscriptions were refused: queries until then
};

struct Host {
  Host(Runtime& r, Endpoint e, std::uint32_t lanes) : runtime(r), endpoint(std::move(e)), reads_max(lanes) {}

  Runtime& runtime;
  Endpoint endpoint;
  std::uint32_t reads_max; // at once
  std::unique_ptr<wsman::Client> client;
  KnownPtr known; // null until probed
  Habits habits;
  EventStream events;
};

using Rows = Result<std::vector<wsman::Instance>>;

// All instances, or none where the host has no such class or namespace.
Task<Rows> query_if_known(Host& host, std::string ns, std::string wql);

// The singleton service of a namespace, by all its keys.
wsman::Reference service_reference(const Known& known, std::string_view class_name, std::string_view name);

// The host understood and said no: what it is asked for is not to be had, but the host is well. Everything
// else is about reaching it.
bool is_refusal(Errc code) noexcept;

} // namespace migstorm::hyperv
