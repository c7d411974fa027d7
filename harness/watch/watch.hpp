// Watch: fed with what hosts and guests tell, it says how each guest is and which crashes happened. It
// decides nothing by the clock of its own and asks nobody: the campaign feeds it.
#pragma once

#include "harness/watch/case_book.hpp"
#include "harness/watch/load.hpp"
#include "harness/watch/stop_screen.hpp"
#include "harness/watch/uptime.hpp"

#include <migstorm/crash.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace migstorm::watch {

struct WatchedGuest {
  hyperv::GuestId id;
  std::string name;
  std::array<bool, kDetectorKinds> applicable{}; // by DetectorKind
};

struct WatchNote {
  std::string kind;
  std::string subject;
  std::string detail;
};

// What one feeding brought to light. The caller reuses it.
struct Findings {
  std::vector<Signal> signals;
  std::vector<Crash> crashes; // new ones, and known ones about which more is known now
  std::vector<WatchNote> notes;

  bool empty() const noexcept { return signals.empty() && crashes.empty() && notes.empty(); }
  void clear() {
    signals.clear();
    crashes.clear();
    notes.clear();
  }
};

class Watch {
public:
  // `known` are the crashes of the run before a resume; numbers go on after them.
  Watch(std::vector<WatchedGuest> guests, const std::vector<Crash>& known, LoadHabit load = {});

  void on_summary(const hyperv::HostName& host, const hyperv::HostSummary& summary, Findings& out);
  void on_host_event(const hyperv::HostName& host, const hyperv::HostEvent& event, Instant now,
                     CivilTime epoch, Findings& out);
  void on_host_away(const hyperv::HostName& host, Instant since, Instant now, Findings& out);
  void on_host_back(const hyperv::HostName& host, Instant now);
  void on_foreign_move(std::uint32_t guest, const hyperv::HostName& host, Instant now, Findings& out);
  void move_began(std::uint32_t guest, Instant now, hyperv::HostName to = {});
  void move_ended(std::uint32_t guest, Instant now) noexcept;

  // Each event once.
  void on_guest_log(std::uint32_t guest, const std::vector<hyperv::GuestEvent>& events, Instant now,
                    CivilTime epoch, Findings& out);
  // What the guest tells by itself; it counts once a host shows the guest again.
  void on_guest_uptime(std::uint32_t guest, Span uptime, Instant asked, Instant answered);
  void on_guest_log_failed(std::uint32_t guest, Findings& out);
  // What a picture of the guest's console shows. A stop screen joins the case that is open; it opens none.
  void on_console(std::uint32_t guest, const ScreenVerdict& screen, Window taken, Findings& out);
  // What the guest's disks grew by since the beginning, in bytes. Outside the scenario's hours a load rests.
  void on_growth(std::uint32_t guest, std::uint64_t grown, Window measured, bool hours_open, Findings& out);
  // The next guest whose own log is worth asking now; the question counts as asked.
  std::optional<std::uint32_t> next_question(Instant now);
  bool questions_pending() const noexcept;

  GuestVerdict verdict(std::uint32_t guest) const noexcept;
  // Healthy, and not silent for longer than a move's flapping explains: it may be moved.
  bool settled(std::uint32_t guest) const noexcept;
  bool cases_open() const noexcept; // something happened whose nature is not settled yet
  std::uint32_t crashes() const noexcept { return crashes_; }
  std::uint32_t hung() const noexcept { return hung_; }

private:
  struct Guest {
    WatchedGuest facts;
    hyperv::HostName host;
    hyperv::HostName bound_for; // of a move, until a host shows where it ended
    hyperv::EnabledState state = hyperv::EnabledState::unknown;
    HeartbeatTracker heartbeat;
    UptimeTracker uptime;
    BootTracker boot;
    std::optional<Window> booted; // told by the guest, and not yet counted
    CaseBook book;
    LoadTracker load;
    Span loaded{};       // for how long its load should have written
    Instant load_seen{}; // when that was counted last
    bool load_runs = false;
    Instant asked{};                    // the newest reading that was used
    std::optional<Instant> off_since;   // what a host shows of it while it is thought to move
    std::optional<Instant> stop_screen; // when the console showed one last, before there was a case
    bool moving = false;
    bool switched_off = false;
    bool hung = false;
    bool components_told = false; // that its integration components are not its host's

    bool has(DetectorKind kind) const noexcept { return facts.applicable[static_cast<std::size_t>(kind)]; }
    bool has_log() const noexcept {
      return has(DetectorKind::bugcheck_events) || has(DetectorKind::restart_events);
    }
  };

  void on_row(Guest& guest, const hyperv::HostName& host, const hyperv::GuestSummary& row,
              const hyperv::HostSummary& summary, Findings& out);
  static bool passing_state(Guest& guest, const hyperv::HostName& host, const hyperv::GuestSummary& row,
                            Instant now);
  void on_state(Guest& guest, hyperv::EnabledState state, Instant now, Findings& out);
  void on_reset(Guest& guest, SignalKind kind, Window reset, Instant now, Findings& out);
  void on_host_signal(const hyperv::HostName& host, const hyperv::HostEvent& event, Instant now,
                      CivilTime epoch, Findings& out);
  void handle_reset(Guest& guest, Signal signal, Findings& out);
  Case& take(Guest& guest, const Signal& signal, std::optional<Window> reset = std::nullopt);
  Case& handle(Guest& guest, Signal signal, Findings& out, std::optional<Window> reset = std::nullopt);
  void count_reset(const Guest& guest, Case& filed, const Signal& signal, Window reset);
  void name_confounders(Crash& crash) const;
  static void tally_load(Guest& guest, bool runs, Instant now) noexcept;
  static void recall_screen(Guest& guest, Case& filed);
  void judge(Case& filed, Findings& out);
  void review(Guest& guest, Instant now, Findings& out);
  void take_for_hung(Guest& guest, Case& open, Findings& out);
  bool excused(const Guest& guest, Window reset) const;
  bool went_away(const hyperv::HostName& host, Window meanwhile) const;
  Signal signal_for(const Guest& guest, SignalKind kind, Window window, Instant now) const;

  std::vector<Guest> guests_;
  std::unordered_map<std::string, std::uint32_t> index_; // look-ups only
  std::map<hyperv::HostName, std::vector<Window>> away_;
  std::vector<Window> paused_; // shared volumes, the newest few
  LoadHabit load_;
  std::uint32_t crashes_ = 0;
  std::uint32_t hung_ = 0;
};

} // namespace migstorm::watch
