// A PDB: container, headers, symbols; and a symbol path, when the input is text.
#include "analyzers/pdb/pdb.hpp"
#include "analyzers/pdb/symbol_path.hpp"

#include <algorithm>
#include <cstdint>

using namespace migstorm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBytesMax = 1U << 19;
  const Bytes bytes = std::as_bytes(std::span(data, std::min(size, kBytesMax)));
  const auto pdb = pdb::Pdb::open(std::make_shared<kdump::SpanSource>(bytes));
  if (pdb) {
    for (const std::uint32_t rva : {0U, 0x1000U, 0x1070U, 0x2000U, 0xffffffffU}) {
      const auto found = pdb->symbol_at(rva);
      if (found && found->offset > rva) {
        __builtin_trap();
      }
    }
    static_cast<void>(pdb->rva_of("KdpDataBlockEncoded"));
  }
  const std::string text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
  static_cast<void>(pdb::parse_symbol_path(text, "/cache"));
  static_cast<void>(pdb::readable_name(text, size % 2 == 0));
  return 0;
}
