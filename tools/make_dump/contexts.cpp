// CONTEXT of each architecture.
#include "tools/make_dump/machine.hpp"

namespace migstorm::make_dump {

namespace {

// rax rcx rdx rbx rsp rbp rsi rdi r8..r15, as registers are numbered here.
Bytes x64_context(const Registers& registers) {
  Bytes out(0x4D0);
  put<std::uint32_t>(out, 0x30, 0x10001F);
  put<std::uint32_t>(out, 0x34, 0x1F80);
  constexpr std::array<std::uint16_t, 6> kSegments = {0x10, 0x2B, 0x2B,
                                                      0x53, 0x2B, 0x18}; // cs ds es fs gs ss
  for (std::size_t i = 0; i < kSegments.size(); ++i) {
    put<std::uint16_t>(out, 0x38 + 2 * i, kSegments[i]);
  }
  put<std::uint32_t>(out, 0x44, kFlagsX86);
  for (std::size_t i = 0; i <= r15; ++i) {
    put<std::uint64_t>(out, 0x78 + 8 * i, registers.general[i]);
  }
  put<std::uint64_t>(out, 0xF8, registers.ip);
  return out;
}

Bytes x86_context(const Registers& registers) {
  Bytes out(0x2CC);
  const auto put_field = [&out](std::uint64_t at, std::uint64_t value) {
    put<std::uint32_t>(out, at, static_cast<std::uint32_t>(value));
  };
  put_field(0, 0x1001F);
  constexpr std::array<std::pair<std::uint64_t, std::uint32_t>, 6> kSegments = {
      {{0x8C, 0}, {0x90, 0x30}, {0x94, 0x23}, {0x98, 0x23}, {0xBC, 0x8}, {0xC8, 0x10}}}; // gs fs es ds cs ss
  for (const auto& [at, selector] : kSegments) {
    put_field(at, selector);
  }
  constexpr std::array<std::uint64_t, 8> kGeneral = {0xB0, 0xAC, 0xA8, 0xA4, 0xC4, 0xB4, 0xA0, 0x9C};
  for (std::size_t i = 0; i < kGeneral.size(); ++i) {
    put_field(kGeneral[i], registers.general[i]);
  }
  put_field(0xB8, registers.ip);
  put_field(0xC0, kFlagsX86);
  return out;
}

Bytes arm64_context(const Registers& registers) {
  Bytes out(0x390);
  put<std::uint32_t>(out, 0, 0x400007);
  put<std::uint32_t>(out, 4, kSpsrKernel);
  for (std::size_t i = 0; i <= sp; ++i) { // x0 to x28, fp, lr, sp
    put<std::uint64_t>(out, 8 + 8 * i, registers.general[i]);
  }
  put<std::uint64_t>(out, 0x108, registers.ip);
  return out;
}

} // namespace

Bytes context_record(Architecture architecture, const Registers& registers) {
  switch (architecture) {
  case Architecture::x64:
    return x64_context(registers);
  case Architecture::x86:
  case Architecture::x86_pae:
    return x86_context(registers);
  case Architecture::arm64:
    return arm64_context(registers);
  }
  return {};
}

} // namespace migstorm::make_dump
