// SOAP faults: what the host said, and what can be done about it.
#pragma once

#include "harness/wsman/xml.hpp"

#include <migstorm/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migstorm::wsman {

// Whether asking again does no harm: the same fault means something else to the one and to the other.
enum class Intent : std::uint8_t {
  read,   // identify, get, enumerate, pull, release
  change, // put, invoke: what may have been carried out is an unknown outcome
  wait,   // pull of events: a host whose time is over without any says so with a fault
};

constexpr std::uint32_t kFaultMaxEnvelopeSize =
    0x80338047; // we asked for larger answers than the host allows

struct Fault {
  std::uint32_t code = 0; // innermost WSManFault, or MSFT_WmiError, or by the subcode; 0 if none of them says
  std::string subcode;    // local name, "InvalidEnumerationContext"
  std::string text;       // one printable line
};

// Nothing came within the time that was asked for.
bool is_time_over(const Fault& fault) noexcept;

// nullopt if the body holds no fault.
std::optional<Fault> read_fault(const pugi::xml_node& body);

// "CONCURRENCY" for 0x80338032; empty if unknown.
std::string_view fault_name(std::uint32_t code) noexcept;

// Code by what the caller can do. The detail has the number, the name and the text.
Error to_error(const Fault& fault, Intent intent);

} // namespace migstorm::wsman
