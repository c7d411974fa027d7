// Builds small valid dumps, byte by byte and independently of the reader; a test then spoils one field.
#pragma once

#include "analyzers/kdump/paging.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migstorm::test {

using Image = std::vector<std::byte>;

inline void put(Image& image, std::uint64_t offset, std::uint64_t value, std::size_t size) {
  if (image.size() < offset + size) {
    image.resize(static_cast<std::size_t>(offset) + size);
  }
  for (std::size_t i = 0; i < size; ++i) {
    image[static_cast<std::size_t>(offset) + i] = static_cast<std::byte>(value >> (8 * i));
  }
}
inline void put32(Image& image, std::uint64_t offset, std::uint32_t value) { put(image, offset, value, 4); }
inline void put64(Image& image, std::uint64_t offset, std::uint64_t value) { put(image, offset, value, 8); }
inline void put_text(Image& image, std::uint64_t offset, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    put(image, offset + i, static_cast<unsigned char>(text[i]), 1);
  }
}
inline Image utf16(std::string_view ascii) {
  Image out;
  for (const char c : ascii) {
    put(out, out.size(), static_cast<unsigned char>(c), 2);
  }
  return out;
}

// Physical memory with page tables, filled through virtual addresses.
class FakeMachine {
public:
  static constexpr std::uint64_t kRoot = 0x1000;

  explicit FakeMachine(kdump::PagingMode mode);

  void map(std::uint64_t address, std::uint64_t pfn);
  // A page of 2 MiB (shift 21), 1 GiB (30) or 4 MiB (22).
  void map_large(std::uint64_t address, std::uint64_t physical, unsigned shift);
  // A last-level entry as it stands.
  void set_entry(std::uint64_t address, std::uint64_t entry);
  std::uint64_t entry_address(std::uint64_t address);

  std::uint64_t fresh_page() { return next_page_++; }
  // Maps pages as they are needed, scattered so that dumps have several runs.
  void write(std::uint64_t address, const Image& bytes);
  void put_word(std::uint64_t address, std::uint64_t value);
  void put_u32(std::uint64_t address, std::uint32_t value);
  void write_physical(std::uint64_t address, const Image& bytes);
  std::uint64_t read_physical(std::uint64_t address, std::size_t size) const;

  // Puts a loader's list at `head`; entries follow on pages of their own.
  struct ModuleSpec {
    std::string name;
    std::uint64_t base;
    std::uint32_t size;
  };
  void put_modules(std::uint64_t head, const std::vector<ModuleSpec>& modules);
  static constexpr std::uint64_t kEntryStride = 0x2000;

  kdump::PagingMode mode() const { return mode_; }
  std::size_t word() const {
    return mode_ == kdump::PagingMode::x86 || mode_ == kdump::PagingMode::x86_pae ? 4 : 8;
  }
  const std::map<std::uint64_t, Image>& pages() const { return pages_; }

private:
  struct Level {
    unsigned shift;
    unsigned bits;
  };
  std::vector<Level> levels() const;
  std::size_t entry_width() const { return mode_ == kdump::PagingMode::x86 ? 4 : 8; }
  std::uint64_t descend(std::uint64_t address, unsigned shift);
  std::uint64_t table_entry(std::uint64_t pfn, unsigned shift) const;

  kdump::PagingMode mode_;
  std::map<std::uint64_t, Image> pages_; // by page number
  std::map<std::uint64_t, std::uint64_t> mapped_;
  std::uint64_t next_page_ = 2;
};

inline constexpr std::uint64_t kListHead64 = 0xfffff80312013b80;
inline constexpr std::uint64_t kListHead32 = 0x82999850;

// A machine with a module list of two (ntoskrnl.exe, storvsc.sys) at kListHead64 or kListHead32.
FakeMachine machine_with_modules(kdump::PagingMode mode);

// The header alone; `type` is the number in the file.
Image header_of(const FakeMachine& machine, std::uint32_t type);

Image full_dump(const FakeMachine& machine);
Image bitmap_dump(const FakeMachine& machine, std::uint32_t type = 5);
Image legacy_bitmap_dump(const FakeMachine& machine);
Image range_dump(const FakeMachine& machine, std::uint32_t type = 10);

} // namespace migstorm::test
