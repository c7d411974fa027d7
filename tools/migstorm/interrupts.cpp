#include "tools/migstorm/interrupts.hpp"

#include "harness/runtime/asio_runtime.hpp"

#include <spdlog/spdlog.h>

#include <csignal>

namespace migstorm {

namespace {

volatile std::sig_atomic_t signals_seen = 0;

void count_signal(int /*number*/) { signals_seen = signals_seen + 1; }

void escalate(Stop& stop) {
  if (stop.requested()) {
    spdlog::warn("stopping now; what is in flight becomes unknown");
    stop.request(Stop::Level::abandon);
  } else {
    spdlog::warn("stopping; what is in flight is followed to its end (once more: stop now)");
    stop.request(Stop::Level::finish);
  }
}

void handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

} // namespace

void stop_on_signals(AsioRuntime& runtime, Stop& stop) {
  runtime.on_signals({SIGINT, SIGTERM}, [&stop](int) { escalate(stop); });
}

SignalWatch::SignalWatch() {
  signals_seen = 0;
  handle(count_signal);
}

SignalWatch::~SignalWatch() { handle(SIG_DFL); }

bool SignalWatch::seen() const noexcept { return signals_seen > 0; }

void SignalWatch::forward(Stop& stop) const {
  const int wanted = signals_seen;
  if ((wanted >= 1 && !stop.requested()) || (wanted >= 2 && stop.level() != Stop::Level::abandon)) {
    escalate(stop);
  }
}

} // namespace migstorm
