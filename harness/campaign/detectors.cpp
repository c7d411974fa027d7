#include "harness/campaign/detectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace migstorm::campaign {
namespace {

constexpr std::array kKinds{DetectorKind::heartbeat,      DetectorKind::uptime,
                            DetectorKind::host_events,    DetectorKind::bugcheck_events,
                            DetectorKind::restart_events, DetectorKind::boot_time,
                            DetectorKind::console,        DetectorKind::load};

std::size_t at(DetectorKind kind) { return static_cast<std::size_t>(kind); }

bool of_guests(DetectorKind kind) {
  return kind == DetectorKind::bugcheck_events || kind == DetectorKind::restart_events ||
         kind == DetectorKind::boot_time || kind == DetectorKind::load;
}

} // namespace

Detectors::Detectors(const GuestTable& guests, DetectorReach reach, const LabFile& lab, Instant start)
    : reach_(std::move(reach)), applicable_(guests.size()),
      summaries_(reach_.host_events.size(), lab.polling.summary, start),
      events_(reach_.host_events.size(), lab.polling.events, start),
      logs_(guests.size(), kGuestLogPeriod, start), boots_(guests.size(), kGuestLogPeriod, start),
      consoles_(reach_.host_events.size(), kConsolePeriod, start),
      loads_(guests.size(), lab.polling.disks, start) {
  const auto on = [this](DetectorKind kind) {
    return std::find(reach_.off.begin(), reach_.off.end(), kind) == reach_.off.end();
  };
  for (auto [kind, reached] : {std::pair(DetectorKind::host_events, &reach_.host_events),
                               std::pair(DetectorKind::console, &reach_.console)}) {
    if (!on(kind)) {
      std::fill(reached->begin(), reached->end(), 0);
    }
  }
  for (std::uint32_t i = 0; i < guests.size(); ++i) {
    const auto& hosts = guests[i].reach;
    const auto all = [&hosts](const std::vector<char>& reached) {
      return !hosts.empty() &&
             std::all_of(hosts.begin(), hosts.end(), [&](HostId host) { return reached[host] != 0; });
    };
    const bool asked = reach_.guest_log[i] != 0;
    applicable_[i][at(DetectorKind::heartbeat)] = reach_.heartbeat[i] != 0 && on(DetectorKind::heartbeat);
    applicable_[i][at(DetectorKind::uptime)] = on(DetectorKind::uptime);
    applicable_[i][at(DetectorKind::host_events)] = all(reach_.host_events);
    applicable_[i][at(DetectorKind::console)] = all(reach_.console);
    applicable_[i][at(DetectorKind::load)] = reach_.load[i] != 0 && on(DetectorKind::load);
    for (const DetectorKind kind :
         {DetectorKind::bugcheck_events, DetectorKind::restart_events, DetectorKind::boot_time}) {
      applicable_[i][at(kind)] = asked && on(kind);
    }
  }
}

const watch::Liveness& Detectors::source_of(DetectorKind kind) const {
  switch (kind) {
  case DetectorKind::host_events:
    return events_;
  case DetectorKind::console:
    return consoles_;
  case DetectorKind::boot_time:
    return boots_;
  case DetectorKind::load:
    return loads_;
  case DetectorKind::bugcheck_events:
  case DetectorKind::restart_events:
    return logs_;
  default:
    return summaries_;
  }
}

bool Detectors::reaches(DetectorKind kind, HostId host) const {
  return kind == DetectorKind::host_events ? reads_events(host)
                                           : kind != DetectorKind::console || shows_consoles(host);
}

bool Detectors::applies(DetectorKind kind, std::uint32_t guest) const { return applicable_[guest][at(kind)]; }

bool Detectors::reads_log(std::uint32_t guest) const {
  return applies(DetectorKind::bugcheck_events, guest) || applies(DetectorKind::restart_events, guest);
}

std::vector<watch::WatchedGuest> Detectors::watched(const GuestTable& guests) const {
  std::vector<watch::WatchedGuest> out;
  for (std::uint32_t i = 0; i < guests.size(); ++i) {
    watch::WatchedGuest& guest = out.emplace_back();
    guest.id = guests[i].id;
    guest.name = guests[i].name;
    guest.applicable = applicable_[i];
  }
  return out;
}

bool Detectors::alive_since(std::uint32_t guest, HostId from, HostId to, Instant since, Instant now) const {
  const bool summaries = summaries_.alive_since(from, since, now) && summaries_.alive_since(to, since, now);
  const bool events = !applies(DetectorKind::host_events, guest) ||
                      (events_.alive_since(from, since, now) && events_.alive_since(to, since, now));
  const bool log = !reads_log(guest) || logs_.alive_since(guest, since, now);
  const bool boot = !reads_boot_time(guest) || boots_.alive_since(guest, since, now);
  return summaries && events && log && boot;
}

std::vector<DetectorAlive> Detectors::alive(Instant now) const {
  std::vector<DetectorAlive> out;
  for (const DetectorKind kind : kKinds) {
    DetectorAlive& one = out.emplace_back();
    one.kind = kind;
    one.applicable = std::any_of(applicable_.begin(), applicable_.end(),
                                 [&](const auto& guest) { return guest[at(kind)]; });
    if (!one.applicable) {
      continue;
    }
    add_alive(one, now);
  }
  return out;
}

void Detectors::add_alive(DetectorAlive& one, Instant now) const {
  const bool guests = of_guests(one.kind);
  const watch::Liveness& source = source_of(one.kind);
  const std::size_t sources = guests ? applicable_.size() : reach_.host_events.size();
  for (std::uint32_t i = 0; i < sources; ++i) {
    if (guests ? applies(one.kind, i) : reaches(one.kind, i)) {
      one.alive += source.alive(i, now);
      one.total += source.total(now);
    }
  }
}

std::vector<Detectors::Answering> Detectors::answering(Instant now) const {
  std::vector<Answering> out;
  for (const DetectorKind kind : kKinds) {
    Answering one{kind, 0, 0};
    const bool guests = of_guests(kind);
    const std::size_t sources = guests ? applicable_.size() : reach_.host_events.size();
    for (std::uint32_t i = 0; i < sources; ++i) {
      if (guests ? applies(kind, i) : reaches(kind, i)) {
        const watch::Liveness& source = source_of(kind);
        ++one.sources;
        one.answered += source.alive_since(i, now, now) ? 1U : 0U;
      }
    }
    if (one.sources > 0) {
      out.push_back(one);
    }
  }
  return out;
}

std::vector<std::string> Detectors::in_words() const {
  std::vector<std::string> out;
  for (const DetectorKind kind : kKinds) {
    const auto count = std::count_if(applicable_.begin(), applicable_.end(),
                                     [&](const auto& guest) { return guest[at(kind)]; });
    out.push_back(fmt::format("{}: {} of {} guests", to_string(kind), count, applicable_.size()));
  }
  return out;
}

} // namespace migstorm::campaign
