// A whole campaign on virtual time: cluster, journal and plan, with the defaults of a small soak.
#pragma once

#include "harness/campaign/campaign.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/fake_cluster.hpp"
#include "tests/support/invariants.hpp"
#include "tests/support/memory_journal.hpp"

#include <memory>

namespace migstorm::testing {

struct Rig {
  explicit Rig(std::uint64_t seed = 1, int hosts = 4, int guests = 8, bool clustered = false)
      : runtime(std::make_unique<SimRuntime>(SimOptions{seed, {}, std::chrono::hours(3), {}})),
        cluster(*runtime), stop(std::make_unique<Stop>(*runtime)) {
    for (int i = 0; i < hosts; ++i) {
      host_names.push_back("node" + std::to_string(i));
      cluster.add_host(host_names.back(), clustered ? "cluster" : "");
    }
    for (int i = 0; i < guests; ++i) {
      const std::string name = "g" + std::to_string(i);
      cluster.add_guest(name, host_names[static_cast<std::size_t>(i % hosts)],
                        clustered ? "group-" + name : "");
    }
    scenario.migrate.count = 100;
    scenario.migrate.per_host = 4;
    scenario.migrate.total = 8;
    scenario.restore_placement = false;
  }

  CampaignInput input(std::optional<LoadedRun> resumed = std::nullopt) {
    CampaignInput out;
    out.scenario = scenario;
    out.lab = lab;
    out.run.id = run_id;
    out.break_lease = break_lease;
    out.hours = hours;
    out.hosts = cluster.host_facts();
    out.guests = cluster.guest_facts();
    for (const hyperv::GuestFacts& guest : out.guests) {
      out.plan.guests.push_back({guest.id, guest.name, guest.host, host_names});
      out.lab.guests.push_back({guest.name, "", "", true, ""});
    }
    std::vector<std::size_t> places;
    for (const PlanGuest& guest : out.plan.guests) {
      const auto it = std::find(host_names.begin(), host_names.end(), guest.host);
      places.push_back(static_cast<std::size_t>(it - host_names.begin()));
    }
    for (std::uint32_t i = 0; i < scenario.migrate.count; ++i) {
      const auto guest = static_cast<std::uint32_t>(i % places.size());
      const std::size_t next = (places[guest] + 1) % host_names.size();
      out.plan.steps.push_back(
          {i, guest, host_names[places[guest]], host_names[next], scenario.migrate.dwell_min});
      places[guest] = next;
    }
    out.resumed = std::move(resumed);
    return out;
  }

  Result<RunEnd> go(std::optional<LoadedRun> resumed = std::nullopt) {
    Campaign campaign(*runtime, cluster, journal, *stop, input(std::move(resumed)));
    Result<RunEnd> end = run(*runtime, campaign.run());
    progress = campaign.progress();
    return end;
  }
  // As a new process would: what is durable is all there is.
  Result<RunEnd> resume() {
    stop = std::make_unique<Stop>(*runtime);
    journal.stop_level = 0;
    journal.commits_until_full = UINT64_MAX;
    return go(journal.durable);
  }
  std::vector<std::string> broken(bool ended = true) {
    std::vector<std::string> all = broken_invariants(journal.durable, cluster.ledger, ended);
    all.insert(all.end(), cluster.violations.begin(), cluster.violations.end());
    all.insert(all.end(), journal.violations.begin(), journal.violations.end());
    return all;
  }

  std::unique_ptr<SimRuntime> runtime;
  FakeCluster cluster;
  MemoryJournal journal;
  std::unique_ptr<Stop> stop;
  std::vector<std::string> host_names;
  Scenario scenario;
  LabFile lab;
  OpeningHours hours;
  std::string run_id = "run-a";
  bool break_lease = false;
  Progress progress;
};

// Runs something else beside a campaign, at a time of its own.
template <class F>
Task<Unit> at(Runtime& runtime, Instant when, F action) {
  co_await runtime.sleep_until(when);
  action();
  co_return Unit{};
}

} // namespace migstorm::testing
