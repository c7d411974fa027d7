#include "analyzers/kdump/paging.hpp"

#include <array>
#include <bit>

namespace migstorm::kdump {
namespace {

constexpr std::uint64_t kFrame = 0x000ffffffffff000; // bits 12 to 51 of a valid entry
constexpr std::uint64_t kFrameArm64 = 0x0000fffffffff000;
constexpr std::uint64_t kFrameTrimmed =
    0x0000fffffffff000; // above, Windows keeps flags in entries that are not valid
constexpr std::uint64_t kValid = 1;
constexpr std::uint64_t kLarge = 1u << 7; // means that only in a valid entry
constexpr std::uint64_t kPrototype = 1u << 10;
constexpr std::uint64_t kTransition = 1u << 11;
constexpr unsigned kPrototypeDepthMax = 2; // an entry's own table may be reached through one more

Translation absent(Presence why) { return {why, 0}; }

class Walk {
public:
  Walk(const PhysicalMemory& memory, PagingMode mode, std::uint64_t root)
      : memory_(memory), root_(root), mode_(mode) {}

  Translation translate(std::uint64_t address, unsigned depth) const {
    switch (mode_) {
    case PagingMode::x86:
      return x86(address);
    case PagingMode::x86_pae:
      return x86_pae(address, depth);
    case PagingMode::x64_4_level:
      return x64(address, 4, depth);
    case PagingMode::x64_5_level:
      return x64(address, 5, depth);
    case PagingMode::arm64:
      return arm64(address);
    }
    return absent(Presence::not_in_dump);
  }

private:
  static bool canonical(std::uint64_t address, unsigned bits) {
    const auto top = static_cast<std::int64_t>(address) >> (bits - 1);
    return top == 0 || top == -1;
  }

  // An entry above the last level that is not valid: nothing is mapped there, or its table was trimmed.
  static Translation no_table(std::uint64_t entry) {
    return absent(entry == 0 ? Presence::not_mapped : Presence::not_in_dump);
  }

  static Translation at(std::uint64_t entry, std::uint64_t frame_mask, std::uint64_t address,
                        unsigned shift) {
    const std::uint64_t within = (1ull << shift) - 1;
    return {Presence::present, (entry & frame_mask & ~within) | (address & within)};
  }

  Translation x64(std::uint64_t address, unsigned levels, unsigned depth) const {
    if (!canonical(address, 12 + 9 * levels)) {
      return absent(Presence::not_mapped);
    }
    std::uint64_t table = root_ & kFrame;
    for (unsigned level = levels; level-- > 0;) {
      const unsigned shift = 12 + 9 * level;
      const auto entry = memory_.entry(table + (address >> shift & 511) * 8, 8);
      if (!entry) {
        return absent(Presence::not_in_dump);
      }
      if ((*entry & kValid) == 0) {
        return level == 0 ? trimmed(*entry, address, depth) : no_table(*entry);
      }
      if (level == 0 || (level <= 2 && (*entry & kLarge) != 0)) {
        return at(*entry, kFrame, address, shift);
      }
      table = *entry & kFrame;
    }
    return absent(Presence::not_mapped);
  }

  // Windows keeps user and kernel halves in one table, as on x64.
  Translation arm64(std::uint64_t address) const {
    if (!canonical(address, 48)) {
      return absent(Presence::not_mapped);
    }
    std::uint64_t table = root_ & kFrameArm64;
    for (unsigned level = 4; level-- > 0;) {
      const unsigned shift = 12 + 9 * level;
      const auto entry = memory_.entry(table + (address >> shift & 511) * 8, 8);
      if (!entry) {
        return absent(Presence::not_in_dump);
      }
      const bool not_block = (*entry & 2) != 0; // a table, or at the last level a page
      if ((*entry & kValid) == 0 || (!not_block && (level == 0 || level == 3))) {
        return no_table(*entry);
      }
      if (level == 0 || !not_block) {
        return at(*entry, kFrameArm64, address, shift);
      }
      table = *entry & kFrameArm64;
    }
    return absent(Presence::not_mapped);
  }

  Translation x86_pae(std::uint64_t address, unsigned depth) const {
    const auto pointer = memory_.entry((root_ & 0xffffffe0) + (address >> 30 & 3) * 8, 8);
    if (!pointer || (*pointer & kValid) == 0) {
      return pointer ? no_table(*pointer) : absent(Presence::not_in_dump);
    }
    std::uint64_t table = *pointer & kFrame;
    for (const unsigned shift : {21u, 12u}) {
      const auto entry = memory_.entry(table + (address >> shift & 511) * 8, 8);
      if (!entry) {
        return absent(Presence::not_in_dump);
      }
      if ((*entry & kValid) == 0) {
        return shift == 12 ? trimmed(*entry, address, depth) : no_table(*entry);
      }
      if (shift == 12 || (*entry & kLarge) != 0) {
        return at(*entry, kFrame, address, shift);
      }
      table = *entry & kFrame;
    }
    return absent(Presence::not_mapped);
  }

