#include "harness/hyperv/read_method.hpp"

#include <cassert>

namespace migstorm::hyperv {

namespace {

constexpr std::uint32_t kRetriesMax = 5; // the last pause is 4 s: nothing changes by asking again
constexpr Span kPauseFirst = std::chrono::milliseconds(250);

} // namespace

Task<Result<ReadAnswer>> read_method(Host& host, wsman::Reference target, std::string method,
                                     std::vector<wsman::Argument> arguments) {
  assert(method.starts_with("Get"));
  co_return co_await repeat_reading(host, std::move(target), std::move(method), std::move(arguments));
}

Task<Result<ReadAnswer>> repeat_reading(Host& host, wsman::Reference target, std::string method,
                                        std::vector<wsman::Argument> arguments) {
  for (std::uint32_t attempt = 0;; ++attempt) {
    const Instant asked = host.runtime.now();
    Result<wsman::InvokeResult> result = co_await host.client->invoke(target, method, arguments);
    if (result) {
      co_return ReadAnswer{std::move(*result), asked, host.runtime.now()};
    }
    const Errc code = result.error().code;
    const bool again = code == Errc::transport || code == Errc::unknown_outcome || code == Errc::busy;
    if (!again || attempt == kRetriesMax) {
      co_return std::move(result).error();
    }
    const Span pause = kPauseFirst * (1 << attempt);
    co_await host.runtime.sleep_for(pause);
  }
}

} // namespace migstorm::hyperv
