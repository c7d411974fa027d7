#include "harness/watch/event_signals.hpp"
#include "harness/watch/watch.hpp"

namespace migstorm::watch {

void Watch::on_console(std::uint32_t guest, const ScreenVerdict& screen, Window taken, Findings& out) {
  if (screen.grade != ScreenGrade::stop_screen) {
    return;
  }
  Guest& shown = guests_[guest];
  Signal signal = signal_for(shown, SignalKind::stop_screen, taken, taken.latest);
  signal.detail = screen.reason;
  if (shown.book.open_case() == nullptr) { // a picture may lie, and accuses nobody by itself
    shown.stop_screen = taken.latest;
    out.signals.push_back(std::move(signal));
    return;
  }
  handle(shown, std::move(signal), out).stop_screen = true;
}

// A picture is taken at the first beat that is missed; what makes a case of it is often told later.
void Watch::recall_screen(Guest& guest, Case& filed) {
  if (guest.stop_screen && !filed.stop_screen && *guest.stop_screen >= filed.crash.earliest - kClockSlack) {
    filed.stop_screen = true;
    filed.crash.reasons.emplace_back(to_string(SignalKind::stop_screen));
  }
  guest.stop_screen.reset();
}

} // namespace migstorm::watch
