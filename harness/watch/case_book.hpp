// What is believed of one guest: signals of several kinds, in any order and some of them late, are fused into
// cases. A case is one thing that happened to the guest; it is counted as a crash at most once.
#pragma once

#include "harness/watch/heartbeat.hpp"

#include <migstorm/crash.hpp>

#include <optional>
#include <vector>

namespace migstorm::watch {

enum class CaseLog : std::uint8_t {
  none,     // the guest cannot be asked
  wanted,   // its own log may still tell more
  answered, // it did
  empty,    // asked often enough, and it knows of no bugcheck
  silent,   // it could not be asked, often enough
};

struct Case {
  Crash crash;              // number 0 until it is counted
  bool reset_seen = false;  // the guest began a new life
  bool decisive = false;    // a signal that only a crash gives
  bool stop_screen = false; // its console shows one
  bool exact = false;       // the window comes from an event with a time of its own
  bool excused = false;     // something else explains a reset: a host that went away, a guest switched off
  bool unexplained = false; // ... and there was one that nothing explains
  bool host_reset = false;  // ... or its host reset it, as the cluster's heartbeat monitoring asks for
  Instant opened{};
  Instant back = Instant::max(); // when the guest was well again; max: the case is open
  Instant reset{};               // when the new life began, as far as known
  bool reset_by_boot = false;    // ... from the guest's operating system alone, which starts some time later
  Instant aftermath{};           // until then something of it may still be told that says nothing else
  Instant told{};                // when the guest's own 1001 was written; zero: not yet
  Instant started{};             // ... and its 41 or 6008
  CaseLog log = CaseLog::none;
  std::uint32_t questions = 0;
  bool answered_once = false;
  Instant next_question{};

  bool open() const noexcept { return back == Instant::max(); }
  // Something else accounts for all of it.
  bool explained() const noexcept { return excused && !unexplained && !decisive; }
};

// From a machine's reset to what its operating system takes for its start.
inline constexpr Span kFirmwareAndBoot = std::chrono::minutes(2);
// How far apart two resets may lie and be told as one.
Span reset_slack(const Case& filed, SignalKind kind) noexcept;

// What the guest tells of a crash when it is up again.
bool is_written_by_next_life(SignalKind kind) noexcept;

class CaseBook {
public:
  // The case a signal belongs to: the open one, a past one whose window it touches, or a new one. Pointers
  // hold until the next call.
  // `new_life`: when the guest began one, of a signal that tells of a reset.
  Case& file(const Signal& signal, bool log_applicable, std::optional<Instant> new_life = std::nullopt);
  // The newest life that is known to have begun before then.
  Instant lived_since(Instant then) const noexcept;
  Case* open_case() noexcept;
  const Case* open_case() const noexcept;
  Case* newest() noexcept { return cases_.empty() ? nullptr : &cases_.back(); }
  void remember(const Crash& crash); // of the run before a resume

private:
  Case* matching(const Signal& signal, std::optional<Instant> new_life);
  Case* add(Case fresh);

  std::vector<Case> cases_; // the newest few, in order
};

} // namespace migstorm::watch
