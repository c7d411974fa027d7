#include "tools/make_dump/dump_header.hpp"

namespace migstorm::make_dump {

namespace {

// What Windows leaves in fields that it does not fill.
void fill_unused(Bytes& header) {
  for (std::uint64_t at = 0; at < header.size(); at += 4) {
    put(header, at, std::string_view("PAGE"));
  }
}

void put_bugcheck(Bytes& header, const Bugcheck& bugcheck) {
  put<std::uint32_t>(header, 0x38, bugcheck.code);
  put<std::uint32_t>(header, 0x3C, 0);
  for (std::size_t i = 0; i < bugcheck.parameters.size(); ++i) {
    put<std::uint64_t>(header, 0x40 + 8 * i, bugcheck.parameters[i]);
  }
}

// Breakpoint at KeBugCheckEx, in whatever dump: it says nothing of the cause.
void put_exception(Bytes& header, const Machine& machine) {
  put(header, header::kException, Bytes(0x98));
  put<std::uint32_t>(header, header::kException, 0x80000003);
  put<std::uint32_t>(header, header::kException + 4, 1); // not continuable
  put<std::uint64_t>(header, header::kException + 0x10, machine.at_bugcheck.rip);
}

void put_machine(Bytes& header, const Machine& machine) {
  put<std::uint32_t>(header, 0x08, 0xF);
  put<std::uint32_t>(header, 0x0C, machine.facts.build);
  put<std::uint64_t>(header, header::kTables, machine.space.root());
  put<std::uint64_t>(header, 0x18, machine.symbol("MmPfnDatabase"));
  put<std::uint64_t>(header, 0x20, machine.symbol("PsLoadedModuleList"));
  put<std::uint64_t>(header, 0x28, machine.symbol("PsActiveProcessHead"));
  put<std::uint32_t>(header, 0x30, 0x8664);
  put<std::uint32_t>(header, header::kProcessors, machine.facts.processors);
  put<std::uint64_t>(header, header::kDebuggerBlock, machine.symbol("KdDebuggerDataBlock"));
}

void put_times(Bytes& header, const Machine& machine) {
  put<std::uint64_t>(header, 0xFA8, machine.facts.system_time);
  put<std::uint64_t>(header, 0x1030, machine.facts.uptime);
  put<std::uint32_t>(header, 0x1040, 3);     // product: server
  put<std::uint32_t>(header, 0x1044, 0x110); // suite: terminal services, single user
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

Bytes memory_description(const PhysicalMemory& memory) {
  Bytes out(0x10 + 0x10 * memory.runs().size());
  put<std::uint32_t>(out, 0, static_cast<std::uint32_t>(memory.runs().size()));
  put<std::uint64_t>(out, 8, memory.page_count());
  std::uint64_t at = 0x10;
  for (const Run& run : memory.runs()) {
    put<std::uint64_t>(out, at, run.base);
    put<std::uint64_t>(out, at + 8, run.count);
    at += 0x10;
  }
  return out;
}

Bytes dump_header(const Machine& machine, Kind kind) {
  Bytes header(kHeaderSize);
  fill_unused(header);
  put(header, 0, std::string_view("PAGEDU64"));
  put_machine(header, machine);
  put_bugcheck(header, machine.bugcheck);
  if (kind != Kind::triage) {
    put(header, header::kMemory, memory_description(machine.memory));
  }
  Bytes context(3000);
  put(context, 0, context_record(machine.at_bugcheck));
  put(header, header::kContext, context);
  put_exception(header, machine);
  put<std::uint32_t>(header, header::kType, dump_type(kind));
  put_times(header, machine);
  return header;
}

} // namespace migstorm::make_dump
