// The production runtime: Boost.Asio and one thread that decides, the one that calls turn().
//
// The clock is real time, N times real time, or lockstep: virtual time that jumps to the next timer, but only
// when no operation is under way (request, offloaded work) and nothing is runnable. A simulated cluster that
// reads now() then shares the clock with the harness over real sockets.
#pragma once

#include <migstorm/runtime.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace migstorm {

struct AsioOptions {
  std::uint64_t seed = 1;
  CivilTime epoch = std::chrono::system_clock::now(); // what instant zero is in civil time
  Instant start{};                                    // a resumed run's clock goes on from here
  std::uint32_t clock_factor = 1;                     // cluster time runs that much faster than real time
  bool lockstep = false;
};

class AsioRuntime final : public Runtime {
public:
  explicit AsioRuntime(AsioOptions options = AsioOptions());
  ~AsioRuntime() override; // waits for offloaded work

  Instant now() const noexcept override; // callable from any thread
  void post(std::coroutine_handle<> next) noexcept override;
  TimerId post_at(Instant when, std::coroutine_handle<> next) override;
  void cancel(TimerId timer) noexcept override;
  bool turn() override;
  Span longest_turn() const noexcept override;
  void offload_raw(OffloadLane lane, std::function<void()> work, std::coroutine_handle<> next) override;
  CivilTime epoch() const noexcept override;
  std::uint64_t seed() const noexcept override;
  std::string make_guid() override;

  boost::asio::io_context& io() noexcept;

  // Bridges call these around an operation that ends outside the loop: lockstep time stands still in between.
  void begin_operation() noexcept;
  void end_operation(std::coroutine_handle<> next) noexcept; // posts `next`; callable from any thread

  // `handler` is called between two turns with the signal's number, every time one arrives.
  void on_signals(std::initializer_list<int> signals, std::function<void(int)> handler);

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  Runtime* outer_ = nullptr; // of this thread, while it was made
};

} // namespace migstorm
