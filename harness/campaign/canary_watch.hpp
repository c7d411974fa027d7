// What hosts tell of canaries, fused as for any guest but apart from all others: nothing of it reaches the
// run's crashes, its breaker or its statistics.
#pragma once

#include "harness/watch/watch.hpp"

#include <migstorm/crash.hpp>

#include <optional>
#include <vector>

namespace migstorm::campaign {

class CanaryWatch {
public:
  struct Place {
    hyperv::HostName host; // empty: not seen yet
    hyperv::GuestSummary row;
    Instant seen{};
  };

  explicit CanaryWatch(const std::vector<hyperv::GuestFacts>& canaries);

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(places_.size()); }
  bool knows(const hyperv::GuestId& guest) const noexcept;
  const Place& place(std::uint32_t canary) const { return places_[canary]; }
  // Its own log is asked; else a crash is told from its reset alone.
  void log_asked(std::uint32_t canary, bool asked);

  void on_summary(const hyperv::HostName& host, const hyperv::HostSummary& summary);
  void on_host_event(const hyperv::HostName& host, const hyperv::HostEvent& event, Instant now,
                     CivilTime epoch);
  void on_guest_log(std::uint32_t canary, const std::vector<hyperv::GuestEvent>& events, Instant now,
                    CivilTime epoch);
  void on_console(std::uint32_t canary, const watch::ScreenVerdict& screen, watch::Window taken);

  // Forgets what was told before; from now on signals of this canary are kept.
  void begin(std::uint32_t canary);
  const std::vector<Signal>& signals() const noexcept { return signals_; }
  // The crashes that these signals came to, each as it is known now.
  const std::vector<Crash>& crashes() const noexcept { return crashes_; }

private:
  void start_over();
  void take();

  std::vector<watch::WatchedGuest> facts_;
  std::vector<Place> places_;
  std::optional<watch::Watch> watch_;
  watch::Findings findings_; // scratch
  std::optional<std::uint32_t> under_test_;
  std::vector<Signal> signals_;
  std::vector<Crash> crashes_;
};

} // namespace migstorm::campaign
