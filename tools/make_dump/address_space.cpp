#include "tools/make_dump/address_space.hpp"

#include <algorithm>

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kFrameMask = 0x000FFFFFFFFFF000;
constexpr unsigned kIndexBits = 9;
constexpr unsigned kLargeLevel = 1;
constexpr std::uint64_t kTransition = 1ULL << 11 | 4ULL << 5; // protection: read and write
constexpr std::uint64_t kPrototype = 1ULL << 10;

constexpr unsigned kTopLevel = 3;

// Present, writable, accessed, dirty.
std::uint64_t table_entry(Pfn pfn) noexcept { return pfn * kPageSize | 0x63; }

// As a table, and global; bit 7: large.
std::uint64_t page_entry(Pfn pfn, bool large) noexcept { return pfn * kPageSize | (large ? 0x1E3 : 0x163); }

} // namespace

AddressSpace::AddressSpace(PhysicalMemory& memory) : memory_(memory), root_(memory.allocate() * kPageSize) {}

AddressSpace::AddressSpace(PhysicalMemory& memory, const AddressSpace& kernel)
    : memory_(memory), root_(memory.allocate() * kPageSize), frames_(kernel.frames_) {
  constexpr std::uint64_t kHalf = kPageSize / 2;
  const auto from = memory.page(kernel.root_ / kPageSize).subspan(kHalf);
  put(memory.page(root_ / kPageSize), kHalf, from);
}

std::uint64_t AddressSpace::entry_slot(std::uint64_t table, Address va, unsigned level) const {
  const std::uint64_t index = va >> (12 + kIndexBits * level) & 0x1FFU;
  return table + index * 8;
}

std::uint64_t AddressSpace::entry_address(Address va, unsigned level) const {
  std::uint64_t table = root_;
  for (unsigned at = kTopLevel; at > level; --at) {
    const std::uint64_t slot = entry_slot(table, va, at);
    table = get<std::uint64_t>(memory_.page(slot / kPageSize), slot % kPageSize) & kFrameMask;
  }
  return entry_slot(table, va, level);
}

std::uint64_t AddressSpace::table_for(Address va, unsigned level) {
  std::uint64_t table = root_;
  for (unsigned at = kTopLevel; at > level; --at) {
    const std::uint64_t slot = entry_slot(table, va, at);
    auto entry = get<std::uint64_t>(memory_.page(slot / kPageSize), slot % kPageSize);
    if (entry == 0) {
      entry = table_entry(memory_.allocate());
      put<std::uint64_t>(memory_.page(slot / kPageSize), slot % kPageSize, entry);
    }
    table = entry & kFrameMask;
  }
  return table;
}

void AddressSpace::put_entry(Address va, unsigned level, std::uint64_t entry) {
  const std::uint64_t slot = entry_slot(table_for(va, level), va, level);
  put<std::uint64_t>(memory_.page(slot / kPageSize), slot % kPageSize, entry);
}

void AddressSpace::map(Address va, Pfn pfn) {
  put_entry(va, 0, page_entry(pfn, false));
  frames_[va / kPageSize] = pfn;
}

void AddressSpace::map_large(Address va, Pfn pfn) {
  put_entry(va, kLargeLevel, page_entry(pfn, true));
  for (std::uint64_t page = 0; page < PhysicalMemory::kLargePages; ++page) {
    frames_[va / kPageSize + page] = pfn + page;
  }
}

void AddressSpace::map_transition(Address va, Pfn pfn) {
  put_entry(va, 0, pfn * kPageSize | kTransition);
  frames_[va / kPageSize] = pfn;
}

void AddressSpace::map_prototype(Address va, Pfn pfn, Address prototype_va) {
  write<std::uint64_t>(prototype_va, page_entry(pfn, false));
  put_entry(va, 0, prototype_va << 16 | kPrototype);
  frames_[va / kPageSize] = pfn;
}

Pfn AddressSpace::map_new(Address va) {
  const Pfn pfn = memory_.allocate();
  map(va, pfn);
  return pfn;
}

void AddressSpace::map_new(Address va, std::uint64_t bytes) {
  for (std::uint64_t at = 0; at < bytes; at += kPageSize) {
    map_new(va + at);
  }
}

void AddressSpace::write(Address va, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::uint64_t within = va % kPageSize;
    const std::size_t part = std::min<std::size_t>(bytes.size(), kPageSize - within);
    put(memory_.page(frame(va)), within, bytes.first(part));
    bytes = bytes.subspan(part);
    va += part;
  }
}

Bytes AddressSpace::read(Address va, std::uint64_t bytes) const {
  Bytes out;
  out.reserve(bytes);
  while (out.size() < bytes) {
    const std::uint64_t within = va % kPageSize;
    const std::size_t part = std::min<std::uint64_t>(bytes - out.size(), kPageSize - within);
    const auto found = memory_.pages().find(frame(va));
    if (found == memory_.pages().end()) {
      out.resize(out.size() + part);
    } else {
      const auto from = std::span(found->second).subspan(within, part);
      out.insert(out.end(), from.begin(), from.end());
    }
    va += part;
  }
  return out;
}

} // namespace migstorm::make_dump
