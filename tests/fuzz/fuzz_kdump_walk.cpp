// Page tables of any content: the input is a mode, a root, addresses, then physical memory from page 0 on.
#include "analyzers/kdump/block_cache.hpp"
#include "analyzers/kdump/paging.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

using namespace migstorm;
using namespace migstorm::kdump;

namespace {

constexpr std::size_t kBytesMax = 1u << 17;
constexpr std::uint64_t kReadsMax =
    64; // blocks that one walk can touch, prototypes and their tables included

void promise(bool kept) {
  if (!kept) {
    __builtin_trap();
  }
}

void walk(Bytes memory_bytes, PagingMode mode, std::uint64_t root, std::uint64_t address) {
  SpanSource source(memory_bytes);
  BlockCache cache(source);
  const RangeMap pages({{0, (memory_bytes.size() + kPageSize - 1) / kPageSize}}, 0);
  const PhysicalMemory memory(cache, pages);
  const Translation first = translate(memory, mode, root, address);
  const Translation second = translate(memory, mode, root, address);
  promise(first.presence == second.presence && first.physical == second.physical);
  promise(first.presence == Presence::present || first.physical == 0);
  if (first.presence == Presence::present) {
    promise(first.physical % kPageSize == address % kPageSize);
  }
  promise(source.bytes_read() <= kReadsMax * kPageSize);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in(std::as_bytes(std::span(data, std::min(size, kBytesMax))), "input");
  const auto mode = static_cast<PagingMode>(in.le<std::uint8_t>() % 5);
  const auto root = in.le<std::uint32_t>();
  const std::array<std::uint64_t, 2> addresses = {in.le<std::uint64_t>(), in.le<std::uint64_t>()};
  const Bytes memory = in.take(in.remaining());
  for (std::uint64_t address : addresses) {
    const bool narrow = mode == PagingMode::x86 || mode == PagingMode::x86_pae;
    walk(memory, mode, root, narrow ? address & 0xffffffff : address);
  }
  return 0;
}
