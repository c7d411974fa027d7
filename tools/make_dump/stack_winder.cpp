#include "tools/make_dump/stack_winder.hpp"

#include <algorithm>

namespace migstorm::make_dump {

namespace {

constexpr std::byte kCallNear{0xE8};
constexpr std::byte kGroupFive{0xFF};

enum UnwindOperation : unsigned {
  push_nonvolatile = 0,
  alloc_large = 1,
  alloc_small = 2,
  set_frame_register = 3,
  save_nonvolatile = 4,
  push_machine_frame = 10,
};

struct UnwindCode {
  unsigned operation = 0;
  unsigned info = 0;
  std::uint32_t operand = 0; // of the slots that follow
};

std::size_t slots_of(unsigned operation, unsigned info) {
  switch (operation) {
  case alloc_large:
    return info == 0 ? 2 : 3;
  case save_nonvolatile:
    return 2;
  default:
    return 1;
  }
}

// In the order in which the prologue runs, which is the reverse of the table's.
std::vector<UnwindCode> prologue(const Image& image, Rva unwind) {
  const auto memory = image.memory();
  assert((get<std::uint8_t>(memory, unwind) & 7U) == 1 && "our compiler writes version 1");
  const auto count = get<std::uint8_t>(memory, unwind + 2);
  std::vector<UnwindCode> codes;
  for (std::size_t i = 0; i < count;) {
    const Rva slot = unwind + 4 + static_cast<Rva>(2 * i);
    const auto byte = get<std::uint8_t>(memory, slot + 1);
    UnwindCode code{byte & 0xFU, static_cast<unsigned>(byte >> 4), 0};
    const std::size_t slots = slots_of(code.operation, code.info);
    if (slots == 2) {
      code.operand = get<std::uint16_t>(memory, slot + 2) * 8U;
    } else if (slots == 3) {
      code.operand = get<std::uint32_t>(memory, slot + 2);
    }
    codes.push_back(code);
    i += slots;
  }
  std::reverse(codes.begin(), codes.end());
  return codes;
}

// Length of a call through a register or memory at `at`, 0 if there is none.
std::size_t indirect_call_length(std::span<const std::byte> memory, Rva at) {
  if (memory[at] != kGroupFive) {
    return 0;
  }
  const auto form = get<std::uint8_t>(memory, at + 1);
  const unsigned mode = form >> 6;
  const unsigned base = form & 7U;
  if ((form >> 3 & 7U) != 2) {
    return 0;
  }
  if (mode == 3) {
    return 2;
  }
  const std::size_t index_byte = base == 4 ? 1 : 0;
  const std::size_t displacement = mode == 1 ? 1 : mode == 2 || base == 5 ? 4 : 0;
  return 2 + index_byte + displacement;
}

} // namespace

Address return_address(const Image& image, Rva function, Address target) {
  const Function whole = image.function(function);
  const auto memory = image.memory();
  for (Rva at = whole.begin; at + 5 <= whole.end; ++at) {
    const Address next = image.base() + at + 5;
    if (memory[at] == kCallNear &&
        next + static_cast<std::uint64_t>(std::int64_t{get<std::int32_t>(memory, at + 1)}) == target) {
      return next;
    }
  }
  for (Rva at = whole.begin; at + 2 <= whole.end; ++at) {
    if (const std::size_t length = indirect_call_length(memory, at)) {
      return image.base() + at + length;
    }
  }
  assert(false && "each function on the path calls the next");
  return 0;
}

StackWinder::StackWinder(AddressSpace& space, Address top) : space_(space) {
  constexpr std::uint64_t kAboveFirst = 0x40; // home space of a first function that nothing called
  registers_.general[rsp] = top - kAboveFirst;
  push(0);
}

void StackWinder::push(std::uint64_t value) {
  registers_.general[rsp] -= 8;
  space_.write<std::uint64_t>(registers_.general[rsp], value);
}

void StackWinder::enter(const Image& image, const std::string& function) {
  image_ = &image;
  function_ = function;
  entry_stack_ = registers_.general[rsp];
  run_prologue();
}

void StackWinder::run_prologue() {
  const Function function = image_->function(image_->symbol(function_));
  auto& general = registers_.general;
  const unsigned frame = get<std::uint8_t>(image_->memory(), function.unwind + 3);
  std::vector<unsigned> saved;
  for (const UnwindCode& code : prologue(*image_, function.unwind)) {
    switch (code.operation) {
    case push_nonvolatile:
      push(general[code.info]);
      saved.push_back(code.info);
      break;
    case alloc_large:
      general[rsp] -= code.operand;
      break;
    case alloc_small:
      general[rsp] -= code.info * 8 + 8;
      break;
    case set_frame_register:
      general[frame & 0xFU] = general[rsp] + (frame >> 4) * std::uint64_t{16};
      std::erase(saved, frame & 0xFU);
      break;
    case save_nonvolatile:
      space_.write<std::uint64_t>(general[rsp] + code.operand, general[code.info]);
      break;
    default:
      assert(code.operation == push_machine_frame); // the processor has done that
    }
  }
  for (const unsigned number : saved) { // a function saves what it is going to use
    general[number] = 0xFFFFA58000180000 + 0x40 * ++next_value_;
  }
}

void StackWinder::note_frame(Address address) {
  const std::uint64_t offset = address - image_->address(function_);
  frames_.push_back(
      {image_->name(), function_, static_cast<std::uint32_t>(offset), address, registers_.general[rsp]});
}

void StackWinder::call(const Image& image, const std::string& function) {
  const Address back = return_address(*image_, image_->symbol(function_), image.address(function));
  note_frame(back);
  push(back);
  enter(image, function);
}

void StackWinder::trap(Address rip, std::uint64_t error_code, const Image& image,
                       const std::string& handler) {
  constexpr std::uint64_t kKernelCode = 0x10;
  constexpr std::uint64_t kKernelStack = 0x18;
  note_frame(rip);
  const std::uint64_t stack = registers_.general[rsp];
  registers_.general[rsp] &= ~std::uint64_t{0xF};
  push(kKernelStack);
  push(stack);
  push(registers_.flags | 0x10000U); // the resume flag, as for every fault
  push(kKernelCode);
  push(rip);
  push(error_code);
  enter(image, handler);
}

void StackWinder::stop(std::optional<Address> rip) {
  if (!rip) {
    registers_.general[rsp] = entry_stack_; // its prologue has not run yet
  }
  registers_.rip = rip.value_or(image_->address(function_));
  note_frame(registers_.rip);
}

std::vector<LaidFrame> StackWinder::frames() const { return {frames_.rbegin(), frames_.rend()}; }

} // namespace migstorm::make_dump
