// Memory of the dumps that hold physical pages: virtual addresses go through the dumped machine's page
// tables.
#pragma once

#include "analyzers/kdump/paging.hpp"

#include <array>
#include <vector>

namespace migstorm::kdump {

class PagedMemory final : public Memory {
public:
  PagedMemory(const Header& header, BlockCache& cache, std::unique_ptr<PageMap> pages);

  Presence read_physical(std::uint64_t address, std::span<std::byte> out) const override;
  Translation translate(std::uint64_t address) const override;

  PagingMode mode() const noexcept { return mode_; }

  // The header does not tell the number of levels, nor reliably PAE: takes the mode under which the
  // loaded-module list reads as a list. False when none does; then the likeliest stays.
  bool settle_mode(std::uint64_t module_list);

private:
  struct Known {
    std::uint64_t page = 1; // no page begins at 1: empty
    std::uint64_t physical = 0;
  };

  Piece read_piece(std::uint64_t address, std::span<std::byte> out) const override;
  bool list_reads_well(std::uint64_t head) const;

  std::unique_ptr<PageMap> pages_;
  PhysicalMemory physical_;
  std::uint64_t root_;
  std::vector<PagingMode> candidates_; // the likeliest first
  PagingMode mode_;
  mutable std::array<Known, 256> known_{};
};

} // namespace migstorm::kdump
