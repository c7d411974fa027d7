#include "tools/make_dump/dump_header.hpp"

namespace migstorm::make_dump {

namespace {

// What Windows leaves in fields that it does not fill.
void fill_unused(Bytes& header) {
  for (std::uint64_t at = 0; at < header.size(); at += 4) {
    put(header, at, std::string_view("PAGE"));
  }
}

void put_bugcheck(Bytes& header, const Machine& machine) {
  const HeaderLayout& at = machine.shape.header;
  const unsigned word = machine.shape.word;
  put_word(header, at.bugcheck_code, machine.bugcheck.code, word);
  for (std::size_t i = 0; i < machine.bugcheck.parameters.size(); ++i) {
    put_word(header, at.bugcheck_parameters + word * i, machine.bugcheck.parameters[i], word);
  }
}

// Breakpoint at KeBugCheckEx, in whatever dump: it says nothing of the cause.
void put_exception(Bytes& header, const Machine& machine) {
  const HeaderLayout& at = machine.shape.header;
  put(header, at.exception, Bytes(at.exception_size));
  put<std::uint32_t>(header, at.exception, 0x80000003);
  put<std::uint32_t>(header, at.exception + 4, 1); // not continuable
  put_word(header, at.exception + 8 + machine.shape.word, machine.at_bugcheck.ip, machine.shape.word);
}

void put_machine(Bytes& header, const Machine& machine) {
  const HeaderLayout& at = machine.shape.header;
  const unsigned word = machine.shape.word;
  put<std::uint32_t>(header, 0x08, 0xF);
  put<std::uint32_t>(header, 0x0C, machine.facts.build);
  put_word(header, at.tables, machine.space.root(), word);
  put_word(header, at.tables + word, machine.symbol("MmPfnDatabase"), word);
  put_word(header, at.tables + 2 * word, machine.symbol("PsLoadedModuleList"), word);
  put_word(header, at.tables + 3 * word, machine.symbol("PsActiveProcessHead"), word);
  put<std::uint32_t>(header, at.machine, machine.shape.machine);
  put<std::uint32_t>(header, at.processors, machine.facts.processors);
  put_word(header, at.debugger_block, machine.symbol("KdDebuggerDataBlock"), word);
  if (!machine.shape.wide()) {
    constexpr std::uint64_t kPaeEnabled = 0x5C;
    put<std::uint8_t>(header, kPaeEnabled, machine.facts.architecture == Architecture::x86_pae ? 1 : 0);
  }
}

void put_times(Bytes& header, const Machine& machine) {
  const HeaderLayout& at = machine.shape.header;
  put<std::uint64_t>(header, at.system_time, machine.facts.system_time);
  put<std::uint64_t>(header, at.uptime, machine.facts.uptime);
  put<std::uint32_t>(header, at.product_type, 3);   // server
  put<std::uint32_t>(header, at.suite_mask, 0x110); // terminal services, single user
}

} // namespace

std::uint32_t dump_type(Kind kind) noexcept {
  switch (kind) {
  case Kind::full:
    return 1;
  case Kind::kernel_summary:
    return 2;
  case Kind::header:
    return 3;
  case Kind::triage:
    return 4;
  case Kind::bitmap_full:
    return 5;
  case Kind::bitmap_kernel:
    return 6;
  case Kind::bitmap_automatic:
    return 7;
  case Kind::kernel_range:
    return 8;
  case Kind::kernel_user_range:
    return 9;
  case Kind::complete_range:
    return 10;
  }
  return 0;
}

Bytes memory_description(const PhysicalMemory& memory, unsigned word) {
  Bytes out(2 * word * (1 + memory.runs().size()));
  put<std::uint32_t>(out, 0, static_cast<std::uint32_t>(memory.runs().size()));
  put_word(out, word, memory.page_count(), word);
  std::uint64_t at = 2 * word;
  for (const Run& run : memory.runs()) {
    put_word(out, at, run.base, word);
    put_word(out, at + word, run.count, word);
    at += 2 * word;
  }
  return out;
}

Bytes dump_header(const Machine& machine, Kind kind) {
  const HeaderLayout& at = machine.shape.header;
  Bytes header(at.size);
  fill_unused(header);
  put(header, 0, at.signature);
  put_machine(header, machine);
  put_bugcheck(header, machine);
  if (kind != Kind::triage) {
    put(header, at.memory, memory_description(machine.memory, machine.shape.word));
  }
  Bytes context(at.context_size);
  put(context, 0, context_record(machine.facts.architecture, machine.at_bugcheck));
  put(header, at.context, context);
  put_exception(header, machine);
  put<std::uint32_t>(header, at.type, dump_type(kind));
  put_times(header, machine);
  return header;
}

} // namespace migstorm::make_dump
