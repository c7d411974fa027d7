#include "tools/migstorm/crash_check.hpp"

#include "harness/report/words.hpp"
#include "harness/scenario/lab_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace migstorm {

namespace {

using lab::LedgerCrash;

// Dump and boot: what is told by the next life dates a crash no better.
constexpr Span kToldLater = std::chrono::minutes(16);
constexpr Span kSlack = std::chrono::seconds(15);
constexpr Span kReading = std::chrono::seconds(2); // how exactly clocks are read
// A trace is looked for until the run ends, but a host or guest may not answer just then.
constexpr Span kToBeFound = std::chrono::minutes(3);

class Comparison {
public:
  Comparison(const CrashCheckInput& input, const lab::Engine& engine) : input_(input), engine_(engine) {}

  CrashCheck run() {
    std::map<std::string, std::vector<const Crash*>> counted;
    for (const Crash& crash : input_.run.crashes) {
      counted[crash.guest].push_back(&crash);
    }
    for (auto& [guest, crashes] : counted) {
      std::sort(crashes.begin(), crashes.end(),
                [](const Crash* a, const Crash* b) { return a->latest < b->latest; });
      for (const Crash* crash : crashes) {
        if (plan_guest(guest) == nullptr) { // a canary's is none of the run's
          out_.violations.push_back(fmt::format("crash {} is of {}, which is no guest of the plan",
                                                crash->number, crash->guest_name));
        } else {
          find(*crash);
        }
      }
    }
    for (const LedgerCrash& crash : engine_.crashes()) {
      if (found_.count(&crash) == 0 && must_be_found(crash)) {
        out_.violations.push_back(
            fmt::format("the crash of {} at {:.1f} s was missed", crash.guest, report::seconds_of(crash.at)));
      }
    }
    return std::move(out_);
  }

private:
  // The newest one that it can be: a guest that is told of late may have crashed before.
  void find(const Crash& crash) {
    const LedgerCrash* best = nullptr;
    bool taken = false;
    for (const LedgerCrash& each : engine_.crashes()) {
      const bool fits = each.guest == crash.guest && each.at <= crash.latest + kSlack &&
                        each.at + kToldLater >= crash.earliest;
      if (fits && found_.count(&each) == 0 && (best == nullptr || each.at > best->at)) {
        best = &each;
      }
      taken = taken || (fits && found_.count(&each) != 0);
    }
    if (best == nullptr) {
      out_.violations.push_back(
          fmt::format("crash {} of {} between {:.1f} s and {:.1f} s {}: {}", crash.number, crash.guest_name,
                      report::seconds_of(crash.earliest), report::seconds_of(crash.latest),
                      taken ? "was counted twice" : "never was", fmt::join(crash.reasons, ", ")));
      return;
    }
    found_.insert(best);
    if (best->at < crash.earliest - kReading || best->at > crash.latest + kReading) {
      out_.violations.push_back(fmt::format(
          "crash {} of {} was at {:.1f} s and is said to have been between {:.1f} s and {:.1f} s: {}",
          crash.number, crash.guest_name, report::seconds_of(best->at), report::seconds_of(crash.earliest),
          report::seconds_of(crash.latest), fmt::join(crash.reasons, ", ")));
    }
    out_.noticed_after.push_back(crash.noticed - best->at);
  }

  const PlanGuest* plan_guest(const std::string& id) const {
    const auto& guests = input_.run.guests;
    const auto found =
        std::find_if(guests.begin(), guests.end(), [&](const PlanGuest& each) { return each.id == id; });
    return found == guests.end() ? nullptr : &*found;
  }

  bool on(DetectorKind kind) const {
    return std::find(input_.off.begin(), input_.off.end(), kind) == input_.off.end();
  }

  bool in_time(const std::optional<Instant>& trace) const {
    return trace && *trace + kToBeFound <= input_.run.end->at;
  }

  bool must_be_found(const LedgerCrash& crash) const {
    const PlanGuest* const guest = plan_guest(crash.guest);
    const bool ended = input_.run.end && !input_.run.end->resumable;
    if (!ended || guest == nullptr || was_removed(crash)) {
      return false;
    }
    const bool told = on(DetectorKind::bugcheck_events) || on(DetectorKind::restart_events);
    const bool reads_log = told && !input_.renames && can_be_asked(input_.lab, guest->name);
    const bool sees_reset = on(DetectorKind::uptime) || on(DetectorKind::host_events);
    return (on(DetectorKind::host_events) && in_time(crash.reported)) || (reads_log && in_time(crash.told)) ||
           (reads_log && on(DetectorKind::restart_events) && in_time(crash.dump_failed)) ||
           (sees_reset && !can_be_asked(input_.lab, guest->name) && in_time(crash.reset));
  }

  bool was_removed(const LedgerCrash& crash) const {
    return std::any_of(
        engine_.troubles().begin(), engine_.troubles().end(),
        [&](const lab::LedgerTrouble& trouble) { return trouble.what == "removed " + crash.guest; });
  }

  const CrashCheckInput& input_;
  const lab::Engine& engine_;
  std::set<const LedgerCrash*> found_;
  CrashCheck out_;
};

} // namespace

CrashCheck check_crashes(const CrashCheckInput& input, const lab::Engine& engine) {
  return Comparison(input, engine).run();
}

} // namespace migstorm
