// An image file: headers, exports, the PDB it names, every entry of its unwind table.
#include "analyzers/pe/exports.hpp"
#include "analyzers/pe/file_layout.hpp"
#include "analyzers/pe/unwind.hpp"

#include <algorithm>
#include <cstdint>

using namespace migstorm;

namespace {

constexpr std::size_t kBytesMax = 1U << 18;
constexpr std::uint32_t kEntriesMax = 512;

void promise(bool kept) {
  if (!kept) {
    __builtin_trap();
  }
}

void examine(const pe::LoadedFile& image) {
  promise(image.headers.sections.size() <= pe::kSectionsMax);
  const pe::Exports exports(image.read, image.headers);
  if (const auto found = exports.nearest(0x1234)) {
    promise(!found->name.empty() && found->offset <= 0x1234);
    static_cast<void>(exports.rva_of(found->name));
  }
  if (const auto identity = pe::read_pdb_identity(image.read, image.headers)) {
    promise(identity->guid.size() == 32 && identity->file.find('\\') == std::string::npos);
  }
  const std::uint32_t entries = std::min(pe::table_entries(image.headers), kEntriesMax);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const auto entry = pe::table_entry(image.read, image.headers, i);
    if (!entry) {
      break;
    }
    const pe::FunctionAt found = pe::function_at(image.read, image.headers, entry->begin);
    promise(found.kind != pe::FunctionKind::described ||
            (found.frame.begin <= entry->begin && entry->begin < found.frame.end));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, std::min(size, kBytesMax)));
  if (const auto image = pe::lay_out(std::make_shared<kdump::SpanSource>(bytes))) {
    examine(*image);
  }
  return 0;
}
