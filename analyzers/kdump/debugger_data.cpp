#include "analyzers/kdump/debugger_data.hpp"

#include <algorithm>
#include <bit>

namespace migstorm::kdump {
namespace {

constexpr std::uint32_t kTag = 0x4742444b; // KDBG
constexpr std::size_t kSizeMin = 0x50;     // up to the module list

class Block {
public:
  Block(Bytes bytes, std::uint32_t pointer_size)
      : bytes_(bytes, "debugger block"), narrow_(pointer_size == 4) {}

  // Fields that an older, shorter block lacks read as 0: not told.
  std::uint64_t address(std::uint64_t offset) const {
    const auto value = bytes_.slice(offset, 8, "debugger block").le<std::uint64_t>();
    return narrow_ ? value & 0xffffffff : value; // written sign-extended
  }
  std::uint16_t offset(std::uint64_t at) const {
    return bytes_.slice(at, 2, "debugger block").le<std::uint16_t>();
  }

private:
  ByteReader bytes_;
  bool narrow_;
};

std::uint64_t byteswap(std::uint64_t value) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i) {
    out = out << 8 | (value >> (8 * i) & 0xff);
  }
  return out;
}

} // namespace

std::optional<DebuggerData> read_debugger_data(Bytes block, std::uint32_t pointer_size) {
  ByteReader head(block, "debugger block");
  head.take(0x10);
  const auto tag = head.le<std::uint32_t>();
  const auto size = head.le<std::uint32_t>();
  if (!head.ok() || tag != kTag || size < kSizeMin || block.size() < kSizeMin) {
    return std::nullopt;
  }
  const Block in(block.first(std::min<std::size_t>(block.size(), size)), pointer_size);
  DebuggerData data;
  data.size = size;
  data.kernel_base = in.address(0x18);
  data.loaded_module_list = in.address(0x48);
  data.active_process_list = in.address(0x50);
  data.bugcheck_data = in.address(0x88);
  data.build_lab = in.address(0x208);
  data.processor_block = in.address(0x218);
  data.unloaded_drivers = in.address(0x220);
  data.last_unloaded_driver = in.address(0x228);
  data.thread_kernel_stack = in.offset(0x29c);
  data.thread_initial_stack = in.offset(0x29e);
  data.thread_process = in.offset(0x2a0);
  data.thread_state = in.offset(0x2a2);
  data.process_size = in.offset(0x2a8);
  data.process_peb = in.offset(0x2aa);
  data.process_directory_table_base = in.offset(0x2ae);
  data.prcb_size = in.offset(0x2b0);
  data.prcb_current_thread = in.offset(0x2b4);
  data.prcb_processor_state = in.offset(0x2bc);
  data.prcb_number = in.offset(0x2be);
  data.thread_size = in.offset(0x2c0);
  data.prcb_context = in.offset(0x338);
  return data;
}

void decode_debugger_data(std::span<std::byte> block, const DebuggerDataKey& key) {
  for (std::size_t at = 0; at + 8 <= block.size(); at += 8) {
    auto value = ByteReader(block.subspan(at, 8), "debugger block").le<std::uint64_t>();
    value = std::rotl(value ^ key.wait_never, static_cast<int>(key.wait_never & 63));
    value = byteswap(value ^ key.encoded_flag_address) ^ key.wait_always;
    for (std::size_t i = 0; i < 8; ++i) {
      block[at + i] = static_cast<std::byte>(value >> (8 * i));
    }
  }
}

} // namespace migstorm::kdump
