// x86 has no unwind data: the chain of frame pointers, as long as it rises.
#include "analyzers/triage/stack.hpp"

namespace migstorm::triage {

Step step_x86(Registers& registers, const ReadMemory& memory) {
  const std::optional<std::uint64_t> frame = registers.get(kX64Rbp);
  if (!frame || *frame < registers.sp || *frame - registers.sp > kScanBytesMax || *frame % 4 != 0) {
    return {};
  }
  const auto outer = read_le<std::uint32_t>(memory, *frame);
  const auto ip = read_le<std::uint32_t>(memory, *frame + 4);
  if (!outer || !ip) {
    return {Step::Outcome::no_memory, {}, true, 0};
  }
  registers.ip = *ip;
  registers.sp = *frame + 8;
  registers.keep_preserved_only();
  registers.set(kX64Rbp, *outer);
  return {Step::Outcome::stepped, FrameSource::frame_pointer, true, 0};
}

} // namespace migstorm::triage
