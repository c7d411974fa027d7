#include "tests/support/dump_builder.hpp"

#include <algorithm>

namespace migstorm::test {

using kdump::PagingMode;

FakeMachine::FakeMachine(PagingMode mode) : mode_(mode) { pages_[kRoot / 0x1000] = Image(0x1000); }

std::vector<FakeMachine::Level> FakeMachine::levels() const {
  switch (mode_) {
  case PagingMode::x86:
    return {{22, 10}, {12, 10}};
  case PagingMode::x86_pae:
    return {{30, 2}, {21, 9}, {12, 9}};
  case PagingMode::x64_5_level:
    return {{48, 9}, {39, 9}, {30, 9}, {21, 9}, {12, 9}};
  case PagingMode::x64_4_level:
  case PagingMode::arm64:
    break;
  }
  return {{39, 9}, {30, 9}, {21, 9}, {12, 9}};
}

std::uint64_t FakeMachine::table_entry(std::uint64_t pfn, unsigned shift) const {
  if (mode_ == PagingMode::arm64) {
    return pfn << 12 | 3;
  }
  return pfn << 12 | (mode_ == PagingMode::x86_pae && shift == 30 ? 1 : 0x63);
}

void FakeMachine::write_physical(std::uint64_t address, const Image& bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Image& page = pages_[(address + i) / 0x1000];
    page.resize(0x1000);
    page[static_cast<std::size_t>((address + i) % 0x1000)] = bytes[i];
  }
}

std::uint64_t FakeMachine::read_physical(std::uint64_t address, std::size_t size) const {
  const auto page = pages_.find(address / 0x1000);
  std::uint64_t value = 0;
  for (std::size_t i = 0; page != pages_.end() && i < size; ++i) {
    value |= std::to_integer<std::uint64_t>(page->second[static_cast<std::size_t>(address % 0x1000) + i])
             << (8 * i);
  }
  return value;
}

// The physical address of the entry that maps `address` at the level of `shift`.
std::uint64_t FakeMachine::descend(std::uint64_t address, unsigned shift) {
  std::uint64_t table = kRoot;
  for (const Level& level : levels()) {
    const std::uint64_t at = table + (address >> level.shift & ((1ull << level.bits) - 1)) * entry_width();
    if (level.shift == shift) {
      return at;
    }
    std::uint64_t entry = read_physical(at, entry_width());
    if (entry == 0) {
      const std::uint64_t pfn = fresh_page();
      pages_[pfn] = Image(0x1000);
      entry = table_entry(pfn, level.shift);
      Image bytes;
      put(bytes, 0, entry, entry_width());
      write_physical(at, bytes);
    }
    table = entry & 0x000ffffffffff000;
  }
  return 0;
}

std::uint64_t FakeMachine::entry_address(std::uint64_t address) { return descend(address, 12); }

void FakeMachine::set_entry(std::uint64_t address, std::uint64_t entry) {
  Image bytes;
  put(bytes, 0, entry, entry_width());
  write_physical(entry_address(address), bytes);
}

void FakeMachine::map(std::uint64_t address, std::uint64_t pfn) {
  pages_[pfn].resize(0x1000);
  mapped_[address / 0x1000] = pfn;
  set_entry(address, pfn << 12 | (mode_ == PagingMode::arm64 ? 3u : 0x63u));
}

void FakeMachine::map_large(std::uint64_t address, std::uint64_t physical, unsigned shift) {
  Image bytes;
  put(bytes, 0, physical | (mode_ == PagingMode::arm64 ? 1u : 0xe3u), entry_width());
  write_physical(descend(address, shift), bytes);
}

void FakeMachine::write(std::uint64_t address, const Image& bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint64_t page = (address + i) / 0x1000;
    if (mapped_.count(page) == 0) {
      next_page_ += 2; // leaves a hole, so that there is more than one run
      map(page * 0x1000, fresh_page());
    }
    pages_[mapped_[page]][static_cast<std::size_t>((address + i) % 0x1000)] = bytes[i];
  }
}

void FakeMachine::put_word(std::uint64_t address, std::uint64_t value) {
  Image bytes;
  put(bytes, 0, value, word());
  write(address, bytes);
}

void FakeMachine::put_u32(std::uint64_t address, std::uint32_t value) {
  Image bytes;
  put32(bytes, 0, value);
  write(address, bytes);
}

