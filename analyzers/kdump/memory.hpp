// A dump's memory by address. Absent memory is never zeros: it is not mapped, or it is not in the dump.
#pragma once

#include "analyzers/kdump/header.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace migstorm::kdump {

// The worst of its parts where a read spans several.
enum class Presence : std::uint8_t {
  present,
  not_mapped,  // the page tables are there and say so
  not_in_dump, // mapped or paged out, or its tables are missing: nobody can tell from this file
};
std::string_view to_string(Presence presence) noexcept;

struct Translation {
  Presence presence{};
  std::uint64_t physical = 0; // only where present
};

// Not for several threads at once: reads go through a cache of recent blocks.
class Memory {
public:
  virtual ~Memory() = default;

  // All of `out`, or nothing that may be used.
  Presence read(std::uint64_t address, std::span<std::byte> out) const;

  // As many bytes from the front as are present.
  std::size_t read_some(std::uint64_t address, std::span<std::byte> out) const;

  // By physical address; small dumps have none.
  virtual Presence read_physical(std::uint64_t address, std::span<std::byte> out) const = 0;
  virtual Translation translate(std::uint64_t address) const = 0;

  Presence presence(std::uint64_t address) const { return translate(address).presence; }

  template <std::unsigned_integral T>
  std::optional<T> le(std::uint64_t address) const {
    std::array<std::byte, sizeof(T)> bytes{};
    if (read(address, bytes) != Presence::present) {
      return std::nullopt;
    }
    return ByteReader(bytes, "memory").le<T>();
  }

  // A pointer of the dumped machine. On x86 it is as wide as an address: FFFF.. is not sign-extended.
  std::optional<std::uint64_t> pointer(std::uint64_t address) const;
  std::uint32_t pointer_size() const noexcept { return pointer_size_; }

protected:
  // What a read could take from the front in one piece: at least one byte, or a reason why none.
  struct Piece {
    Presence presence{};
    std::size_t size = 0;
  };

  explicit Memory(std::uint32_t pointer_size) noexcept : pointer_size_(pointer_size) {}
  Memory(const Memory&) = default;
  Memory& operator=(const Memory&) = default;

private:
  // `out` is not empty and does not wrap around the end of the address space.
  virtual Piece read_piece(std::uint64_t address, std::span<std::byte> out) const = 0;

  std::uint32_t pointer_size_;
};

// The port through which images are read: true when all of `out` was there.
using ImageReader = std::function<bool(std::uint64_t rva, std::span<std::byte> out)>;

// An image in `memory`, which outlives the reader. Nothing outside [base, base + size) is read.
ImageReader image_reader(const Memory& memory, std::uint64_t base, std::uint64_t size);

} // namespace migstorm::kdump
