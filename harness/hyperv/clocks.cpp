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

} // namespace migstorm::hyperv
