// The first page or two of a kernel dump: who crashed, how, and what kind of body follows.
//
// Writers fill what they do not know with the text PAGE; such a field is absent here, never data.
#pragma once

#include <migstorm/byte_reader.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::kdump {

inline constexpr std::uint64_t kPageSize = 0x1000;
inline constexpr std::uint64_t kHeaderSize64 = 0x2000;
inline constexpr std::uint64_t kHeaderSize32 = 0x1000;

enum class Kind : std::uint8_t {
  full,
  kernel_summary,
  header_only,
  triage,
  bitmap_full,
  bitmap_kernel,
  kernel_range,
  kernel_user_range,
  complete_range,
};
// As results spell them: "full", "kernel-summary", "bitmap-full", "header", ...
std::string_view to_string(Kind kind) noexcept;

enum class Machine : std::uint8_t { x86, x64, arm64 };
std::string_view to_string(Machine machine) noexcept;

struct PageRun {
  std::uint64_t first_pfn = 0;
  std::uint64_t page_count = 0;
};

struct ExceptionRecord {
  std::uint32_t code = 0;
  std::uint32_t flags = 0;
  std::uint64_t address = 0;
  std::vector<std::uint64_t> information;
};

struct Header {
  Kind kind{};
  Machine machine{};
  std::uint32_t dump_type = 0;    // the number that `kind` was read from
  std::uint32_t pointer_size = 8; // 4 under a 32-bit header
  std::uint32_t major_version = 0;
  std::uint32_t build = 0; // 7601, 19041, ...
  std::uint32_t processors = 0;
  std::uint64_t directory_table_base = 0; // as written: low bits may hold a PCID
  bool pae = false;                       // x86 only
  std::uint64_t pfn_database = 0;
  std::uint64_t loaded_module_list = 0;
  std::uint64_t active_process_list = 0;

  std::uint32_t bugcheck_code = 0; // without the mark of small dumps
  bool bugcheck_marked = false;    // the mark 0x10000000 was there
  std::array<std::uint64_t, 4> bugcheck_parameters{};

  std::optional<std::uint64_t> debugger_data; // address of the debugger's block
  std::string version_user;
  std::string comment;
  std::optional<std::uint64_t> required_dump_space;
  std::optional<std::uint64_t> system_time;    // FILETIME, UTC
  std::optional<std::uint64_t> system_up_time; // 100 ns
  std::optional<std::uint32_t> product_type;
  std::optional<std::uint32_t> suite_mask;
  std::optional<std::uint32_t> writer_status;
  std::optional<std::uint32_t> minidump_fields;

  std::vector<PageRun> runs; // physical memory; empty where the writer left it out
  std::uint64_t run_pages = 0;
  std::vector<std::byte> context; // CONTEXT of `machine`; empty where absent
  std::optional<ExceptionRecord> exception;

  std::uint64_t size() const noexcept { return pointer_size == 8 ? kHeaderSize64 : kHeaderSize32; }
};

// `start` holds the first kHeaderSize64 bytes of the file, or all of a shorter one. What is no kernel dump is
// refused by its name.
Result<Header> read_header(Bytes start);

} // namespace migstorm::kdump
