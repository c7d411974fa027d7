// UNWIND_INFO of x64, versions 1 and 2.
#include "analyzers/pe/unwind.hpp"

namespace migstorm::pe {
namespace {

constexpr unsigned kChained = 4;   // UNW_FLAG_CHAININFO
constexpr unsigned kChainMax = 32; // functions that one is chained to, in all
constexpr unsigned kIndirectionsMax = 4;
constexpr std::uint32_t kIndirect = 1;

using Kind = UnwindStep::Kind;

struct Info {
  unsigned version = 0;
  unsigned flags = 0;
  std::uint32_t prolog_size = 0;
  std::uint8_t frame = 0; // register in the low half, offset / 16 in the high one
  std::vector<UnwindStep> steps;
  TableEntry parent; // where chained
};

std::uint32_t slots_of(unsigned operation, unsigned detail, unsigned version) noexcept {
  switch (operation) {
  case 1: // UWOP_ALLOC_LARGE
    return detail == 0 ? 2 : 3;
  case 4: // UWOP_SAVE_NONVOL
  case 8: // UWOP_SAVE_XMM128
    return 2;
  case 5: // UWOP_SAVE_NONVOL_FAR
  case 7: // UWOP_SAVE_XMM_FAR of version 1
  case 9: // UWOP_SAVE_XMM128_FAR
    return 3;
  case 6: // UWOP_SAVE_XMM of version 1, UWOP_EPILOG of version 2
    return version == 1 ? 2 : 1;
  default:
    return 1;
  }
}

// One code with its operands. False: there is no such code.
bool decode(ByteReader& reader, const Info& info, UnwindStep& step, std::uint32_t& slots_left) {
  step.offset = reader.le<std::uint8_t>();
  const auto packed = reader.le<std::uint8_t>();
  const unsigned operation = packed & 15U;
  const unsigned detail = packed >> 4U;
  const std::uint32_t slots = slots_of(operation, detail, info.version);
  if (slots > slots_left) {
    return false;
  }
  slots_left -= slots;
  const std::uint32_t operand = slots == 1   ? 0
                                : slots == 2 ? reader.le<std::uint16_t>()
                                             : reader.le<std::uint32_t>();
  step.reg = static_cast<std::uint8_t>(detail);
  switch (operation) {
  case 0: // UWOP_PUSH_NONVOL
    step.kind = Kind::push;
    return true;
  case 1: // UWOP_ALLOC_LARGE
    step.kind = Kind::allocate;
    step.value = detail == 0 ? operand * 8 : operand;
    return detail <= 1;
  case 2: // UWOP_ALLOC_SMALL
    step.kind = Kind::allocate;
    step.value = detail * 8 + 8;
    return true;
  case 3: // UWOP_SET_FPREG
    step.kind = Kind::set_frame;
    return true;
  case 4: // UWOP_SAVE_NONVOL
    step.kind = Kind::save;
    step.value = operand * 8;
    return true;
  case 5: // UWOP_SAVE_NONVOL_FAR
    step.kind = Kind::save;
    step.value = operand;
    return true;
  case 10: // UWOP_PUSH_MACHFRAME
    step.kind = Kind::machine_frame;
    step.value = detail != 0 ? 8 : 0;
    return detail <= 1;
  default: // floating-point registers and, in version 2, where the epilogs are
    step.kind = Kind::nothing;
    return operation >= 6 && operation <= 9;
  }
}

std::optional<TableEntry> read_entry(const ImageReader& read, std::uint64_t rva) {
  std::array<std::byte, 12> bytes{};
  if (!read(rva, bytes)) {
    return std::nullopt;
  }
  ByteReader reader(bytes, "RUNTIME_FUNCTION", rva);
  TableEntry entry;
  entry.begin = reader.le<std::uint32_t>();
  entry.end = reader.le<std::uint32_t>();
  entry.unwind = reader.le<std::uint32_t>();
  return entry;
}

bool decode_steps(Bytes codes, std::uint32_t slots, Info& info) {
  ByteReader reader(codes, "unwind codes");
  info.steps.reserve(slots);
  while (slots > 0) {
    UnwindStep step;
    if (!decode(reader, info, step, slots) || !reader.ok()) {
      return false;
    }
    if (step.kind != Kind::nothing) {
      info.steps.push_back(step);
    }
  }
  return true;
}

std::optional<Info> read_info(const ImageReader& read, std::uint32_t rva) {
  std::array<std::byte, 4> head{};
  if (!read(rva, head)) {
    return std::nullopt;
  }
  Info info;
  info.version = std::to_integer<unsigned>(head[0]) & 7U;
  info.flags = std::to_integer<unsigned>(head[0]) >> 3U;
  info.prolog_size = std::to_integer<std::uint32_t>(head[1]);
  const auto slots = std::to_integer<std::uint32_t>(head[2]);
  info.frame = std::to_integer<std::uint8_t>(head[3]);
  std::vector<std::byte> codes(slots * std::size_t{2});
  if ((info.version != 1 && info.version != 2) || !read(rva + std::uint64_t{4}, codes) ||
      !decode_steps(codes, slots, info)) {
    return std::nullopt;
  }
  if ((info.flags & kChained) != 0) {
    const std::uint64_t padded = (std::uint64_t{slots} + 1) / 2 * 4;
    const std::optional<TableEntry> parent = read_entry(read, rva + 4 + padded);
    if (!parent) {
      return std::nullopt;
    }
    info.parent = *parent;
  }
  return info;
}

// An entry may only point to another one, whose description it shares.
std::optional<TableEntry> resolve(const ImageReader& read, TableEntry entry) {
  for (unsigned i = 0; (entry.unwind & kIndirect) != 0; ++i) {
    const std::optional<TableEntry> next = read_entry(read, entry.unwind & ~kIndirect);
    if (!next || i == kIndirectionsMax) {
      return std::nullopt;
    }
    entry.unwind = next->unwind;
  }
  return entry;
}

void adopt_frame(const Info& info, FunctionFrame& frame) {
  if (!frame.frame_register && (info.frame & 15U) != 0) {
    frame.frame_register = static_cast<std::uint8_t>(info.frame & 15U);
    frame.frame_offset = (info.frame >> 4U) * 16U;
  }
}

} // namespace

std::optional<FunctionFrame> describe_x64(const ImageReader& read, const TableEntry& entry) {
  const std::optional<TableEntry> own = resolve(read, entry);
  std::optional<Info> info = own ? read_info(read, own->unwind) : std::nullopt;
  if (!info || entry.begin >= entry.end) {
    return std::nullopt;
  }
  FunctionFrame frame;
  frame.begin = entry.begin;
  frame.end = entry.end;
  frame.prolog_size = info->prolog_size;
  frame.steps = std::move(info->steps);
  adopt_frame(*info, frame);
  for (unsigned depth = 0; (info->flags & kChained) != 0; ++depth) {
    const std::optional<TableEntry> parent = resolve(read, info->parent);
    info = parent && depth < kChainMax ? read_info(read, parent->unwind) : std::nullopt;
    if (!info) {
      return std::nullopt;
    }
    frame.outer.insert(frame.outer.end(), info->steps.begin(), info->steps.end());
    adopt_frame(*info, frame);
  }
  return frame;
}

} // namespace migstorm::pe
