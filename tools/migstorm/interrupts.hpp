// Ctrl-C: the first one asks for a stop that follows what is in flight to its end, the second one abandons
// it.
#pragma once

#include <migstorm/scope.hpp>

namespace migstorm {

class AsioRuntime;

// SIGINT and SIGTERM for as long as the runtime lives; says on stderr what is going to happen.
void stop_on_signals(AsioRuntime& runtime, Stop& stop);

// The same for loops that wait for nothing: signals are counted, and looked at between two turns.
class SignalWatch {
public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  bool seen() const noexcept;
  void forward(Stop& stop) const;
};

} // namespace migstorm
