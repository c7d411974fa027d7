// KTRAP_FRAME as the page fault's entry fills it; what the processor or the prologue has put there stays.
#include "tools/make_dump/trap_frames.hpp"

namespace migstorm::make_dump {

namespace {

void fill_x64(Machine& machine, Address frame, const Registers& before) {
  constexpr std::array<std::pair<unsigned, unsigned>, 10> kSaved = {{{rax, 0x30},
                                                                     {rcx, 0x38},
                                                                     {rdx, 0x40},
                                                                     {r8, 0x48},
                                                                     {r9, 0x50},
                                                                     {r10, 0x58},
                                                                     {r11, 0x60},
                                                                     {rbx, 0x140},
                                                                     {rdi, 0x148},
                                                                     {rsi, 0x150}}};
  for (const auto& [number, offset] : kSaved) {
    machine.space.write<std::uint64_t>(frame + offset, before.general[number]);
  }
  machine.space.write<std::uint8_t>(frame + 0x28, 0);                               // previous mode: kernel
  machine.space.write<std::uint32_t>(frame + 0x2C, 0x1F80);                         // MXCSR
  machine.space.write<std::uint64_t>(frame + 0xD0, machine.bugcheck.parameters[0]); // CR2
}

void fill_x86(Machine& machine, Address frame, const Registers& before) {
  const auto put_field = [&machine, frame](std::uint64_t at, std::uint64_t value) {
    machine.space.write_word(frame + at, value);
  };
  put_field(0x00, before.general[rbp]);
  put_field(0x04, machine.bugcheck.parameters[3]);
  put_field(0x08, 0xBADB0D00);
  put_field(0x38, before.general[rdx]);
  put_field(0x3C, before.general[rcx]);
  put_field(0x40, before.general[rax]);
}

void fill_arm64(Machine& machine, Address frame, const Registers& before) {
  constexpr std::uint32_t kDataAbort = 0x96000004; // same level, translation fault, a read
  machine.space.write<std::uint8_t>(frame, 1);     // an exception
  machine.space.write<std::uint64_t>(frame + 0x08, machine.bugcheck.parameters[0]);
  machine.space.write<std::uint32_t>(frame + 0x90, kSpsrKernel);
  machine.space.write<std::uint32_t>(frame + 0x94, kDataAbort);
  machine.space.write<std::uint64_t>(frame + 0x98, before.general[sp]);
  for (unsigned number = x0; number < x19; ++number) {
    machine.space.write<std::uint64_t>(frame + 0xA0 + 8ULL * number, before.general[number]);
  }
  machine.space.write<std::uint64_t>(frame + 0x138, before.general[lr]);
  machine.space.write<std::uint64_t>(frame + 0x140, before.general[fp]);
  machine.space.write<std::uint64_t>(frame + 0x148, machine.bugcheck.parameters[3]);
}

} // namespace

void fill_trap_frame(Machine& machine, const Registers& before) {
  switch (machine.facts.architecture) {
  case Architecture::x64:
    return fill_x64(machine, machine.trap_frame, before);
  case Architecture::x86:
  case Architecture::x86_pae:
    return fill_x86(machine, machine.trap_frame, before);
  case Architecture::arm64:
    return fill_arm64(machine, machine.trap_frame, before);
  }
}

} // namespace migstorm::make_dump
