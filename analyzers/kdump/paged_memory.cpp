#include "analyzers/kdump/paged_memory.hpp"

#include <algorithm>
#include <utility>

namespace migstorm::kdump {
namespace {

constexpr std::uint64_t kSignExtension32 = 0xffffffff00000000;

std::vector<PagingMode> candidates(const Header& header) {
  switch (header.machine) {
  case Machine::x86:
    return header.pae ? std::vector{PagingMode::x86_pae, PagingMode::x86}
                      : std::vector{PagingMode::x86, PagingMode::x86_pae};
  case Machine::arm64:
    return {PagingMode::arm64};
  case Machine::x64:
    break;
  }
  return {PagingMode::x64_4_level, PagingMode::x64_5_level};
}

std::size_t up_to_page_end(std::uint64_t address, std::size_t wanted) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(wanted, kPageSize - address % kPageSize));
}

} // namespace

PagedMemory::PagedMemory(const Header& header, BlockCache& cache, std::unique_ptr<PageMap> pages)
    : Memory(header.pointer_size), pages_(std::move(pages)), physical_(cache, *pages_),
      root_(header.directory_table_base), candidates_(candidates(header)), mode_(candidates_.front()) {}

Presence PagedMemory::read_physical(std::uint64_t address, std::span<std::byte> out) const {
  while (!out.empty()) {
    const std::size_t size = up_to_page_end(address, out.size());
    if (!physical_.read(address, out.first(size))) {
      return Presence::not_in_dump;
    }
    out = out.subspan(size);
    address += size;
  }
  return Presence::present;
}

Translation PagedMemory::translate(std::uint64_t address) const {
  if (pointer_size() == 4) {
    if ((address & kSignExtension32) == kSignExtension32) {
      address &= ~kSignExtension32; // as the debugger's block writes 32-bit addresses
    } else if (address > 0xffffffff) {
      return {Presence::not_mapped, 0};
    }
  }
  if (root_ == 0) {
    return {Presence::not_in_dump, 0}; // the writer did not tell where the tables are
  }
  const std::uint64_t page = address & ~(kPageSize - 1);
  Known& known = known_[static_cast<std::size_t>(address / kPageSize % known_.size())];
  if (known.page != page) {
    const Translation fresh = kdump::translate(physical_, mode_, root_, page);
    if (fresh.presence != Presence::present) {
      return fresh;
    }
    known = {page, fresh.physical};
  }
  return {Presence::present, known.physical | (address & (kPageSize - 1))};
}

Memory::Piece PagedMemory::read_piece(std::uint64_t address, std::span<std::byte> out) const {
  const Translation where = translate(address);
  if (where.presence != Presence::present) {
    return {where.presence, 0};
  }
  const std::size_t size = up_to_page_end(address, out.size());
  return {physical_.read(where.physical, out.first(size)) ? Presence::present : Presence::not_in_dump, size};
}

bool PagedMemory::settle_mode(std::uint64_t module_list) {
  for (const PagingMode mode : candidates_) {
    const PagingMode before = std::exchange(mode_, mode);
    known_.fill({});
    if (list_reads_well(module_list)) {
      return true;
    }
    mode_ = before;
    known_.fill({});
  }
  return false;
}

// One neighbour that points back is enough: the other end may be damaged.
bool PagedMemory::list_reads_well(std::uint64_t head) const {
  const std::uint64_t back_link = pointer_size();
  const auto next = pointer(head);
  const auto previous = pointer(head + back_link);
  return (next && pointer(*next + back_link) == head) || (previous && pointer(*previous) == head);
}

} // namespace migstorm::kdump
