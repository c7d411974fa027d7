#include "harness/campaign/settle.hpp"

namespace migstorm::campaign {

bool over(JobView job) noexcept {
  return job == JobView::succeeded || job == JobView::failed || job == JobView::gone;
}

Sight sight_of(const hyperv::HostSummary& summary, std::string_view guest) noexcept {
  for (const hyperv::GuestSummary& row : summary.guests) {
    if (row.id != guest) {
      continue;
    }
    if (row.migrating) {
      return Sight::migrating;
    }
    // A guest that writes its dump or boots again is running too: EnabledState is the machine's, not the
    // system's.
    return row.state == hyperv::EnabledState::enabled ? Sight::running : Sight::present;
  }
  return Sight::absent;
}

Ruling rule(const Evidence& e) noexcept {
  if (e.destination == Sight::running) {
    // Running on both is a contradiction that time resolves; migrating on the source is a move's last moment.
    const bool doubt = e.source == Sight::running || e.source == Sight::migrating;
    return doubt ? Ruling::open : Ruling::completed;
  }
  if (e.source == Sight::running) {
    if (over(e.job)) {
      return Ruling::failed; // a guest runs in one place only
    }
    const bool nothing_there = e.destination == Sight::absent;
    const bool unaccepted = e.job == JobView::none && !e.accepted && e.grace_over && nothing_there;
    return unaccepted ? Ruling::not_accepted : Ruling::open;
  }
  if (!over(e.job)) {
    return Ruling::open;
  }
  // Not running anywhere: a guest that was switched off or saved meanwhile still has a place.
  if (e.destination == Sight::present && e.source == Sight::absent) {
    return Ruling::completed;
  }
  if (e.source == Sight::present && e.destination == Sight::absent) {
    return Ruling::failed;
  }
  return Ruling::open;
}

} // namespace migstorm::campaign