void FakeMachine::put_modules(std::uint64_t head, const std::vector<ModuleSpec>& modules) {
  const bool wide = word() == 8;
  const auto address_of = [&](std::size_t i) {
    return i < modules.size() ? head + (i + 1) * kEntryStride : head;
  };
  const auto put_name = [&](std::uint64_t at, const std::string& name, std::uint64_t text_at) {
    Image lengths;
    put(lengths, 0, 2 * name.size(), 2);
    put(lengths, 2, 2 * name.size(), 2);
    write(at, lengths);
    put_word(at + word(), text_at);
    write(text_at, utf16(name));
  };
  put_word(head, address_of(0));
  put_word(head + word(), address_of(modules.size() - 1));
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const std::uint64_t entry = address_of(i);
    write(entry, Image(0xa0));
    put_word(entry, address_of(i + 1));
    put_word(entry + word(), i == 0 ? head : address_of(i - 1));
    put_word(entry + (wide ? 0x30 : 0x18), modules[i].base);
    put_word(entry + (wide ? 0x38 : 0x1c), modules[i].base + 0x1000);
    put_u32(entry + (wide ? 0x40 : 0x20), modules[i].size);
    put_u32(entry + (wide ? 0x78 : 0x40), 0xc0ffee);
    put_name(entry + (wide ? 0x48 : 0x24), R"(\SystemRoot\system32\)" + modules[i].name, entry + 0x200);
    put_name(entry + (wide ? 0x58 : 0x2c), modules[i].name, entry + 0x400);
  }
}

FakeMachine machine_with_modules(PagingMode mode) {
  FakeMachine machine(mode);
  if (machine.word() == 8) {
    machine.put_modules(kListHead64, {{"ntoskrnl.exe", 0xfffff80312000000, 0x18000},
                                      {"storvsc.sys", 0xfffff80318400000, 0x5000}});
  } else {
    machine.put_modules(kListHead32,
                        {{"ntoskrnl.exe", 0x82800000, 0x18000}, {"storvsc.sys", 0x8a000000, 0x5000}});
  }
  return machine;
}

namespace {

std::vector<std::pair<std::uint64_t, std::uint64_t>> runs_of(const FakeMachine& machine) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> runs;
  for (const auto& [pfn, page] : machine.pages()) {
    if (!runs.empty() && runs.back().first + runs.back().second == pfn) {
      ++runs.back().second;
    } else {
      runs.emplace_back(pfn, 1);
    }
  }
  return runs;
}

Image filled(std::size_t size) {
  Image image(size);
  for (std::size_t i = 0; i < size; ++i) {
    image[i] = static_cast<std::byte>("PAGE"[i % 4]);
  }
  return image;
}

void put_pages(Image& image, std::uint64_t offset, const FakeMachine& machine) {
  image.resize(static_cast<std::size_t>(offset));
  for (const auto& [pfn, page] : machine.pages()) {
    image.insert(image.end(), page.begin(), page.end());
  }
}

Image header64(const FakeMachine& machine, std::uint32_t type) {
  Image h = filled(0x2000);
  put_text(h, 0, "PAGEDU64");
  put32(h, 0x8, 15);
  put32(h, 0xc, 19041);
  put64(h, 0x10, FakeMachine::kRoot | 2); // a PCID in the low bits
  put64(h, 0x20, kListHead64);
  put32(h, 0x30, machine.mode() == PagingMode::arm64 ? 0xaa64 : 0x8664);
  put32(h, 0x34, 2);
  put32(h, 0x38, 0x100000d1);
  for (std::uint64_t i = 0; i < 4; ++i) {
    put64(h, 0x40 + 8 * i,
          std::array<std::uint64_t, 4>{0x28, 2, 0, 0xfffff803184010ab}[static_cast<std::size_t>(i)]);
  }
  const auto runs = runs_of(machine);
  put32(h, 0x88, static_cast<std::uint32_t>(std::min<std::size_t>(runs.size(), 42)));
  put64(h, 0x90, machine.pages().size());
  for (std::size_t i = 0; i < runs.size() && i < 42; ++i) {
    put64(h, 0x98 + 16 * i, runs[i].first);
    put64(h, 0xa0 + 16 * i, runs[i].second);
  }
  put32(h, machine.mode() == PagingMode::arm64 ? 0x348 : 0x378, 0x10005f); // ContextFlags
  put32(h, 0xf00, 0x80000003);
  put32(h, 0xf98, type);
  put64(h, 0xfa8, 132377573507441524);
  return h;
}

