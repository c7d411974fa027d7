#include "analyzers/triage/bugcheck.hpp"

#include <fmt/format.h>

namespace migstorm::triage {
namespace {

// Faults at raised IRQL: 0 read, 1 write, 8 execute, and 2 execute in some reports. Bit 0 tells read from
// write.
Access access_of_irql_fault(std::uint64_t operation) {
  if ((operation & 8) != 0) {
    return Access::execute;
  }
  return (operation & 1) != 0 ? Access::write : Access::read;
}

// Page faults: 0 read, 1 write (before Windows 10) or 2 write (since), 8 or 0x10 execute.
Access access_of_page_fault(std::uint64_t operation) {
  if (operation == 8 || operation == 0x10) {
    return Access::execute;
  }
  return operation == 0 ? Access::read : Access::write;
}

} // namespace

std::uint32_t plain_code(std::uint32_t code) noexcept {
  // Only a top digit of exactly 1 is the mark: 0xdeaddead and 0xc000021a are codes of their own.
  return (code & 0xf0000000U) == 0x10000000U ? code & ~0x10000000U : code;
}

std::string_view to_string(Access access) noexcept {
  switch (access) {
  case Access::read:
    return "read";
  case Access::write:
    return "write";
  case Access::execute:
    return "execute";
  }
  return "";
}

std::optional<Access> access_of(std::uint32_t code, const Parameters& parameters) noexcept {
  switch (plain_code(code)) {
  case 0xa:
  case 0xc5:
  case 0xd1:
  case 0xd3:
  case 0xd4:
    return access_of_irql_fault(parameters[2]);
  case 0x50:
  case 0xcc:
  case 0xcd:
  case 0xd5:
  case 0xd6:
    return access_of_page_fault(parameters[1]);
  default:
    return std::nullopt;
  }
}

std::string signature_head(std::uint32_t code, const Parameters& parameters) {
  const std::uint32_t plain = plain_code(code);
  if (plain == 0) {
    return {};
  }
  const std::optional<Access> access = access_of(plain, parameters);
  return access ? fmt::format("{:#x}|{}", plain, to_string(*access)) : fmt::format("{:#x}", plain);
}

} // namespace migstorm::triage
