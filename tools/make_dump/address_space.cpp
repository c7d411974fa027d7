#include "tools/make_dump/address_space.hpp"

#include <algorithm>

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kFrameMask = 0x0000FFFFFFFFF000;
constexpr std::uint64_t kTransition = 1ULL << 11 | 4ULL << 5; // protection: read and write
constexpr std::uint64_t kPrototype = 1ULL << 10;

} // namespace

AddressSpace::AddressSpace(PhysicalMemory& memory, const Shape& shape)
    : memory_(memory), shape_(shape), root_(memory.allocate() * kPageSize + shape.paging.root_offset) {}

AddressSpace::AddressSpace(PhysicalMemory& memory, const AddressSpace& kernel)
    : memory_(memory), shape_(kernel.shape_),
      root_(memory.allocate() * kPageSize + kernel.shape_.paging.root_offset), frames_(kernel.frames_) {
  const std::uint64_t half = (std::uint64_t{shape_.paging.entry_size} << shape_.paging.top_index_bits) / 2;
  const std::uint64_t from = kernel.root_ % kPageSize + half;
  put(memory.page(root_ / kPageSize), root_ % kPageSize + half,
      memory.page(kernel.root_ / kPageSize).subspan(from, half));
}

std::uint64_t AddressSpace::entry_slot(std::uint64_t table, Address va, unsigned level) const {
  const PagingLayout& paging = shape_.paging;
  const unsigned bits = level + 1 == paging.levels ? paging.top_index_bits : paging.index_bits;
  const std::uint64_t index = va >> (12 + paging.index_bits * level) & ((1ULL << bits) - 1);
  return table + index * paging.entry_size;
}

std::uint64_t AddressSpace::get_entry(std::uint64_t slot) const {
  const std::span<const std::byte> page = memory_.page(slot / kPageSize);
  return entry_size() == 8 ? get<std::uint64_t>(page, slot % kPageSize)
                           : get<std::uint32_t>(page, slot % kPageSize);
}

void AddressSpace::set_entry(std::uint64_t slot, std::uint64_t entry) {
  const std::span<std::byte> page = memory_.page(slot / kPageSize);
  if (entry_size() == 8) {
    put<std::uint64_t>(page, slot % kPageSize, entry);
  } else {
    put<std::uint32_t>(page, slot % kPageSize, static_cast<std::uint32_t>(entry));
  }
}

std::uint64_t AddressSpace::entry_address(Address va, unsigned level) const {
  std::uint64_t table = root_;
  for (unsigned at = shape_.paging.levels - 1; at > level; --at) {
    table = get_entry(entry_slot(table, va, at)) & kFrameMask;
  }
  return entry_slot(table, va, level);
}

std::uint64_t AddressSpace::table_for(Address va, unsigned level) {
  std::uint64_t table = root_;
  for (unsigned at = shape_.paging.levels - 1; at > level; --at) {
    const std::uint64_t slot = entry_slot(table, va, at);
    std::uint64_t entry = get_entry(slot);
    if (entry == 0) {
      const bool top = at + 1 == shape_.paging.levels;
      entry = memory_.allocate() * kPageSize | (top ? shape_.paging.top_entry : shape_.paging.table_entry);
      set_entry(slot, entry);
    }
    table = entry & kFrameMask;
  }
  return table;
}

void AddressSpace::put_entry(Address va, unsigned level, std::uint64_t entry) {
  set_entry(entry_slot(table_for(va, level), va, level), entry);
}

void AddressSpace::map(Address va, Pfn pfn) {
  put_entry(va, 0, pfn * kPageSize | shape_.paging.page_entry);
  frames_[va / kPageSize] = pfn;
}

void AddressSpace::map_large(Address va, Pfn pfn) {
  put_entry(va, 1, pfn * kPageSize | shape_.paging.large_entry);
  for (std::uint64_t page = 0; page < shape_.paging.large_pages; ++page) {
    frames_[va / kPageSize + page] = pfn + page;
  }
}

void AddressSpace::map_transition(Address va, Pfn pfn) {
  put_entry(va, 0, pfn * kPageSize | kTransition);
  frames_[va / kPageSize] = pfn;
}

void AddressSpace::map_prototype(Address va, Pfn pfn, Address prototype_va) {
  write<std::uint64_t>(prototype_va, pfn * kPageSize | shape_.paging.page_entry);
  put_entry(va, 0, prototype_va << shape_.paging.prototype_shift | kPrototype);
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

void AddressSpace::write_word(Address va, std::uint64_t value) {
  write(va, std::as_bytes(std::span(&value, 1)).first(shape_.word)); // the low bytes stand first
}

std::uint64_t AddressSpace::read_word(Address va) const {
  return shape_.wide() ? read<std::uint64_t>(va) : read<std::uint32_t>(va);
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
