#include "harness/campaign/core.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::campaign {
namespace {

constexpr double kEtaHoursMax = 10'000;
constexpr Span kGoneAfter = std::chrono::minutes(2);

} // namespace

std::string software_in_words(const std::string& os_version, const std::vector<std::string>& hotfixes) {
  return fmt::format("{}, {}", os_version,
                     hotfixes.empty() ? std::string("no hotfixes")
                                      : fmt::format("{}", fmt::join(hotfixes, ", ")));
}

Core::Core(Runtime& runtime_port, hyperv::Cluster& cluster_port, Journal& journal_port, Stop& stop_port,
           CampaignInput& what)
    : runtime(runtime_port), cluster(cluster_port), journal(journal_port), stop(stop_port), input(what),
      steps(what.plan.steps), hosts(what.hosts), health(hosts.size()), gate(hosts, what.scenario.migrate),
      permission(what.hours), breaker(what.scenario.breaker), canaries(what.canaries),
      memory_used(hosts.size()), takes_guests(hosts.size(), 1), guests(hosts, what.plan.guests, what.guests),
      growth(guests, what.guests), attribution(guests.size()),
      summaries(runtime_port, cluster_port, hosts, *this),
      follower(FollowerParts{runtime_port, cluster_port, hosts, summaries, health, guests, stop_port, broken,
                             *this},
               what.lab, what.scenario.migrate.timeout),
      changed(runtime_port), closed(runtime_port) {
  follower.on_adopted = [this](const Flight& flight) { write_ticket(flight); };
}

void Core::write_ticket(const Flight& flight) {
  if (flight.step) {
    journal.ticket(Ticket{*flight.step, flight.attempt, *flight.ticket, runtime.now()});
    dirty_ = true;
  }
}

void Core::on_summary(HostId host, const hyperv::HostSummary& summary, SummaryNumber number) {
  host_changed(host, health.answered(host, runtime.now()), "it answers again");
  follower.observe(host, summary, number);
  const GuestTable::News& news = guests.observe(host, summary, number);
  for (const Sighting& seen : news.foreign) {
    ++progress.foreign;
    note("foreign-move", guests[seen.guest].name,
         fmt::format("from {} to {}", hosts.name(seen.before), hosts.name(host)));
    if (watch) {
      watch->on_foreign_move(seen.guest, hosts.name(host), runtime.now(), findings);
    }
  }
  for (const std::uint32_t guest : news.resolved) {
    Doubt& doubt = *guests[guest].doubt;
    if (doubt.holds_slots) {
      gate.leave(doubt.from, doubt.to);
    }
    guests[guest].doubt.reset();
    note("doubt-over", guests[guest].name, "runs on " + hosts.name(host));
  }
  look_at_others(host, summary);
  canaries.on_summary(hosts.name(host), summary);
  if (detectors) {
    detectors->summary_answered(host, runtime.now());
    watch->on_summary(hosts.name(host), summary, findings);
    publish(findings);
  }
  changed.notify_all();
}

void Core::look_at_others(HostId host, const hyperv::HostSummary& summary) {
  memory_used[host] = 0;
  for (const hyperv::GuestSummary& row : summary.guests) {
    memory_used[host] += row.memory;
    if (!guests.find(row.id) && !canaries.knows(row.id)) {
      bystanders.observe(hosts.name(host), row, runtime.now(), breaker);
    }
  }
}

void Core::on_unanswered(HostId host, const Error& error) {
  if (error.code == Errc::denied) {
    fail(Error(error).within(hosts.name(host)));
    return;
  }
  host_changed(host, health.unanswered(host, runtime.now()), error.detail);
}

void Core::host_changed(HostId host, HostHealth::Change change, std::string_view why) {
  if (change == HostHealth::Change::none) {
    return;
  }
  const bool sick = change == HostHealth::Change::fell_sick;
  note(sick ? "host-sick" : "host-well", hosts.name(host), std::string(why));
  progress.sick_hosts = health.sick_hosts();
  // Of a node its cluster tells more, and sooner.
  if (!hosts.facts(host).cluster_name && sick && health.away(host)) {
    breaker.trouble(Trouble::host_lost, hosts.name(host), std::string(why), runtime.now());
  } else if (!sick) {
    breaker.clear(Trouble::host_lost, hosts.name(host), runtime.now());
  }
  if (watch && sick && health.away(host)) {
    watch->on_host_away(hosts.name(host), health.away_since(host), runtime.now(), findings);
    publish(findings);
  } else if (watch && !sick) {
    watch->on_host_back(hosts.name(host), runtime.now());
  }
  changed.notify_all();
}

void Core::note(std::string kind, std::string subject, std::string detail) {
  journal.note(runtime.now(), std::move(kind), std::move(subject), std::move(detail));
  dirty_ = true;
}

void Core::publish(watch::Findings& found) {
  if (found.empty()) {
    return;
  }
  dirty_ = true;
  for (Signal& signal : found.signals) {
    journal.signal(std::move(signal));
  }
  for (Crash& crash : found.crashes) {
    take_crash(std::move(crash));
  }
  for (watch::WatchNote& each : found.notes) {
    note(std::move(each.kind), std::move(each.subject), std::move(each.detail));
  }
  found.clear();
  progress.hung = watch->hung();
  changed.notify_all();
}

