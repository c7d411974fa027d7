// TRIAGE_DUMP64: the parts of a small memory dump, each at an offset that the block at its start tells.
#include "tools/make_dump/bodies.hpp"
#include "tools/make_dump/dump_header.hpp"
#include "tools/make_dump/layout.hpp"
#include "tools/make_dump/unicode.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kBlockSize = 0x80;
constexpr std::uint64_t kDriverEntry = 0x90;
constexpr std::uint64_t kStackMost = 0x8000;
constexpr std::uint64_t kCodeAround = 0x100; // saved before and after each address on the stack

struct DataBlock {
  Address address = 0;
  Bytes bytes;
};

class TriageBody {
public:
  explicit TriageBody(SparseFile& file) : file_(file), end_(kHeaderSize + kBlockSize), block_(kBlockSize) {}

  // Appends a part and notes where it lies.
  std::uint32_t add(std::uint64_t offset_field, std::span<const std::byte> part) {
    const std::uint64_t at = append(part);
    note(offset_field, at);
    return static_cast<std::uint32_t>(at);
  }
  void note(std::uint64_t field, std::uint64_t value) {
    put<std::uint32_t>(block_, field, static_cast<std::uint32_t>(value));
  }
  void note_address(std::uint64_t field, Address value) { put<std::uint64_t>(block_, field, value); }
  std::uint64_t append(std::span<const std::byte> part) {
    end_ = round_up(end_, 8);
    file_.put(end_, part);
    const std::uint64_t at = end_;
    end_ += part.size();
    return at;
  }
  std::uint64_t next() const noexcept { return round_up(end_, 8); }

  void finish() {
    const std::uint64_t valid = append(std::as_bytes(std::span(std::string_view("TRGD"))));
    note(0x04, valid + 4);
    note(0x08, valid);
    file_.put(kHeaderSize, block_);
    file_.resize(end_);
  }

private:
  SparseFile& file_;
  std::uint64_t end_;
  Bytes block_;
};

// DUMP_STRING: length in units, units, null.
Bytes dump_string(std::string_view text) {
  const Bytes units = utf16(text);
  Bytes out(4 + units.size());
  put<std::uint32_t>(out, 0, static_cast<std::uint32_t>(text.size()));
  put(out, 4, units);
  out.resize(round_up(out.size(), 8));
  return out;
}

Bytes driver_entry(const Image& image, std::uint32_t name) {
  Bytes entry(kDriverEntry);
  put<std::uint32_t>(entry, 0, name);
  put<std::uint64_t>(entry, 0x38, image.base());
  put<std::uint64_t>(entry, 0x40, image.entry_point());
  put<std::uint32_t>(entry, 0x48, image.size());
  put<std::uint32_t>(entry, 0x80, image.checksum());
  put<std::uint32_t>(entry, 0x88, image.timestamp());
  return entry;
}

void add_drivers(TriageBody& body, const Machine& machine) {
  const std::size_t count = machine.images.size();
  const std::uint64_t pool_at = body.next() + count * kDriverEntry;
  Bytes entries;
  Bytes pool;
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes entry = driver_entry(machine.images[i], static_cast<std::uint32_t>(pool_at + pool.size()));
    entries.insert(entries.end(), entry.begin(), entry.end());
    const Bytes name = dump_string(machine.module_names[i]);
    pool.insert(pool.end(), name.begin(), name.end());
  }
  body.add(0x30, entries);
  body.note(0x34, count);
  body.add(0x38, pool);
  body.note(0x3C, pool.size());
}

// Count, then DUMP_UNLOADED_DRIVERS64: a string that points nowhere, twelve units of the name, start, end.
void add_unloaded(TriageBody& body, const Machine& machine) {
  constexpr std::uint64_t kEntry = 0x38;
  constexpr std::size_t kUnits = 12;
  Bytes list(8 + kEntry * machine.unloaded.size());
  put<std::uint64_t>(list, 0, machine.unloaded.size());
  std::uint64_t at = 8;
  for (const UnloadedDriver& driver : machine.unloaded) {
    const std::string_view name = driver.name.substr(0, kUnits);
    put(list, at, unicode_string(name, 0));
    put(list, at + 0x10, std::span<const std::byte>(utf16(name)).first(2 * name.size()));
    put<std::uint64_t>(list, at + 0x28, driver.start);
    put<std::uint64_t>(list, at + 0x30, driver.end);
    at += kEntry;
  }
  body.add(0x18, list);
}

void add_stack(TriageBody& body, const Machine& machine) {
  const Address from = machine.at_bugcheck.general[rsp];
  const Address top = machine.placement.stack + Machine::kStackSize;
  const bool there = machine.memory.pages().count(machine.space.frame(from)) == 1;
  const std::uint64_t size = there ? std::min(top - from, kStackMost) : 0;
  body.add(0x28, machine.space.read(from, size));
  body.note(0x2C, size);
  body.note_address(0x48, from);
}

std::vector<DataBlock> data_blocks(const Machine& machine) {
  std::vector<DataBlock> blocks;
  const auto add = [&](Address address, std::uint64_t size) {
    blocks.push_back({address, machine.space.read(address, size)});
  };
  for (const LaidFrame& frame : machine.stack) {
    add(frame.address - kCodeAround, 2 * kCodeAround);
  }
  add(machine.image("storvsc.sys").base(), 0x400); // the header of the one that faulted, as Windows saves it
  add(machine.image("storvsc.sys").address("StorChannel"), 0x80);
  add(machine.symbol("KiBugCheckData"), 0x28);
  add(machine.symbol("NtBuildLab"), 0x40);
  return blocks;
}

void add_data_blocks(TriageBody& body, const Machine& machine) {
  const std::vector<DataBlock> blocks = data_blocks(machine);
  Bytes table(0x10 * blocks.size());
  std::uint64_t contents = body.next() + table.size();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    contents = round_up(contents, 8);
    put<std::uint64_t>(table, 0x10 * i, blocks[i].address);
    put<std::uint32_t>(table, 0x10 * i + 8, static_cast<std::uint32_t>(contents));
    put<std::uint32_t>(table, 0x10 * i + 12, static_cast<std::uint32_t>(blocks[i].bytes.size()));
    contents += blocks[i].bytes.size();
  }
  body.add(0x78, table);
  body.note(0x7C, blocks.size());
  for (const DataBlock& block : blocks) {
    body.append(block.bytes);
  }
}

} // namespace

void write_triage_body(SparseFile& file, const Machine& machine) {
  TriageBody body(file);
  const AddressSpace& space = machine.space;
  body.note(0x0C, header::kContext);
  body.note(0x10, header::kException);
  add_unloaded(body, machine);
  body.add(0x1C, space.read(machine.symbol("KiInitialPCR") + layout::kPcrPrcb, layout::kPrcbSize));
  body.add(0x20, space.read(machine.symbol("KiInitialProcess"), layout::kProcessSize));
  body.add(0x24, space.read(machine.symbol("KiInitialThread"), layout::kThreadSize));
  add_stack(body, machine);
  add_drivers(body, machine);
  body.add(0x70, space.read(machine.symbol("KdDebuggerDataBlock"), kDebuggerDataSize));
  body.note(0x74, kDebuggerDataSize);
  add_data_blocks(body, machine);
  body.finish();
}

} // namespace migstorm::make_dump
