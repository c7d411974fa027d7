#include "harness/campaign/campaign.hpp"

#include "harness/campaign/cluster_guard.hpp"
#include "harness/campaign/cluster_lease.hpp"
#include "harness/campaign/conditions.hpp"
#include "harness/campaign/console_watch.hpp"
#include "harness/campaign/dump_watch.hpp"
#include "harness/campaign/restore.hpp"
#include "harness/campaign/resume.hpp"
#include "harness/campaign/self_test.hpp"
#include "harness/campaign/stop_rules.hpp"
#include "harness/campaign/verdict.hpp"
#include "harness/campaign/watcher.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm {
namespace {

using namespace campaign;

// After the last move: a guest that dies of it has lost its heartbeat by then, and hosts have written their
// events.
constexpr Span kLinger = std::chrono::seconds(60);
// Cases whose nature is still being asked for when the moves end.
constexpr Span kCasesPatience = std::chrono::minutes(10);

CampaignInput with_plan(CampaignInput input) {
  if (input.resumed) {
    input.plan = plan_of(*input.resumed);
  }
  return input;
}

Status check_via(const CampaignInput& input) {
  for (const hyperv::GuestFacts& guest : input.guests) {
    const ViaChoice via = input.scenario.migrate.via;
    if (via == ViaChoice::wmi && guest.group) {
      return Error{
          Errc::unsupported,
          fmt::format("migrate.via: wmi, but {} belongs to the cluster's group {}: a clustered guest is "
                      "moved by its cluster only",
                      guest.name, *guest.group)};
    }
    if (via == ViaChoice::cluster && !guest.group) {
      return Error{Errc::unsupported,
                   fmt::format("migrate.via: cluster, but {} is not clustered", guest.name)};
    }
  }
  return Unit{};
}

} // namespace

struct Campaign::Parts {
  Parts(Runtime& runtime, hyperv::Cluster& cluster, Journal& journal, Stop& stop, CampaignInput what)
      : input(with_plan(std::move(what))), core(runtime, cluster, journal, stop, input), mover(core),
        dispatcher(core, mover), watcher(core), guard(core), lease(core), dumps(core, input.dumps),
        consoles(core, input.pictures), self_test(core, input.dumps, input.pictures) {}

  Task<Result<RunEnd>> run();
  Status check() const;
  void begin_journal();
  Task<Unit> linger();
  bool questions_open() const { return core.watch->cases_open() || dumps.waiting(); }
  bool wanted() const noexcept { return !core.stop.requested() && !core.broken; }
  void skip_the_rest();
  Task<Result<RunEnd>> end(Dispatched how);
  RunEnd end_record(const Dispatched& how);
  Error take_failure() const;

  CampaignInput input;
  Core core;
  Mover mover;
  Dispatcher dispatcher;
  Watcher watcher;
  ClusterGuard guard;
  ClusterLease lease;
  DumpWatch dumps;
  ConsoleWatch consoles;
  SelfTest self_test;
  std::vector<Condition> conditions; // as they were found
};

Campaign::Campaign(Runtime& runtime, hyperv::Cluster& cluster, Journal& journal, Stop& stop,
                   CampaignInput input)
    : parts_(std::make_unique<Parts>(runtime, cluster, journal, stop, std::move(input))) {}

Campaign::~Campaign() = default;

const Progress& Campaign::progress() const noexcept { return parts_->core.progress; }

Task<Result<RunEnd>> Campaign::run() { return parts_->run(); }

Status Campaign::Parts::check() const {
  if (input.plan.guests.empty() || input.plan.steps.empty()) {
    return Error{Errc::not_found, "the plan is empty: no guest may be moved"};
  }
  if (input.hosts.empty()) {
    return Error{Errc::not_found, "no host is known"};
  }
  for (const PlanGuest& guest : input.plan.guests) {
    for (const hyperv::HostName& host : guest.reach) {
      if (!core.hosts.find(host)) {
        return Error{Errc::not_found, fmt::format("{} can go to {}, which was not probed", guest.name, host)};
      }
    }
    if (!core.hosts.find(guest.host)) {
      return Error{Errc::not_found, fmt::format("{} is on {}, which was not probed", guest.name, guest.host)};
    }
  }
  Status via = check_via(input);
  return via ? check_rules(input.scenario) : std::move(via);
}

void Campaign::Parts::begin_journal() {
  core.progress.planned = core.steps.size();
  core.began = core.runtime.now();
  if (input.resumed) {
    restore_state(core, mover, *input.resumed);
    conditions = input.resumed->conditions;
    core.note("resumed", input.run.id, fmt::format("{} steps have their outcome", core.settled_before));
    return;
  }
  for (const Step& step : core.steps) {
    core.guests[step.guest].steps.push_back(step.index);
  }
  core.journal.begin_run(input.run, input.plan.guests, input.plan.steps);
  for (HostId host = 0; host < core.hosts.size(); ++host) {
    const hyperv::HostFacts& facts = core.hosts.facts(host);
    const bool node = facts.cluster_route != hyperv::ClusterRoute::none;
    core.note("host", core.hosts.name(host),
              fmt::format("{}, at most {} moves at once{}{}", facts.os_version, core.gate.limit(host),
                          node ? ", clustered guests by " : "", node ? to_string(facts.cluster_route) : ""));
    core.note("software", core.hosts.name(host), software_in_words(facts.os_version, facts.hotfixes));
  }
}

