// What the parts of a campaign share while it runs: the ports, the state of hosts and guests, and the journal
// with the little that has to be remembered about writing it.
#pragma once

#include "harness/campaign/attribution.hpp"
#include "harness/campaign/breaker.hpp"
#include "harness/campaign/bystanders.hpp"
#include "harness/campaign/campaign.hpp"
#include "harness/campaign/canary_watch.hpp"
#include "harness/campaign/clocks.hpp"
#include "harness/campaign/detectors.hpp"
#include "harness/campaign/follower.hpp"
#include "harness/campaign/gate.hpp"
#include "harness/campaign/growth.hpp"
#include "harness/campaign/permission.hpp"

namespace migstorm::campaign {

// "6.3.9600, KB2636573, KB3000850"; "6.3.9600, no hotfixes"
std::string software_in_words(const std::string& os_version, const std::vector<std::string>& hotfixes);

struct Core final : SummaryListener {
  Core(Runtime& runtime_port, hyperv::Cluster& cluster_port, Journal& journal_port, Stop& stop_port,
       CampaignInput& what);

  Runtime& runtime;
  hyperv::Cluster& cluster;
  Journal& journal;
  Stop& stop;
  CampaignInput& input;
  std::vector<Step>& steps; // the whole plan, by index

  HostTable hosts;
  HostHealth health;
  Gate gate;
  Permission permission;
  Breaker breaker;
  Bystanders bystanders;
  CanaryWatch canaries;
  Clocks clocks;
  std::vector<std::uint64_t> memory_used; // bytes, by a host's running guests
  std::vector<char> takes_guests;         // per host: it is no node that is paused, quarantined or evicted
  GuestTable guests;
  Growth growth;
  Attribution attribution;
  HostWatch summaries;
  Follower follower;
  std::optional<Detectors> detectors; // once the first questions were answered
  std::optional<watch::Watch> watch;
  std::vector<Crash> crashes; // by number
  Progress progress;

  Notify changed; // a move ended, a guest or host changed: whoever waits for the next step looks again
  Notify closed;  // background work ends
  bool closing = false;
  bool broken = false;
  std::optional<Error> failure; // why, when broken

  void on_summary(HostId host, const hyperv::HostSummary& summary, SummaryNumber number) override;
  void on_unanswered(HostId host, const Error& error) override;

  void note(std::string kind, std::string subject, std::string detail);
  void write_ticket(const Flight& flight);
  void publish(watch::Findings& found);          // journals them; empties the argument
  Task<bool> commit();                           // false: broken
  void recall_crashes(std::vector<Crash> known); // of a resumed run
  // What the crash's dump says stands from now on, whatever other signals still come. Its time dates the
  // crash as exactly as the guest's clock is known, if it is known and does not contradict what others saw.
  void date_crash(Crash& crash, CivilTime at);
  void name_crash(Crash& crash, std::string signature, std::string known_issue);
  void fail(Error error); // the run cannot go on
  void host_changed(HostId host, HostHealth::Change change, std::string_view why);
  // May moves begin at all? Journals when that changes.
  bool may_begin();
  // Deleted: every host answers, and none of them has shown the guest for a while.
  bool gone(std::uint32_t guest) const;
  bool broken_off() { return breaker.state(runtime.now()) == Breaker::State::broken_off; }
  // When time alone will change that.
  Instant permission_changes() const;
  // How long moves were allowed to begin since the run began, in whatever process.
  Span open_time() const;
  // Something was queued that no commit has been asked for yet.
  bool dirty() const noexcept { return dirty_; }
  void mark_dirty() noexcept { dirty_ = true; }
  void close();
  // Sleeps in the background; false once it should end.
  Task<bool> idle_until(Instant when);
  void refresh_progress();

  watch::Findings findings; // scratch
  Instant began{};          // of this process's part of the run
  std::uint64_t settled_before = 0;

private:
  void look_at_others(HostId host, const hyperv::HostSummary& summary);
  void take_crash(Crash crash);
  void count_signatures();

  bool dirty_ = false;
};

} // namespace migstorm::campaign