void Core::take_crash(Crash crash) {
  const auto known = std::find_if(crashes.begin(), crashes.end(),
                                  [&](const Crash& each) { return each.number == crash.number; });
  if (const auto guest = guests.find(crash.guest)) {
    crash.step = attribution.find(*guest, crash.earliest, crash.latest);
  }
  if (known == crashes.end()) {
    crashes.push_back(crash);
  } else {
    if (known->latest - known->earliest < crash.latest - crash.earliest) { // a dump has dated it
      crash.earliest = known->earliest;
      crash.latest = known->latest;
      crash.step = known->step;
    }
    crash.step = crash.step ? crash.step : known->step;
    if (known->signature.size() > crash.signature.size()) { // a dump has named it
      crash.signature = known->signature;
      crash.known_issue = known->known_issue;
    }
    *known = crash;
  }
  count_signatures();
  journal.crash(std::move(crash));
}

void Core::recall_crashes(std::vector<Crash> known) {
  crashes = std::move(known);
  count_signatures();
}

void Core::date_crash(Crash& crash, CivilTime at) {
  constexpr Span kDrift = std::chrono::seconds(2); // since the guest's clock was read
  const auto clock = clocks.of(crash.guest_name);
  const auto guest = guests.find(crash.guest);
  if (!clock || !guest) {
    return;
  }
  const Span give = clock->uncertainty + kDrift;
  const Instant told = at - runtime.epoch();
  const Instant earliest = std::max(crash.earliest, told - give);
  const Instant latest = std::min(crash.latest, told + give);
  if (earliest > latest) {
    note("dump-time", crash.guest_name,
         fmt::format("its dump tells of {} s after the beginning, its signals of {} to {} s",
                     std::chrono::duration_cast<std::chrono::seconds>(told).count(),
                     std::chrono::duration_cast<std::chrono::seconds>(crash.earliest).count(),
                     std::chrono::duration_cast<std::chrono::seconds>(crash.latest).count()));
    return;
  }
  if (latest - earliest >= crash.latest - crash.earliest) {
    return;
  }
  crash.earliest = earliest;
  crash.latest = latest;
  crash.step = attribution.find(*guest, earliest, latest);
}

void Core::name_crash(Crash& crash, std::string signature, std::string known_issue) {
  crash.signature = std::move(signature);
  crash.known_issue = std::move(known_issue);
  count_signatures();
  journal.crash(crash);
  dirty_ = true;
  changed.notify_all();
}

void Core::count_signatures() {
  progress.crashes = static_cast<std::uint32_t>(crashes.size());
  progress.signatures.clear();
  for (const Crash& each : crashes) {
    if (!each.signature.empty()) {
      ++progress.signatures[each.signature];
    }
  }
}

Task<bool> Core::commit() {
  if (broken) {
    co_return false;
  }
  dirty_ = false;
  Status done = co_await journal.commit();
  if (!done) {
    fail(std::move(done).error().within("journal"));
  }
  co_return !broken;
}

void Core::fail(Error error) {
  if (!broken) {
    broken = true;
    failure = std::move(error);
  }
  follower.wake_all();
  changed.notify_all();
  stop.changed().notify_all();
}

bool Core::may_begin() {
  const CivilTime now = runtime.civil_now();
  if (std::string news = permission.news(now); !news.empty()) {
    note("windows", "", std::move(news));
  }
  if (std::string news = breaker.news(runtime.now()); !news.empty()) {
    note("breaker", "", std::move(news));
  }
  return permission.given(now) && breaker.state(runtime.now()) == Breaker::State::closed;
}

bool Core::gone(std::uint32_t guest) const {
  const GuestState& state = guests[guest];
  const Instant now = runtime.now();
  if (state.moving || state.doubt || now - std::max(state.listed, began) < kGoneAfter) {
    return false;
  }
  for (HostId host = 0; host < hosts.size(); ++host) {
    if (health.sick(host) || health.away(host) || now - summaries.last_asked(host) > kGoneAfter / 2) {
      return false;
    }
  }
  return true;
}

Instant Core::permission_changes() const {
  const std::optional<CivilTime> change = permission.next_change(runtime.civil_now());
  return std::min(change ? *change - runtime.epoch() : Instant::max(), breaker.next_change());
}

Span Core::open_time() const { return permission.open_between(runtime.epoch(), runtime.civil_now()); }

void Core::close() {
  closing = true;
  closed.notify_all();
  stop.changed().notify_all();
  follower.close();
}

Task<bool> Core::idle_until(Instant when) {
  while (!closing && runtime.now() < when) {
    co_await closed.wait_until(when);
  }
  co_return !closing;
}

void Core::refresh_progress() {
  progress.in_flight = static_cast<std::uint32_t>(follower.in_flight());
  const double hours = std::chrono::duration<double, std::ratio<3600>>(runtime.now() - began).count();
  const std::uint64_t settled = progress.settled();
  if (settled > settled_before && hours > 0) {
    progress.per_hour = static_cast<double>(settled - settled_before) / hours;
    const double left = static_cast<double>(progress.planned - settled) / progress.per_hour;
    const std::chrono::duration<double, std::ratio<3600>> hours_left(std::min(left, kEtaHoursMax));
    progress.eta = std::chrono::duration_cast<Span>(hours_left);
  }
}

} // namespace migstorm::campaign
