// Page tables of one process, written into physical memory, and access to what they map.
#pragma once

#include "tools/make_dump/architecture.hpp"
#include "tools/make_dump/physical_memory.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

namespace migstorm::make_dump {

class AddressSpace {
public:
  AddressSpace(PhysicalMemory& memory, const Shape& shape);
  // A second process: tables of its own below, the kernel's half shared.
  AddressSpace(PhysicalMemory& memory, const AddressSpace& kernel);

  // What CR3 holds, or TTBR.
  std::uint64_t root() const noexcept { return root_; }

  void map(Address va, Pfn pfn);
  void map_large(Address va, Pfn pfn);
  void map_transition(Address va, Pfn pfn); // trimmed, still in RAM
  void map_prototype(Address va, Pfn pfn,
                     Address prototype_va); // shared; `prototype_va` is mapped, its entry is written
  Pfn map_new(Address va);
  void map_new(Address va, std::uint64_t bytes);

  void write(Address va, std::span<const std::byte> bytes);
  void write(Address va, std::string_view text) { write(va, std::as_bytes(std::span(text))); }
  template <class T>
  void write(Address va, std::type_identity_t<T> value) {
    write(va, std::as_bytes(std::span(&value, 1)));
  }
  // As wide as a pointer.
  void write_word(Address va, std::uint64_t value);
  std::uint64_t read_word(Address va) const;
  Bytes read(Address va, std::uint64_t bytes) const;
  template <class T>
  T read(Address va) const {
    return get<T>(read(va, sizeof(T)), 0);
  }

  // Physical address of the entry for `va` at `level` (0: the page's own); the tables above it exist.
  std::uint64_t entry_address(Address va, unsigned level) const;
  unsigned entry_size() const noexcept { return shape_.paging.entry_size; }
  Pfn frame(Address va) const { return frames_.at(va / kPageSize); }

private:
  std::uint64_t entry_slot(std::uint64_t table, Address va, unsigned level) const;
  std::uint64_t get_entry(std::uint64_t slot) const;
  void set_entry(std::uint64_t slot, std::uint64_t entry);
  std::uint64_t table_for(Address va, unsigned level);
  void put_entry(Address va, unsigned level, std::uint64_t entry);

  PhysicalMemory& memory_;
  const Shape& shape_;
  std::uint64_t root_ = 0;
  std::map<std::uint64_t, Pfn> frames_; // by virtual page number
};

} // namespace migstorm::make_dump