  Translation x86(std::uint64_t address) const {
    const auto directory = memory_.entry((root_ & 0xfffff000) + (address >> 22 & 1023) * 4, 4);
    if (!directory || (*directory & kValid) == 0) {
      return directory ? no_table(*directory) : absent(Presence::not_in_dump);
    }
    if ((*directory & kLarge) != 0) {
      // PSE-36: bits 13 to 20 of a 4 MiB entry are bits 32 to 39 of the address.
      const Translation low = at(*directory, 0xffc00000, address, 22);
      return {Presence::present, low.physical | (*directory >> 13 & 0xff) << 32};
    }
    const auto entry = memory_.entry((*directory & 0xfffff000) + (address >> 12 & 1023) * 4, 4);
    if (!entry) {
      return absent(Presence::not_in_dump);
    }
    if ((*entry & kValid) != 0 || ((*entry & kTransition) != 0 && (*entry & kPrototype) == 0)) {
      return at(*entry, 0xfffff000, address, 12);
    }
    const bool demand_zero = (*entry & (kPrototype | 0xfffff000)) == 0;
    return absent(demand_zero ? Presence::not_mapped : Presence::not_in_dump);
  }

  // A last-level entry of 64 bits that is not valid.
  Translation trimmed(std::uint64_t entry, std::uint64_t address, unsigned depth) const {
    if ((entry & kPrototype) != 0) {
      return depth > 0 ? shared(entry, address, depth) : absent(Presence::not_in_dump);
    }
    if ((entry & kTransition) != 0) {
      return in_transition(entry, address);
    }
    // A page file's offset in the upper half: paged out. Without one: zeroed on demand, so not there yet.
    return absent(entry >> 32 != 0 ? Presence::not_in_dump : Presence::not_mapped);
  }

  Translation in_transition(std::uint64_t entry, std::uint64_t address) const {
    std::uint64_t physical = entry & kFrameTrimmed;
    if (physical / kPageSize >= memory_.pfn_limit()) {
      // Since 2018 such entries carry a high bit that no memory has, to keep speculation out.
      physical &= std::bit_ceil(memory_.pfn_limit()) * kPageSize - 1;
    }
    return at(physical, kFrameTrimmed, address, 12);
  }

  // The entry names the address of another one, which all who share the page look at.
  Translation shared(std::uint64_t entry, std::uint64_t address, unsigned depth) const {
    constexpr std::uint64_t kInVad =
        0x0000ffffffff0000; // "ask the process's own tree": not to be had from here
    const std::uint64_t prototype = mode_ == PagingMode::x86_pae
                                        ? entry >> 32
                                        : static_cast<std::uint64_t>(static_cast<std::int64_t>(entry) >> 16);
    if ((prototype & 0x0000ffffffffffff) == kInVad || prototype % 8 != 0) {
      return absent(Presence::not_in_dump);
    }
    const Translation where = translate(prototype, depth - 1);
    if (where.presence != Presence::present) {
      return absent(Presence::not_in_dump);
    }
    const auto value = memory_.entry(where.physical, 8);
    if (!value) {
      return absent(Presence::not_in_dump);
    }
    if ((*value & kValid) != 0) {
      return at(*value, kFrame, address, 12);
    }
    // In a prototype this bit means a place in a mapped file.
    return (*value & kPrototype) != 0 ? absent(Presence::not_in_dump) : trimmed(*value, address, 0);
  }

  const PhysicalMemory& memory_;
  std::uint64_t root_;
  PagingMode mode_;
};

} // namespace

bool PhysicalMemory::read(std::uint64_t address, std::span<std::byte> out) const {
  const auto offset = pages_.offset_of(address / kPageSize);
  return offset && cache_.read(*offset + address % kPageSize, out);
}

std::optional<std::uint64_t> PhysicalMemory::entry(std::uint64_t address, std::uint32_t width) const {
  std::array<std::byte, 8> bytes{};
  if (!read(address, std::span(bytes).first(width))) {
    return std::nullopt;
  }
  return ByteReader(bytes, "page table").le<std::uint64_t>();
}

std::string_view to_string(PagingMode mode) noexcept {
  static constexpr std::array<std::string_view, 5> kNames = {"x86", "x86 PAE", "x64 of 4 levels",
                                                             "x64 of 5 levels", "ARM64"};
  return kNames.at(static_cast<std::size_t>(mode));
}

Translation translate(const PhysicalMemory& memory, PagingMode mode, std::uint64_t root,
                      std::uint64_t address) {
  return Walk(memory, mode, root).translate(address, kPrototypeDepthMax);
}

} // namespace migstorm::kdump
