// KDDEBUGGER_DATA64: where the kernel keeps its own tables, and the offsets of some fields.
//
// A help and never a need: it may be missing, encoded (snapshots of a live machine), or older than a field.
#pragma once

#include <migstorm/byte_reader.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace migstorm::kdump {

inline constexpr std::size_t kDebuggerDataSizeMax = 0x1000;

// Addresses are as wide as the machine's; 0 means that the block does not tell.
struct DebuggerData {
  std::uint32_t size = 0;
  std::uint64_t kernel_base = 0;
  std::uint64_t loaded_module_list = 0;
  std::uint64_t active_process_list = 0;
  std::uint64_t bugcheck_data = 0; // KiBugcheckData: code and four parameters
  std::uint64_t build_lab = 0;     // address of the text NtBuildLab
  std::uint64_t processor_block = 0;
  std::uint64_t unloaded_drivers = 0;
  std::uint64_t last_unloaded_driver = 0;

  // Offsets within the kernel's structures.
  std::uint16_t thread_kernel_stack = 0;
  std::uint16_t thread_initial_stack = 0;
  std::uint16_t thread_process = 0;
  std::uint16_t thread_state = 0;
  std::uint16_t process_size = 0;
  std::uint16_t process_peb = 0;
  std::uint16_t process_directory_table_base = 0;
  std::uint16_t prcb_size = 0;
  std::uint16_t prcb_current_thread = 0;
  std::uint16_t prcb_processor_state = 0;
  std::uint16_t prcb_number = 0;
  std::uint16_t prcb_context = 0; // where the PRCB keeps a pointer to the processor's CONTEXT
  std::uint16_t thread_size = 0;
};

// nullopt where the tag is not there (absent or encoded) or the block is too short for it.
std::optional<DebuggerData> read_debugger_data(Bytes block, std::uint32_t pointer_size);

// What encodes the block on a live machine: two values and the address of the flag that says so.
struct DebuggerDataKey {
  std::uint64_t wait_never = 0;
  std::uint64_t wait_always = 0;
  std::uint64_t encoded_flag_address = 0;
};

// Decodes in place; whether that made sense shows when the block is read.
void decode_debugger_data(std::span<std::byte> block, const DebuggerDataKey& key);

} // namespace migstorm::kdump
