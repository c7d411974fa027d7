#include "harness/campaign/canary_watch.hpp"

#include "harness/campaign/guests.hpp"

#include <algorithm>
#include <utility>

namespace migstorm::campaign {

CanaryWatch::CanaryWatch(const std::vector<hyperv::GuestFacts>& canaries) : places_(canaries.size()) {
  for (std::size_t i = 0; i < canaries.size(); ++i) {
    watch::WatchedGuest& guest = facts_.emplace_back();
    guest.id = canaries[i].id;
    guest.name = canaries[i].name;
    guest.applicable.fill(true);
    guest.applicable[static_cast<std::size_t>(DetectorKind::heartbeat)] = has_heartbeat(canaries[i]);
    places_[i].row.id = canaries[i].id;
  }
  start_over();
}

bool CanaryWatch::knows(const hyperv::GuestId& guest) const noexcept {
  return std::any_of(facts_.begin(), facts_.end(), [&](const auto& each) { return each.id == guest; });
}

void CanaryWatch::log_asked(std::uint32_t canary, bool asked) {
  for (const DetectorKind kind : {DetectorKind::bugcheck_events, DetectorKind::restart_events}) {
    facts_[canary].applicable[static_cast<std::size_t>(kind)] = asked;
  }
  start_over();
}

void CanaryWatch::start_over() { watch_.emplace(facts_, std::vector<Crash>()); }

void CanaryWatch::begin(std::uint32_t canary) {
  start_over(); // the next summaries tell how things are
  under_test_ = canary;
  signals_.clear();
  crashes_.clear();
}

void CanaryWatch::on_summary(const hyperv::HostName& host, const hyperv::HostSummary& summary) {
  for (const hyperv::GuestSummary& row : summary.guests) {
    const auto found = std::find_if(places_.begin(), places_.end(),
                                    [&](const Place& each) { return each.row.id == row.id; });
    if (found != places_.end() && summary.asked >= found->seen) {
      *found = Place{host, row, summary.asked};
    }
  }
  watch_->on_summary(host, summary, findings_);
  take();
}

void CanaryWatch::on_host_event(const hyperv::HostName& host, const hyperv::HostEvent& event, Instant now,
                                CivilTime epoch) {
  watch_->on_host_event(host, event, now, epoch, findings_);
  take();
}

void CanaryWatch::on_guest_log(std::uint32_t canary, const std::vector<hyperv::GuestEvent>& events,
                               Instant now, CivilTime epoch) {
  watch_->on_guest_log(canary, events, now, epoch, findings_);
  take();
}

void CanaryWatch::on_console(std::uint32_t canary, const watch::ScreenVerdict& screen, watch::Window taken) {
  watch_->on_console(canary, screen, taken, findings_);
  take();
}

void CanaryWatch::take() {
  for (Signal& signal : findings_.signals) {
    if (under_test_ && signal.guest == facts_[*under_test_].id) {
      signals_.push_back(std::move(signal));
    }
  }
  for (Crash& crash : findings_.crashes) {
    if (!under_test_ || crash.guest != facts_[*under_test_].id) {
      continue;
    }
    const auto known = std::find_if(crashes_.begin(), crashes_.end(),
                                    [&](const Crash& each) { return each.number == crash.number; });
    if (known == crashes_.end()) {
      crashes_.push_back(std::move(crash));
    } else {
      *known = std::move(crash);
    }
  }
  findings_.clear();
}

} // namespace migstorm::campaign
