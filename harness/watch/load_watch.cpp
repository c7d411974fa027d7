#include "harness/watch/watch.hpp"

#include <fmt/format.h>

namespace migstorm::watch {

void Watch::tally_load(Guest& guest, bool runs, Instant now) noexcept {
  if (guest.load_runs) {
    guest.loaded += now - guest.load_seen;
  }
  guest.load_seen = now;
  guest.load_runs = runs;
}

void Watch::on_growth(std::uint32_t guest, std::uint64_t grown, Window measured, bool hours_open,
                      Findings& out) {
  using Change = LoadTracker::Change;
  Guest& told = guests_[guest];
  if (!told.has(DetectorKind::load)) {
    return;
  }
  const bool well = told.state == hyperv::EnabledState::enabled && !told.heartbeat.lost() &&
                    told.book.open_case() == nullptr;
  tally_load(told, load_.rests_between_moves ? told.moving : well && hours_open, measured.latest);
  if (!well) {
    told.load.pass(told.loaded);
    return;
  }
  const Change change = told.load.observe(grown, told.loaded, load_.patience, measured);
  if (change == Change::none) {
    return;
  }
  const bool stopped = change == Change::stopped;
  const Window when = stopped ? told.load.silence() : measured;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(load_.patience).count();
  const SignalKind kind = stopped ? SignalKind::load_stopped : SignalKind::load_back;
  out.signals.push_back(signal_for(told, kind, when, measured.latest));
  out.notes.push_back(
      {std::string(to_string(kind)), told.facts.name,
       stopped ? fmt::format("its heart beats, but its disks did not grow in {} s of load", seconds)
               : "its disks grow again"});
}

} // namespace migstorm::watch
