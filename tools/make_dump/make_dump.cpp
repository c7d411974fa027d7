#include "tools/make_dump/make_dump.hpp"

#include "tools/make_dump/bodies.hpp"
#include "tools/make_dump/dump_header.hpp"
#include "tools/make_dump/spoil.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::make_dump {

namespace {

constexpr std::uint32_t kProcessorsMost = 64;
constexpr std::uint64_t kMemoryMost32 = 2ULL << 30;

Status check(const CrashFacts& facts, const DumpOptions& options) {
  if (facts.memory < PhysicalMemory::kSmallest || facts.memory > PhysicalMemory::kLargest ||
      facts.memory % (1ULL << 20) != 0) {
    return Error{Errc::over_limit,
                 fmt::format("memory of {} bytes: from 16 MiB to 1 TiB in whole MiB", facts.memory)};
  }
  if (facts.processors == 0 || facts.processors > kProcessorsMost) {
    return Error{Errc::over_limit,
                 fmt::format("{} processors: from 1 to {}", facts.processors, kProcessorsMost)};
  }
  const bool wide = shape_of(facts.architecture).wide();
  if (!wide && facts.memory > kMemoryMost32) {
    return Error{Errc::over_limit,
                 fmt::format("memory of {} bytes: a 32-bit machine has up to 2 GiB here", facts.memory)};
  }
  if (!wide && (options.kind == Kind::kernel_range || options.kind == Kind::kernel_user_range ||
                options.kind == Kind::complete_range)) {
    return Error{Errc::unsupported,
                 fmt::format("kind {}: known of 64-bit machines only", to_string(options.kind))};
  }
  if (facts.architecture != Architecture::x64 && options.spoils.count(Spoil::encoded_debugger_block) == 1) {
    return Error{Errc::unsupported, "encoded-debugger-block: known of x64 only"};
  }
  const bool has_every_page =
      options.kind == Kind::full || options.kind == Kind::bitmap_full || options.kind == Kind::complete_range;
  if (options.spoils.count(Spoil::cut_stack) == 1 && has_every_page) {
    return Error{Errc::unsupported,
                 fmt::format("cut-stack: a dump of kind {} has every page", to_string(options.kind))};
  }
  return Unit{};
}

void write_body(SparseFile& file, const Machine& machine, Kind kind) {
  switch (kind) {
  case Kind::full:
    write_pages(file, machine.shape.header.size, present_runs(machine.memory, kind), machine.memory);
    break;
  case Kind::kernel_summary:
    write_summary_body(file, machine, kind);
    break;
  case Kind::header:
    break;
  case Kind::triage:
    write_triage_body(file, machine);
    break;
  case Kind::bitmap_full:
  case Kind::bitmap_kernel:
  case Kind::bitmap_automatic:
    write_bitmap_body(file, machine, kind);
    break;
  case Kind::kernel_range:
  case Kind::kernel_user_range:
  case Kind::complete_range:
    write_range_body(file, machine, kind);
    break;
  }
}

SparseFile write_dump(const Machine& machine, Kind kind) {
  SparseFile file;
  Bytes header = dump_header(machine, kind);
  file.put(0, header);
  write_body(file, machine, kind);
  put<std::uint64_t>(header, machine.shape.header.required_space, file.size());
  file.put(0, header);
  return file;
}

std::vector<LaidModule> modules_of(const Machine& machine) {
  std::vector<LaidModule> modules;
  for (std::size_t i = 0; i < machine.images.size(); ++i) {
    const Image& image = machine.images[i];
    modules.push_back({machine.module_names[i], image.base(), image.size(), image.timestamp()});
  }
  return modules;
}

} // namespace

Result<CrashDump> make_dump(const CrashFacts& facts, const DumpOptions& options) {
  if (Status checked = check(facts, options); !checked) {
    return std::move(checked).error();
  }
  Machine machine = make_machine(facts);
  for (const Spoil spoil : options.spoils) {
    spoil_machine(machine, spoil);
  }
  CrashDump dump{write_dump(machine, options.kind), machine.bugcheck, machine.stack, modules_of(machine)};
  // Backwards: a file is cut off after everything else has been done to it.
  for (auto spoil = options.spoils.rbegin(); spoil != options.spoils.rend(); ++spoil) {
    spoil_file(dump.file, machine.shape, options.kind, *spoil);
  }
  return dump;
}

Result<Bugcheck> crash_bugcheck(const CrashFacts& facts) {
  if (Status checked = check(facts, {}); !checked) {
    return std::move(checked).error();
  }
  return make_machine(facts).bugcheck;
}

Status write_crash_dump(const std::string& path, const CrashFacts& facts) {
  Result<CrashDump> dump = make_dump(facts, {});
  if (!dump) {
    return std::move(dump).error();
  }
  return dump->file.write_to(path);
}

} // namespace migstorm::make_dump
