// Numbers, times and foreign text as reports write them.
#pragma once

#include <migstorm/runtime.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace migstorm::report {

std::string grouped(std::uint64_t number); // 12,000
// counted(1, "crash", "crashes") is "1 crash".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);
std::string hex(std::uint64_t value); // 0xd1
// A stop code without the mark of a manually or remotely initiated one, 0x10000000.
std::string bugcheck_code(std::uint32_t code);
std::string percent(double fraction); // 99.8 %; never 100 % for less than all

std::string rfc3339(CivilTime time);      // 2026-11-24T16:45:12.345Z, the fraction only where there is one
std::string civil_minute(CivilTime time); // 2026-11-24 16:45
std::string civil_second(CivilTime time); // 2026-11-24 16:45:12 UTC
double seconds_of(Span span);
std::string span_words(Span span); // 9 h 26 min

// Safe on a terminal: controls, and marks that turn the direction of writing, become blanks; what is no UTF-8
// is replaced; longer than `bytes_max` is cut.
std::string printable(std::string_view text, std::size_t bytes_max = 300);

} // namespace migstorm::report