Task<Result<RunEnd>> Campaign::Parts::run() {
  Status fit = check();
  if (!fit) {
    co_return std::move(fit).error();
  }
  begin_journal();
  if (!co_await core.commit()) {
    co_return take_failure();
  }
  Status safe = co_await lease.take();
  if (safe) {
    safe = co_await guard.prepare(conditions);
  }
  if (!safe) {
    core.fail(std::move(safe).error());
    [[maybe_unused]] const auto noted = co_await lease.release();
    [[maybe_unused]] const Status kept = co_await core.journal.commit();
    co_return take_failure();
  }
  co_await watcher.prepare();
  Scope background(core.runtime);
  guard.start(background);
  watcher.start(background);
  consoles.start(background);
  background.spawn(self_test.keep());
  background.spawn(dumps.keep());
  background.spawn(dumps.keep_fetching());
  if (input.resumed) {
    reattach_intended(core, dispatcher, *input.resumed);
    input.resumed.reset();
  }
  core.progress.phase = "migrating";
  Dispatched how = co_await dispatcher.run();
  if (how.finish != Finish::stopped && how.finish != Finish::unsafe && how.finish != Finish::broken) {
    core.progress.phase = "settling";
    co_await linger();
  }
  if (input.scenario.restore_placement && wanted() && how.finish != Finish::unsafe) {
    core.progress.phase = "restoring";
    WayHome home(core, mover);
    co_await home.run();
    if (home.moved()) {
      co_await linger(); // of which guests may die as well
    }
  }
  std::vector<Condition> left_behind;
  if (!core.broken) {
    left_behind = co_await lease.release();
  }
  if (wanted()) {
    co_await look_again(core, guard, std::move(conditions), std::move(left_behind));
  }
  core.close();
  co_await background.join();
  co_await core.cluster.end_events();
  core.progress.phase = "ended";
  co_return co_await end(std::move(how));
}

Task<Unit> Campaign::Parts::linger() {
  const Instant moves_ended = core.runtime.now();
  while (wanted() && core.runtime.now() < moves_ended + kLinger) {
    co_await core.changed.wait_until(moves_ended + kLinger);
  }
  if (wanted()) {
    co_await watcher.look_once();
  }
  while (wanted() && questions_open() && core.runtime.now() < moves_ended + kCasesPatience) {
    co_await core.changed.wait_until(moves_ended + kCasesPatience);
  }
  while (wanted() && self_test.busy()) { // it has its own patience, too
    co_await core.changed.wait_until(core.runtime.now() + kLinger);
  }
  while (wanted() && dumps.fetching()) { // each has its own patience
    co_await core.changed.wait_until(core.runtime.now() + kLinger);
  }
  co_return Unit{};
}

void Campaign::Parts::skip_the_rest() {
  for (std::uint32_t guest = 0; guest < core.guests.size(); ++guest) {
    mover.skip_rest(guest, "not-moved");
  }
}

RunEnd Campaign::Parts::end_record(const Dispatched& how) {
  RunEnd record;
  record.at = core.runtime.now();
  record.wire = core.cluster.counters();
  record.detectors = core.detectors->alive(record.at);
  if (core.stop.requested()) {
    record.resumable = true;
    record.reason = "stopped by the operator";
  } else if (core.broken_off()) {
    record.resumable = true;
    record.verdict = "INCONCLUSIVE";
    record.reason = "broken off by the breaker: " + core.breaker.reasons();
  } else {
    Verdict verdict = judge(input.scenario, core.progress, record.detectors, how.reason);
    record.verdict = std::move(verdict.word);
    record.reason = std::move(verdict.reason);
  }
  record.longest_turn = core.runtime.longest_turn();
  return record;
}

Error Campaign::Parts::take_failure() const {
  return core.failure ? *core.failure : Error(Errc::cancelled, "the run was broken off");
}

Task<Result<RunEnd>> Campaign::Parts::end(Dispatched how) {
  if (core.broken) {
    if (core.failure->code != Errc::storage) {
      [[maybe_unused]] const Status kept =
          co_await core.journal.commit(); // what was queued is true all the same
    }
    co_return take_failure();
  }
  core.refresh_progress();
  if (!core.stop.requested() && !core.broken_off()) {
    skip_the_rest();
  }
  RunEnd record = end_record(how);
  core.journal.end_run(record);
  if (!co_await core.commit()) {
    co_return take_failure();
  }
  co_return record;
}

} // namespace migstorm
