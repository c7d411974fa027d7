#include "tools/make_dump/spoil.hpp"

#include "tools/make_dump/dump_header.hpp"

#include <migstorm/random.hpp>

#include <bit>

namespace migstorm::make_dump {

namespace {

void tear_tables(Machine& machine) {
  const Address driver = machine.image("storvsc.sys").base();
  const std::span<std::byte> table = machine.memory.page(machine.space.entry_address(driver, 0) / kPageSize);
  Random random(machine.facts.seed, "torn tables");
  for (std::uint64_t at = 0; at < table.size(); at += 8) {
    put<std::uint64_t>(table, at, random.next());
  }
}

// A function whose unwind information goes on in its own.
void chain_to_itself(Machine& machine, const Image& image, const char* name) {
  constexpr unsigned kChained = 4U << 3;
  const Function function = image.function(image.symbol(name));
  const Address unwind = image.base() + function.unwind;
  const auto slots = machine.space.read<std::uint8_t>(unwind + 2);
  const auto flags = machine.space.read<std::uint8_t>(unwind);
  const Address parent = unwind + 4 + round_up(slots, 2) * 2;
  machine.space.write<std::uint8_t>(unwind, static_cast<std::uint8_t>(flags | kChained));
  machine.space.write<std::uint32_t>(parent, function.begin);
  machine.space.write<std::uint32_t>(parent + 4, function.end);
  machine.space.write<std::uint32_t>(parent + 8, function.unwind);
}

// A page whose prototype entry lies in that page, so that finding it needs itself.
void prototype_of_itself(Machine& machine) {
  const unsigned shift = machine.shape.paging.prototype_shift;
  if (shift == 0) {
    return;
  }
  const Address page = machine.name_pages[1];
  const std::uint64_t slot = machine.space.entry_address(page, 0);
  put<std::uint64_t>(machine.memory.page(slot / kPageSize), slot % kPageSize, page << shift | 1U << 10);
}

// The kernel's lowest top-level entry, which nothing uses, leads back to the table it is in.
void table_in_itself(Machine& machine) {
  const PagingLayout& paging = machine.shape.paging;
  const std::uint64_t top = machine.space.root();
  const std::uint64_t slot = top + (std::uint64_t{paging.entry_size} << paging.top_index_bits) / 2;
  const std::uint64_t entry = (top & ~(kPageSize - 1)) | paging.table_entry;
  const std::span<std::byte> page = machine.memory.page(slot / kPageSize);
  put(page, slot % kPageSize, std::as_bytes(std::span(&entry, 1)).first(paging.entry_size));
}

void make_loops(Machine& machine) {
  if (machine.facts.architecture == Architecture::x64) {
    chain_to_itself(machine, machine.image("vmbus.sys"), "VmbusChannelDpc");
  }
  prototype_of_itself(machine);
  const Address links = machine.user_process + machine.shape.kernel.process_links;
  machine.space.write_word(links, links); // the process list stays here
  if (machine.shape.paging.levels > 2) {
    table_in_itself(machine);
  }
}

void encode_debugger_block(Machine& machine) {
  const std::uint64_t never = 0x8E3A51C7D2094B25;
  const std::uint64_t always = 0x00B9F1D46A7C3E18;
  const Address flag = machine.symbol("KdpDataBlockEncoded");
  AddressSpace& space = machine.space;
  space.write<std::uint64_t>(machine.symbol("KiWaitNever"), never);
  space.write<std::uint64_t>(machine.symbol("KiWaitAlways"), always);
  space.write<std::uint8_t>(flag, 1);
  const Address block = machine.symbol("KdDebuggerDataBlock");
  for (Address at = block; at < block + kDebuggerDataSize; at += 8) {
    const std::uint64_t inner = __builtin_bswap64(space.read<std::uint64_t>(at) ^ always) ^ flag;
    space.write<std::uint64_t>(at, std::rotr(inner, static_cast<int>(never & 0x3F)) ^ never);
  }
}

void hostile_names(Machine& machine) {
  name_module(machine, 1, "vm\x1b[31mbus\n.sys");
  name_module(machine, 2, "<script>alert(1)</script>../../stor" + std::string(300, 'x'));
}

void cut_stack(Machine& machine) {
  for (Address at = machine.placement.stack; at < machine.placement.stack + Machine::kStackSize;
       at += kPageSize) {
    machine.memory.forget(machine.space.frame(at));
  }
}

template <class T>
void patch(SparseFile& file, std::uint64_t offset, std::type_identity_t<T> value) {
  file.put(offset, std::as_bytes(std::span(&value, 1)));
}

void lie_in_triage(SparseFile& file, const Shape& shape) {
  constexpr std::uint32_t kAbsurd = 0x7FFFFFFF;
  const std::uint64_t start = shape.header.size;
  // of the stack, drivers, strings, debugger block, data blocks
  constexpr std::uint64_t kCounts64[] = {0x2C, 0x34, 0x3C, 0x74, 0x7C};
  constexpr std::uint64_t kCounts32[] = {0x2C, 0x34, 0x3C, 0x5C, 0x64};
  const Bytes block = file.read(start, 0x80);
  for (const std::uint64_t count : shape.wide() ? kCounts64 : kCounts32) {
    patch<std::uint32_t>(file, start + count, kAbsurd);
  }
  patch<std::uint64_t>(file, get<std::uint32_t>(block, 0x18), ~0ULL); // unloaded drivers
}

void lie_in_body(SparseFile& file, const Shape& shape, Kind kind) {
  const std::uint64_t start = shape.header.size;
  constexpr std::uint64_t kAbsurd = 1ULL << 45;
  switch (kind) {
  case Kind::triage:
    lie_in_triage(file, shape);
    break;
  case Kind::kernel_summary:
    patch<std::uint32_t>(file, start + 0x10, 0xFFFFFFFF);
    patch<std::uint32_t>(file, start + 0x14, 0xFFFFFFFF);
    break;
  case Kind::bitmap_full:
  case Kind::bitmap_kernel:
  case Kind::bitmap_automatic:
    patch<std::uint64_t>(file, start + 0x28, kAbsurd);
    patch<std::uint64_t>(file, start + 0x30, kAbsurd);
    break;
  case Kind::kernel_range:
  case Kind::kernel_user_range:
  case Kind::complete_range:
    patch<std::uint64_t>(file, start + 0x10, kAbsurd);
    patch<std::uint64_t>(file, start + 0x38, kAbsurd); // pages of the first range
    break;
  case Kind::full:
  case Kind::header:
    break;
  }
}

void lie(SparseFile& file, const Shape& shape, Kind kind) {
  const HeaderLayout& at = shape.header;
  patch<std::uint32_t>(file, at.processors, 0x7FFFFFFF);
  if (kind != Kind::triage) {
    const std::uint64_t absurd = shape.wide() ? 1ULL << 45 : 0x7FFFFFFF;
    const auto bytes = std::as_bytes(std::span(&absurd, 1)).first(shape.word);
    patch<std::uint32_t>(file, at.memory, shape.wide() ? 43 : 87); // one more than there is room for
    file.put(at.memory + shape.word, bytes);
    file.put(at.memory + 3ULL * shape.word, bytes); // pages of the first run
  }
  lie_in_body(file, shape, kind);
}

} // namespace

void spoil_machine(Machine& machine, Spoil spoil) {
  switch (spoil) {
  case Spoil::torn_tables:
    return tear_tables(machine);
  case Spoil::loops:
    return make_loops(machine);
  case Spoil::encoded_debugger_block:
    return encode_debugger_block(machine);
  case Spoil::module_ring:
    return machine.space.write_word(machine.module_entries.back(), machine.module_entries[1]);
  case Spoil::hostile_names:
    return hostile_names(machine);
  case Spoil::cut_stack:
    return cut_stack(machine);
  case Spoil::truncated:
  case Spoil::lying_counts:
  case Spoil::no_debugger_block:
    return; // of the file
  }
}

void spoil_file(SparseFile& file, const Shape& shape, Kind kind, Spoil spoil) {
  switch (spoil) {
  case Spoil::truncated:
    return file.resize(file.size() / 5 * 3);
  case Spoil::lying_counts:
    return lie(file, shape, kind);
  case Spoil::no_debugger_block:
    return file.put(shape.header.debugger_block,
                    std::as_bytes(std::span(std::string_view("PAGEPAGE"))).first(shape.word));
  default:
    return;
  }
}

} // namespace migstorm::make_dump
