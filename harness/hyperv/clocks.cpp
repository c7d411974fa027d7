#include "harness/hyperv/clocks.hpp"

namespace migstorm::hyperv {

Task<Result<ClockReading>> read_clock_offset(Host& machine) {
  const CivilTime asked = machine.runtime.civil_now();
  Rows rows = co_await machine.client->query(std::string(kNamespaceCim),
                                             "SELECT LocalDateTime FROM Win32_OperatingSystem");
  const CivilTime answered = machine.runtime.civil_now();
  if (!rows) {
    co_return std::move(rows).error();
  }
  const auto there = rows->empty() ? std::nullopt : rows->front().datetime("LocalDateTime");
  if (!there) {
    co_return Error{Errc::remote_fault, "the machine does not tell its time"};
  }
  const Span half = (answered - asked) / 2;
  co_return ClockReading{*there - (asked + half), half};
}

Task<Result<Span>> read_uptime(Host& machine) {
  Rows rows = co_await machine.client->query(
      std::string(kNamespaceCim), "SELECT LastBootUpTime, LocalDateTime FROM Win32_OperatingSystem");
  if (!rows) {
    co_return std::move(rows).error();
  }
  const auto booted = rows->empty() ? std::nullopt : rows->front().datetime("LastBootUpTime");
  const auto there = rows->empty() ? std::nullopt : rows->front().datetime("LocalDateTime");
  if (!booted || !there || *there < *booted) {
    co_return Error{Errc::remote_fault, "the machine does not tell since when it runs"};
  }
  co_return Span(*there - *booted);
}

} // namespace migstorm::hyperv
