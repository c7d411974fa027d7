// The names that an image exports: all there is to name functions by where no symbols are at hand.
#pragma once

#include "analyzers/pe/image.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::pe {

inline constexpr std::uint32_t kExportsMax = 65536;

class Exports {
public:
  struct Found {
    std::string name;
    std::uint32_t offset = 0; // of the RVA asked for
  };

  Exports() = default;
  // Tables that are not in the image leave fewer names, or none; forwarders name other images' code and are
  // left out.
  Exports(ImageReader read, const Headers& headers);

  bool empty() const noexcept { return by_rva_.empty(); }
  std::optional<Found> nearest(std::uint32_t rva) const;
  std::optional<std::uint32_t> rva_of(const std::string& name) const;

private:
  struct Entry {
    std::uint32_t rva = 0;
    std::uint32_t name = 0; // RVA of the name
  };
  std::string name_of(const Entry& entry) const;

  ImageReader read_;
  std::vector<Entry> by_rva_;
  std::vector<Entry> by_name_; // the table's own order: ascending names
};

} // namespace migstorm::pe
