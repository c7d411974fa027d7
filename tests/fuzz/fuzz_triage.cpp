// A whole triage of a hostile dump, with symbols that are looked for in no folder.
#include "analyzers/triage/store_images.hpp"
#include "analyzers/triage/triage.hpp"

#include <algorithm>
#include <cstdint>

using namespace migstorm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBytesMax = 1U << 19;
  constexpr std::size_t kFramesMax = 1024;
  kdump::SpanSource source(std::as_bytes(std::span(data, std::min(size, kBytesMax))));
  const pdb::SymbolStore store({}, nullptr);
  triage::StoreImages images(store);
  const auto result = triage::triage(source, images, {});
  if (result && (result->stack.size() > kFramesMax || result->signature.size() > 4096)) {
    __builtin_trap();
  }
  return 0;
}