Image header32(const FakeMachine& machine, std::uint32_t type) {
  Image h = filled(0x1000);
  put_text(h, 0, "PAGEDUMP");
  put32(h, 0x8, 15);
  put32(h, 0xc, 7601);
  put32(h, 0x10, FakeMachine::kRoot);
  put32(h, 0x18, kListHead32);
  put32(h, 0x20, 0x14c);
  put32(h, 0x24, 1);
  put32(h, 0x28, 0xd1);
  for (std::uint64_t i = 0; i < 4; ++i) {
    put32(h, 0x2c + 4 * i, std::array<std::uint32_t, 4>{0x28, 2, 0, 0x8a0010ab}[static_cast<std::size_t>(i)]);
  }
  put(h, 0x5c, machine.mode() == PagingMode::x86_pae ? 1 : 0, 1);
  const auto runs = runs_of(machine);
  put32(h, 0x64, static_cast<std::uint32_t>(std::min<std::size_t>(runs.size(), 86)));
  put32(h, 0x68, static_cast<std::uint32_t>(machine.pages().size()));
  for (std::size_t i = 0; i < runs.size() && i < 86; ++i) {
    put32(h, 0x6c + 8 * i, static_cast<std::uint32_t>(runs[i].first));
    put32(h, 0x70 + 8 * i, static_cast<std::uint32_t>(runs[i].second));
  }
  put32(h, 0x320, 0x1001f);
  put32(h, 0xf88, type);
  return h;
}

std::uint64_t bits_of(const FakeMachine& machine) { return machine.pages().rbegin()->first + 1; }

void put_bitmap(Image& image, std::uint64_t offset, const FakeMachine& machine) {
  put(image, offset + (bits_of(machine) + 7) / 8 - 1, 0, 1);
  for (const auto& [pfn, page] : machine.pages()) {
    std::byte& byte = image[static_cast<std::size_t>(offset + pfn / 8)];
    byte |= static_cast<std::byte>(1u << (pfn % 8));
  }
}

} // namespace

Image header_of(const FakeMachine& machine, std::uint32_t type) {
  return machine.word() == 8 ? header64(machine, type) : header32(machine, type);
}

Image full_dump(const FakeMachine& machine) {
  Image image = header_of(machine, 1);
  put_pages(image, image.size(), machine);
  return image;
}

Image bitmap_dump(const FakeMachine& machine, std::uint32_t type) {
  Image image = header_of(machine, type);
  const std::uint64_t base = image.size();
  const std::uint64_t first_page = base + 0x38 + (bits_of(machine) + 7) / 8;
  image.resize(static_cast<std::size_t>(base) + 0x38);
  put_text(image, base, "SDMPDUMP");
  put64(image, base + 0x20, first_page);
  put64(image, base + 0x28, machine.pages().size());
  put64(image, base + 0x30, bits_of(machine));
  put_bitmap(image, base + 0x38, machine);
  put_pages(image, first_page, machine);
  return image;
}

Image legacy_bitmap_dump(const FakeMachine& machine) {
  Image image = header_of(machine, 2);
  const std::uint64_t base = image.size();
  const std::uint64_t bitmap = base + (machine.word() == 8 ? 0x28 : 0x20);
  const std::uint64_t first_page = (bitmap + (bits_of(machine) + 7) / 8 + 0xfff) & ~0xfffull;
  image.resize(static_cast<std::size_t>(bitmap));
  put_text(image, base, "SDMPDUMP");
  put32(image, base + 0xc, static_cast<std::uint32_t>(first_page));
  put32(image, base + 0x10, static_cast<std::uint32_t>(bits_of(machine)));
  put32(image, base + 0x14, static_cast<std::uint32_t>(machine.pages().size()));
  put32(image, base + 0x18, static_cast<std::uint32_t>((bits_of(machine) + 7) / 8));
  put_bitmap(image, bitmap, machine);
  put_pages(image, first_page, machine);
  return image;
}

Image range_dump(const FakeMachine& machine, std::uint32_t type) {
  Image image = header_of(machine, type);
  const std::uint64_t base = image.size();
  const auto runs = runs_of(machine);
  const std::uint64_t first_page = base + 0x30 + 16 * (runs.size() + 1);
  image.resize(static_cast<std::size_t>(first_page));
  put32(image, base, 0x40);
  put_text(image, base + 4, "RDMPDUMP");
  put64(image, base + 0x10, first_page - base - 0x20);
  put64(image, base + 0x18, first_page);
  if (type == 10) {
    put32(image, base + 0x20, static_cast<std::uint32_t>(runs.size()));
    put64(image, base + 0x28, machine.pages().size());
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    put64(image, base + 0x30 + 16 * i, runs[i].first);
    put64(image, base + 0x38 + 16 * i, runs[i].second);
  }
  put_pages(image, first_page, machine);
  return image;
}

} // namespace migstorm::test
