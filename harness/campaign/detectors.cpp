#include "harness/campaign/detectors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::campaign {
namespace {

constexpr std::array kKinds{DetectorKind::heartbeat, DetectorKind::uptime, DetectorKind::host_events,
                            DetectorKind::bugcheck_events, DetectorKind::console};

std::size_t at(DetectorKind kind) { return static_cast<std::size_t>(kind); }

} // namespace

Detectors::Detectors(const GuestTable& guests, DetectorReach reach, const LabFile& lab, Instant start)
    : reach_(std::move(reach)), applicable_(guests.size()),
      summaries_(reach_.host_events.size(), lab.polling.summary, start),
      events_(reach_.host_events.size(), lab.polling.events, start),
      logs_(guests.size(), kGuestLogPeriod, start),
      consoles_(reach_.host_events.size(), kConsolePeriod, start) {
  for (std::uint32_t i = 0; i < guests.size(); ++i) {
    const auto& hosts = guests[i].reach;
    const auto all = [&hosts](const std::vector<char>& reached) {
      return !hosts.empty() &&
             std::all_of(hosts.begin(), hosts.end(), [&](HostId host) { return reached[host] != 0; });
    };
    applicable_[i][at(DetectorKind::heartbeat)] = reach_.heartbeat[i] != 0;
    applicable_[i][at(DetectorKind::uptime)] = true;
    applicable_[i][at(DetectorKind::host_events)] = all(reach_.host_events);
    applicable_[i][at(DetectorKind::bugcheck_events)] = reach_.guest_log[i] != 0;
    applicable_[i][at(DetectorKind::console)] = all(reach_.console);
  }
}

const watch::Liveness& Detectors::source_of(DetectorKind kind) const {
  return kind == DetectorKind::host_events ? events_ : kind == DetectorKind::console ? consoles_ : summaries_;
}

bool Detectors::reaches(DetectorKind kind, HostId host) const {
  return kind == DetectorKind::host_events ? reads_events(host)
                                           : kind != DetectorKind::console || shows_consoles(host);
}

bool Detectors::applies(DetectorKind kind, std::uint32_t guest) const { return applicable_[guest][at(kind)]; }

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
  const bool log = !applies(DetectorKind::bugcheck_events, guest) || logs_.alive_since(guest, since, now);
  return summaries && events && log;
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
    if (kind == DetectorKind::bugcheck_events) {
      for (std::uint32_t i = 0; i < applicable_.size(); ++i) {
        if (reads_log(i)) {
          one.alive += logs_.alive(i, now);
          one.total += logs_.total(now);
        }
      }
      continue;
    }
    const watch::Liveness& source = source_of(kind);
    for (HostId host = 0; host < reach_.host_events.size(); ++host) {
      if (reaches(kind, host)) {
        one.alive += source.alive(host, now);
        one.total += source.total(now);
      }
    }
  }
  return out;
}

std::vector<Detectors::Answering> Detectors::answering(Instant now) const {
  std::vector<Answering> out;
  for (const DetectorKind kind : kKinds) {
    Answering one{kind, 0, 0};
    const bool of_guests = kind == DetectorKind::bugcheck_events;
    const std::size_t sources = of_guests ? applicable_.size() : reach_.host_events.size();
    for (std::uint32_t i = 0; i < sources; ++i) {
      if (of_guests ? reads_log(i) : reaches(kind, i)) {
        const watch::Liveness& source = of_guests ? logs_ : source_of(kind);
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
