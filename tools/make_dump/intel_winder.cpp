// Calls and waits in the code of x86 and x64.
#include "tools/make_dump/intel_winder.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::byte kCallNear{0xE8};
constexpr std::byte kGroupFive{0xFF};

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

Address IntelWinder::return_address(Address target) const {
  const Function from = function();
  const auto memory = image_->memory();
  for (Rva at = from.begin; at + 5 <= from.end; ++at) {
    const Address next = image_->base() + at + 5;
    if (memory[at] == kCallNear &&
        next + static_cast<std::uint64_t>(std::int64_t{get<std::int32_t>(memory, at + 1)}) == target) {
      return next;
    }
  }
  for (Rva at = from.begin; at + 2 <= from.end; ++at) {
    if (const std::size_t length = indirect_call_length(memory, at)) {
      return image_->base() + at + length;
    }
  }
  assert(false && "each function on the path calls the next");
  return 0;
}

Address IntelWinder::after_wait() const {
  constexpr std::uint8_t kHalt = 0xF4;
  Rva at = function().begin;
  while (get<std::uint8_t>(image_->memory(), at) != kHalt) {
    ++at;
  }
  return image_->base() + at + 1;
}

} // namespace migstorm::make_dump
