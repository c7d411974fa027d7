// TRIAGE_DUMP64 and TRIAGE_DUMP32: the parts of a small memory dump, each at an offset that the block at its
// start tells.
#include "tools/make_dump/bodies.hpp"
#include "tools/make_dump/dump_header.hpp"
#include "tools/make_dump/unicode.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kStackMost = 0x8000;
constexpr std::uint64_t kCodeAround = 0x100; // saved before and after each address on the stack

// Up to 0x44 both have the same fields.
struct TriageLayout {
  std::uint64_t size;
  std::uint64_t stack_top;
  std::uint64_t debugger_block;
  std::uint64_t data_blocks;
};
constexpr TriageLayout kTriage64 = {0x80, 0x48, 0x70, 0x78};
constexpr TriageLayout kTriage32 = {0x68, 0x48, 0x58, 0x60};

// The name's offset, then the loader's entry in the layout it had before Windows 8.
struct DriverLayout {
  std::uint64_t size;
  std::uint64_t base;
  std::uint64_t entry_point;
  std::uint64_t image_size;
  std::uint64_t checksum;
  std::uint64_t timestamp;
};
constexpr DriverLayout kDriver64 = {0x90, 0x38, 0x40, 0x48, 0x80, 0x88};
constexpr DriverLayout kDriver32 = {0x54, 0x1C, 0x20, 0x24, 0x44, 0x48};

struct DataBlock {
  Address address = 0;
  Bytes bytes;
};

class TriageBody {
public:
  TriageBody(SparseFile& file, const Shape& shape)
      : file_(file), shape_(shape), layout_(shape.wide() ? kTriage64 : kTriage32),
        end_(shape.header.size + layout_.size), block_(layout_.size) {}

  const Shape& shape() const noexcept { return shape_; }
  const TriageLayout& layout() const noexcept { return layout_; }

  // Appends a part and notes where it lies.
  std::uint32_t add(std::uint64_t offset_field, std::span<const std::byte> part) {
    const std::uint64_t at = append(part);
    note(offset_field, at);
    return static_cast<std::uint32_t>(at);
  }
  void note(std::uint64_t field, std::uint64_t value) {
    put<std::uint32_t>(block_, field, static_cast<std::uint32_t>(value));
  }
  void note_address(std::uint64_t field, Address value) { put_word(block_, field, value, shape_.word); }
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
    file_.put(shape_.header.size, block_);
    file_.resize(end_);
  }

private:
  SparseFile& file_;
  const Shape& shape_;
  const TriageLayout& layout_;
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

Bytes driver_entry(const Shape& shape, const Image& image, std::uint32_t name) {
  const DriverLayout& at = shape.wide() ? kDriver64 : kDriver32;
  Bytes entry(at.size);
  put<std::uint32_t>(entry, 0, name);
  put_word(entry, at.base, image.base(), shape.word);
  put_word(entry, at.entry_point, image.entry_point(), shape.word);
  put<std::uint32_t>(entry, at.image_size, image.size());
  put<std::uint32_t>(entry, at.checksum, image.checksum());
  put<std::uint32_t>(entry, at.timestamp, image.timestamp());
  return entry;
}

void add_drivers(TriageBody& body, const Machine& machine) {
  const std::size_t count = machine.images.size();
  const std::uint64_t pool_at =
      round_up(body.next() + count * (body.shape().wide() ? kDriver64 : kDriver32).size, 8);
  Bytes entries;
  Bytes pool;
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes entry =
        driver_entry(body.shape(), machine.images[i], static_cast<std::uint32_t>(pool_at + pool.size()));
    entries.insert(entries.end(), entry.begin(), entry.end());
    const Bytes name = dump_string(machine.module_names[i]);
    pool.insert(pool.end(), name.begin(), name.end());
  }
  body.add(0x30, entries);
  body.note(0x34, count);
  body.add(0x38, pool);
  body.note(0x3C, pool.size());
}

