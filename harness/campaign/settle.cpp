#include "harness/campaign/settle.hpp"

#include <algorithm>
#include <chrono>

namespace migstorm::campaign {

bool over(JobView job) noexcept {
  return job == JobView::succeeded || job == JobView::failed || job == JobView::gone;
}

const hyperv::GuestSummary* row_of(const hyperv::HostSummary& summary, std::string_view guest) noexcept {
  const auto row = std::find_if(summary.guests.begin(), summary.guests.end(),
                                [guest](const hyperv::GuestSummary& each) { return each.id == guest; });
  return row == summary.guests.end() ? nullptr : &*row;
}

bool started_since(const hyperv::HostSummary& summary, std::string_view guest, Instant since) noexcept {
  const hyperv::GuestSummary* const row = row_of(summary, guest);
  return row != nullptr && summary.asked - std::chrono::milliseconds(row->uptime_ms) > since;
}

Sight sight_of(const hyperv::HostSummary& summary, std::string_view guest) noexcept {
  const hyperv::GuestSummary* const row = row_of(summary, guest);
  if (row == nullptr) {
    return Sight::absent;
  }
  if (row->migrating) {
    return Sight::migrating;
  }
  // A guest that writes its dump or boots again is running too: EnabledState is the machine's, not the
  // system's.
  return row->state == hyperv::EnabledState::enabled ? Sight::running : Sight::present;
}

Ruling rule(const Evidence& e) noexcept {
  if (e.restarted) {
    return Ruling::untold; // the cluster brings the guests of a lost host up on any node, the planned one too
  }
  if (e.destination == Sight::running) {
    // Running on both is a contradiction that time resolves; migrating on the source is a move's last moment.
    const bool doubt = e.source == Sight::running || e.source == Sight::migrating;
    return doubt ? Ruling::open : Ruling::completed;
  }
  if (e.handed_over && e.destination == Sight::migrating && e.source == Sight::absent) {
    return Ruling::completed; // behind the blackout there is no way back; whoever moves it now is not us
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
