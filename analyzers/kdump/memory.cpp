#include "analyzers/kdump/memory.hpp"

#include <algorithm>
#include <limits>

namespace migstorm::kdump {

std::string_view to_string(Presence presence) noexcept {
  static constexpr std::array<std::string_view, 3> kNames = {"present", "not mapped", "not in the dump"};
  return kNames.at(static_cast<std::size_t>(presence));
}

Presence Memory::read(std::uint64_t address, std::span<std::byte> out) const {
  if (!out.empty() && address > std::numeric_limits<std::uint64_t>::max() - (out.size() - 1)) {
    return Presence::not_mapped;
  }
  while (!out.empty()) {
    const Piece piece = read_piece(address, out);
    if (piece.presence != Presence::present) {
      return piece.presence;
    }
    address += piece.size;
    out = out.subspan(piece.size);
  }
  return Presence::present;
}

std::size_t Memory::read_some(std::uint64_t address, std::span<std::byte> out) const {
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - address;
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), room)));
  std::size_t done = 0;
  while (done < out.size()) {
    const Piece piece = read_piece(address + done, out.subspan(done));
    if (piece.presence != Presence::present) {
      break;
    }
    done += piece.size;
  }
  return done;
}

std::optional<std::uint64_t> Memory::pointer(std::uint64_t address) const {
  if (pointer_size_ == 8) {
    return le<std::uint64_t>(address);
  }
  const auto value = le<std::uint32_t>(address);
  return value ? std::optional<std::uint64_t>(*value) : std::nullopt;
}

ImageReader image_reader(const Memory& memory, std::uint64_t base, std::uint64_t size) {
  return [&memory, base, size](std::uint64_t rva, std::span<std::byte> out) {
    return rva <= size && out.size() <= size - rva && memory.read(base + rva, out) == Presence::present;
  };
}

} // namespace migstorm::kdump