// Count, then DUMP_UNLOADED_DRIVERS: a string that points nowhere, twelve units of the name, start, end.
void add_unloaded(TriageBody& body, const Machine& machine) {
  constexpr std::size_t kUnits = 12;
  const unsigned word = machine.shape.word;
  const std::uint64_t entry = 4ULL * word + 2 * kUnits;
  Bytes list(word + entry * machine.unloaded.size());
  put_word(list, 0, machine.unloaded.size(), word);
  std::uint64_t at = word;
  for (const UnloadedDriver& driver : machine.unloaded) {
    const std::string_view name = driver.name.substr(0, kUnits);
    put(list, at, unicode_string(name, 0, word));
    put(list, at + 2 * word, std::span<const std::byte>(utf16(name)).first(2 * name.size()));
    put_word(list, at + 2 * word + 2 * kUnits, driver.start, word);
    put_word(list, at + 3 * word + 2 * kUnits, driver.end, word);
    at += entry;
  }
  body.add(0x18, list);
}

void add_stack(TriageBody& body, const Machine& machine) {
  const Address from = machine.stopped_at();
  const Address top = machine.placement.stack + Machine::kStackSize;
  const bool there = machine.memory.pages().count(machine.space.frame(from)) == 1;
  const std::uint64_t size = there ? std::min(top - from, kStackMost) : 0;
  body.add(0x28, machine.space.read(from, size));
  body.note(0x2C, size);
  body.note_address(body.layout().stack_top, from);
}

std::vector<DataBlock> data_blocks(const Machine& machine) {
  std::vector<DataBlock> blocks;
  const unsigned word = machine.shape.word;
  const auto add = [&](Address address, std::uint64_t size) {
    blocks.push_back({address, machine.space.read(address, size)});
  };
  for (const LaidFrame& frame : machine.stack) {
    add(frame.address - kCodeAround, 2 * kCodeAround);
  }
  add(machine.image("storvsc.sys").base(), 0x400); // the header of the one that faulted, as Windows saves it
  add(machine.image("storvsc.sys").address("StorChannel"), 0x80);
  add(machine.symbol("KiBugCheckData"), 5ULL * word);
  add(machine.symbol("NtBuildLab"), 0x40);
  return blocks;
}

void add_data_blocks(TriageBody& body, const Machine& machine) {
  const std::vector<DataBlock> blocks = data_blocks(machine);
  const unsigned word = machine.shape.word;
  const std::uint64_t entry = word + 8;
  Bytes table(entry * blocks.size());
  std::uint64_t contents = round_up(body.next() + table.size(), 8);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    contents = round_up(contents, 8);
    put_word(table, entry * i, blocks[i].address, word);
    put<std::uint32_t>(table, entry * i + word, static_cast<std::uint32_t>(contents));
    put<std::uint32_t>(table, entry * i + word + 4, static_cast<std::uint32_t>(blocks[i].bytes.size()));
    contents += blocks[i].bytes.size();
  }
  body.add(body.layout().data_blocks, table);
  body.note(body.layout().data_blocks + 4, blocks.size());
  for (const DataBlock& block : blocks) {
    body.append(block.bytes);
  }
}

} // namespace

void write_triage_body(SparseFile& file, const Machine& machine) {
  TriageBody body(file, machine.shape);
  const AddressSpace& space = machine.space;
  const KernelLayout& kernel = machine.shape.kernel;
  body.note(0x0C, machine.shape.header.context);
  body.note(0x10, machine.shape.header.exception);
  add_unloaded(body, machine);
  body.add(0x1C, space.read(machine.symbol("KiInitialPCR") + kernel.pcr_prcb, kernel.prcb_size));
  body.add(0x20, space.read(machine.symbol("KiInitialProcess"), kernel.process_size));
  body.add(0x24, space.read(machine.symbol("KiInitialThread"), kernel.thread_size));
  add_stack(body, machine);
  add_drivers(body, machine);
  body.add(body.layout().debugger_block,
           space.read(machine.symbol("KdDebuggerDataBlock"), kDebuggerDataSize));
  body.note(body.layout().debugger_block + 4, kDebuggerDataSize);
  add_data_blocks(body, machine);
  body.finish();
}

} // namespace migstorm::make_dump
