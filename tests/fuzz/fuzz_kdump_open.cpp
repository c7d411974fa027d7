// A file read as a dump of every kind. Nothing must break, and what comes out keeps its promises: limits
// hold, text is printable, and memory that is read twice is the same twice.
#include "analyzers/kdump/dump.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

using namespace migstorm;
using namespace migstorm::kdump;

namespace {

constexpr std::size_t kBytesMax = 1u << 18;

void promise(bool kept) {
  if (!kept) {
    __builtin_trap();
  }
}

bool printable(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void read_memory(const Memory& memory, std::uint64_t address) {
  std::array<std::byte, 0x30> first{};
  std::array<std::byte, 0x30> second{};
  const std::size_t size = memory.read_some(address, first);
  promise(size == memory.read_some(address, second) && first == second);
  const Presence whole = memory.read(address, second);
  promise((whole == Presence::present) == (size == first.size()));
  static_cast<void>(memory.read_physical(address, second));
  static_cast<void>(memory.pointer(address));
}

void examine(const Dump& dump) {
  const Header& header = dump.header();
  promise(!to_string(header.kind).empty() && !to_string(header.machine).empty());
  promise(printable(header.comment) && printable(header.version_user));
  promise(dump.modules().size() <= kModulesMax && dump.unloaded_drivers().size() <= kUnloadedDriversMax);
  for (const Module& module : dump.modules()) {
    promise(printable(module.name) && printable(module.path));
    const Module* found = dump.module_at(module.base);
    promise(module.size == 0 || found != nullptr);
    std::array<std::byte, 64> start{};
    static_cast<void>(image_reader(dump.memory(), module.base, module.size)(0, start));
  }
  for (const UnloadedDriver& driver : dump.unloaded_drivers()) {
    promise(printable(driver.name));
  }
  for (const std::uint64_t address :
       {header.loaded_module_list, header.bugcheck_parameters[0], header.bugcheck_parameters[3],
        header.debugger_data.value_or(0), dump.current().thread, dump.triage_blocks().stack_top,
        std::uint64_t{0x28}, ~std::uint64_t{0} - 8}) {
    read_memory(dump.memory(), address);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SpanSource source(std::as_bytes(std::span(data, std::min(size, kBytesMax))));
  if (const auto dump = Dump::open(source)) {
    examine(*dump);
    promise(source.bytes_read() <= 64ull << 20);
  }
  return 0;
}
