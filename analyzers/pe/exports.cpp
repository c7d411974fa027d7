#include "analyzers/pe/exports.hpp"

#include <algorithm>

namespace migstorm::pe {
namespace {

constexpr std::size_t kNameMax = 512;

struct Table {
  std::uint32_t functions = 0;
  std::uint32_t names = 0;
  std::uint32_t addresses_rva = 0;
  std::uint32_t names_rva = 0;
  std::uint32_t ordinals_rva = 0;
};

std::optional<Table> read_table(const ImageReader& read, const Directory& directory) {
  std::array<std::byte, 40> bytes{};
  if (directory.rva == 0 || directory.size < bytes.size() || !read(directory.rva, bytes)) {
    return std::nullopt;
  }
  ByteReader reader(bytes, "export directory", directory.rva);
  reader.take(20);
  Table table;
  table.functions = std::min(reader.le<std::uint32_t>(), kExportsMax);
  table.names = std::min(reader.le<std::uint32_t>(), kExportsMax);
  table.addresses_rva = reader.le<std::uint32_t>();
  table.names_rva = reader.le<std::uint32_t>();
  table.ordinals_rva = reader.le<std::uint32_t>();
  return table;
}

bool inside(const Directory& directory, std::uint32_t rva) noexcept {
  return rva >= directory.rva && rva - directory.rva < directory.size;
}

} // namespace

Exports::Exports(ImageReader read, const Headers& headers) : read_(std::move(read)) {
  const std::optional<Table> table = read_table(read_, headers.exports);
  if (!table) {
    return;
  }
  std::vector<std::byte> addresses(table->functions * std::size_t{4});
  std::vector<std::byte> names(table->names * std::size_t{4});
  std::vector<std::byte> ordinals(table->names * std::size_t{2});
  if (!read_(table->addresses_rva, addresses) || !read_(table->names_rva, names) ||
      !read_(table->ordinals_rva, ordinals)) {
    return;
  }
  ByteReader name(names, "export names");
  ByteReader ordinal(ordinals, "export ordinals");
  by_name_.reserve(table->names);
  for (std::uint32_t i = 0; i < table->names; ++i) {
    Entry entry;
    entry.name = name.le<std::uint32_t>();
    const auto slot = ordinal.le<std::uint16_t>();
    if (slot < table->functions) {
      entry.rva =
          ByteReader(Bytes(addresses).subspan(slot * std::size_t{4}, 4), "export").le<std::uint32_t>();
    }
    if (entry.rva != 0 && !inside(headers.exports, entry.rva)) {
      by_name_.push_back(entry);
    }
  }
  by_rva_ = by_name_;
  std::stable_sort(by_rva_.begin(), by_rva_.end(),
                   [](const Entry& a, const Entry& b) { return a.rva < b.rva; });
}

std::string Exports::name_of(const Entry& entry) const {
  return read_name(read_, entry.name, kNameMax).value_or("");
}

std::optional<Exports::Found> Exports::nearest(std::uint32_t rva) const {
  auto at = std::upper_bound(by_rva_.begin(), by_rva_.end(), rva,
                             [](std::uint32_t wanted, const Entry& entry) { return wanted < entry.rva; });
  if (at == by_rva_.begin()) {
    return std::nullopt;
  }
  --at;
  // Of several names for one place the first, as a linker sorts them.
  at = std::lower_bound(by_rva_.begin(), at, at->rva,
                        [](const Entry& entry, std::uint32_t wanted) { return entry.rva < wanted; });
  Found found{name_of(*at), rva - at->rva};
  return found.name.empty() ? std::nullopt : std::optional(std::move(found));
}

std::optional<std::uint32_t> Exports::rva_of(const std::string& name) const {
  const auto at =
      std::lower_bound(by_name_.begin(), by_name_.end(), name,
                       [this](const Entry& entry, const auto& wanted) { return name_of(entry) < wanted; });
  return at != by_name_.end() && name_of(*at) == name ? std::optional(at->rva) : std::nullopt;
}

} // namespace migstorm::pe
