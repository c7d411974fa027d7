// Unwind descriptions, x64 and ARM64: the first byte chooses, the rest is the image.
#include "analyzers/pe/unwind.hpp"

#include <algorithm>
#include <cstdint>

using namespace migstorm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kStepsMax = 33 * 255 * 2; // a function and all that it may be chained to
  if (size < 5) {
    return 0;
  }
  const Bytes bytes = std::as_bytes(std::span(data + 1, size - 1));
  const pe::ImageReader read = [bytes](std::uint64_t rva, std::span<std::byte> out) {
    if (rva > bytes.size() || out.size() > bytes.size() - rva) {
      return false;
    }
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(rva), out.size(), out.begin());
    return true;
  };
  pe::TableEntry entry{0x1000, 0x2000, 0};
  const bool x64 = (data[0] & 1U) != 0;
  if (!x64 && (data[0] & 2U) != 0) {
    entry.unwind = *pe::read_le<std::uint32_t>(read, 0);
  }
  const auto frame = x64 ? pe::describe_x64(read, entry) : pe::describe_arm64(read, entry);
  if (frame && (frame->begin != entry.begin || frame->steps.size() + frame->outer.size() > kStepsMax)) {
    __builtin_trap();
  }
  return 0;
}
