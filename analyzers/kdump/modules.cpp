#include "analyzers/kdump/modules.hpp"

#include "analyzers/kdump/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace migstorm::kdump {
namespace {

// Where the loader's entry (KLDR_DATA_TABLE_ENTRY) has its fields. The first word links to the next entry.
struct EntryLayout {
  std::size_t size;
  std::size_t base;
  std::size_t entry_point;
  std::size_t image_size;
  std::size_t full_name;
  std::size_t base_name;
  std::size_t checksum;
};
constexpr EntryLayout kEntry64 = {0x7c, 0x30, 0x38, 0x40, 0x48, 0x58, 0x78};
constexpr EntryLayout kEntry32 = {0x44, 0x18, 0x1c, 0x20, 0x24, 0x2c, 0x40};

class EntryReader {
public:
  EntryReader(Bytes bytes, std::uint32_t pointer_size)
      : bytes_(bytes, "loader entry"), pointer_size_(pointer_size) {}

  std::uint64_t word(std::size_t at) const {
    ByteReader in = bytes_.slice(at, pointer_size_, "loader entry");
    return pointer_size_ == 8 ? in.le<std::uint64_t>() : in.le<std::uint32_t>();
  }
  std::uint32_t u32(std::size_t at) const { return bytes_.slice(at, 4, "loader entry").le<std::uint32_t>(); }

  // UNICODE_STRING: two lengths in bytes, then (aligned) where the text is. "" when that is not in the dump.
  std::string name(const Memory& memory, std::size_t at) const {
    const std::size_t length = bytes_.slice(at, 2, "name").le<std::uint16_t>();
    const std::uint64_t address = word(at + pointer_size_);
    if (length == 0 || length > kNameBytesMax || address == 0) {
      return {};
    }
    std::vector<std::byte> text(length);
    return memory.read(address, text) == Presence::present ? utf8_from_utf16(text) : std::string();
  }

private:
  ByteReader bytes_;
  std::uint32_t pointer_size_;
};

Module read_module(const EntryReader& entry, const EntryLayout& at, const Memory& memory) {
  Module module;
  module.base = entry.word(at.base);
  module.size = entry.u32(at.image_size);
  module.entry_point = entry.word(at.entry_point);
  module.checksum = entry.u32(at.checksum);
  module.path = entry.name(memory, at.full_name);
  module.name = entry.name(memory, at.base_name);
  if (module.name.empty()) {
    module.name = file_name_of(module.path);
  }
  return module;
}

std::string where(std::uint64_t address, std::size_t count) {
  return fmt::format("at {:#x}, after {} modules", address, count);
}

} // namespace

ModuleList walk_modules(const Memory& memory, std::uint64_t list_head) {
  ModuleList list;
  const EntryLayout& at = memory.pointer_size() == 8 ? kEntry64 : kEntry32;
  const auto first = memory.pointer(list_head);
  if (!first) {
    list.warnings.push_back(fmt::format("the list of loaded modules at {:#x} is {}", list_head,
                                        to_string(memory.presence(list_head))));
    return list;
  }
  std::unordered_set<std::uint64_t> seen;
  std::array<std::byte, kEntry64.size> bytes{};
  const auto entry_bytes = std::span(bytes).first(at.size);
  for (std::uint64_t link = *first; link != list_head;) {
    if (!seen.insert(link).second) {
      list.warnings.push_back("the list of loaded modules runs in a ring " +
                              where(link, list.modules.size()));
      break;
    }
    if (list.modules.size() == kModulesMax) {
      list.warnings.push_back("the list of loaded modules does not end " + where(link, list.modules.size()));
      break;
    }
    if (memory.read(link, entry_bytes) != Presence::present) {
      list.warnings.push_back("the list of loaded modules breaks off " + where(link, list.modules.size()));
      break;
    }
    const EntryReader entry(entry_bytes, memory.pointer_size());
    list.modules.push_back(read_module(entry, at, memory));
    link = entry.word(0);
  }
  return list;
}

std::vector<UnloadedDriver> read_unloaded(const Memory& memory, std::uint64_t array, std::uint64_t last) {
  constexpr std::uint32_t kRing = 50; // the kernel keeps so many, the latest overwriting the oldest
  const std::uint32_t word = memory.pointer_size();
  // MM_UNLOADED_DRIVERS: UNICODE_STRING, start, end, time of unloading (8 bytes).
  const std::uint64_t stride = 4ull * word + 8;
  std::vector<UnloadedDriver> drivers;
  const auto first = memory.pointer(array);
  const auto next = memory.le<std::uint32_t>(last);
  if (!first || *first == 0 || !next) {
    return drivers;
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(stride));
  for (std::uint32_t i = 0; i < kRing; ++i) {
    const std::uint32_t slot = (*next % kRing + kRing - 1 - i) % kRing; // the latest first
    if (memory.read(*first + slot * stride, bytes) != Presence::present) {
      continue;
    }
    const EntryReader entry(bytes, word);
    UnloadedDriver driver{entry.name(memory, 0), entry.word(2ull * word), entry.word(3ull * word)};
    if (driver.start != 0 && driver.end > driver.start) {
      drivers.push_back(std::move(driver));
    }
  }
  return drivers;
}

} // namespace migstorm::kdump
