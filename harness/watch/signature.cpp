#include "harness/watch/signature.hpp"

#include <fmt/format.h>

namespace migstorm {
namespace {

// IRQL_NOT_LESS_OR_EQUAL and DRIVER_IRQL_NOT_LESS_OR_EQUAL: parameter 3 is 0 read, 1 write, 8 execute.
// Bit 0 tells read from write, bit 3 an instruction fetch.
const char* access_of_irql_fault(std::uint64_t parameter) {
  if ((parameter & 8) != 0) {
    return "execute";
  }
  return (parameter & 1) != 0 ? "write" : "read";
}

// PAGE_FAULT_IN_NONPAGED_AREA: parameter 2 is 0 read, 1 write (older) or 2 write (newer), 8 or 0x10 execute.
const char* access_of_page_fault(std::uint64_t parameter) {
  if (parameter == 8 || parameter == 0x10) {
    return "execute";
  }
  return parameter == 0 ? "read" : "write";
}

} // namespace

std::string crash_signature(std::uint32_t code, const std::array<std::uint64_t, 4>& parameters) {
  code &= ~0x10000000U; // marks a minidump, not another bugcheck
  switch (code) {
  case 0:
    return {};
  case 0xa:
  case 0xd1:
    return fmt::format("{:#x}|{}", code, access_of_irql_fault(parameters[2]));
  case 0x50:
    return fmt::format("{:#x}|{}", code, access_of_page_fault(parameters[1]));
  default:
    return fmt::format("{:#x}", code);
  }
}

} // namespace migstorm
