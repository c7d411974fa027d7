// Makes Windows kernel crash dumps, for tests and for the simulated cluster's guests: the RAM of a machine
// that ran our own small kernel (kernel/README.md) into bugcheck 0xD1 in storvsc!StorChannelVmbusCallback, in
// each form that Windows writes, and spoiled on request. The same arguments give the same bytes.
#pragma once

#include "tools/make_dump/sparse_file.hpp"

#include <migstorm/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::make_dump {

enum class Kind : std::uint8_t {
  full,              // type 1: runs of pages
  kernel_summary,    // type 2: Windows 2000 to 7
  header,            // type 3
  triage,            // type 4: small memory dump
  bitmap_full,       // type 5
  bitmap_kernel,     // type 6
  bitmap_automatic,  // type 7
  kernel_range,      // type 8
  kernel_user_range, // type 9
  complete_range,    // type A
};
std::string_view to_string(Kind kind) noexcept;
std::optional<Kind> kind_from(std::string_view name) noexcept;

enum class Spoil : std::uint8_t {
  truncated,    // the file ends at three fifths
  torn_tables,  // the page table of the faulting driver holds rubbish
  loops,        // page tables that lead to themselves; a process list and an exception chain without end
  lying_counts, // every count in the header and body says more than there is
  encoded_debugger_block, // as in memory of a running Windows 8 and later
  module_ring,            // the module list comes back to its second entry, never to its head
  no_debugger_block,      // the header does not name it
  hostile_names,          // module names with control characters and markup
  cut_stack,              // the pages of the stack are not in the dump
};
std::string_view to_string(Spoil spoil) noexcept;
std::optional<Spoil> spoil_from(std::string_view name) noexcept;
const std::vector<Spoil>& all_spoils();
const std::vector<Kind>& all_kinds();

enum class Architecture : std::uint8_t {
  x64,
  x86,     // two levels of page tables, entries of 32 bits
  x86_pae, // three, of 64
  arm64,
};
std::string_view to_string(Architecture architecture) noexcept;
std::optional<Architecture> architecture_from(std::string_view name) noexcept;
const std::vector<Architecture>& all_architectures();

struct Bugcheck {
  std::uint32_t code = 0;
  std::array<std::uint64_t, 4> parameters{};
};

// What is particular about one crash. `seed` places the images, as address-space randomisation does.
struct CrashFacts {
  Architecture architecture = Architecture::x64;
  std::uint64_t seed = 1;
  std::uint64_t memory = 64ULL << 20;
  std::uint32_t build = 19041;
  std::uint64_t system_time = 132'854'688'000'000'000; // FILETIME: 2022-01-01T00:00:00Z
  std::uint64_t uptime = 36'000'000'000;               // 100 ns: one hour
  std::uint32_t processors = 1;
  // An interrupt stopped it in its idle loop; absent: the founding bug did, in the driver. Our kernel has one
  // handler for all traps.
  std::optional<Bugcheck> nmi;
};

struct DumpOptions {
  Kind kind = Kind::bitmap_kernel;
  std::set<Spoil> spoils;
};

// One frame of the stack as it was laid out, innermost first: what a reader should find.
struct LaidFrame {
  std::string module;
  std::string function;
  std::uint32_t offset = 0;
  std::uint64_t address = 0;
  std::uint64_t stack_pointer = 0;
};

struct LaidModule {
  std::string name;
  std::uint64_t base = 0;
  std::uint32_t size = 0;
  std::uint32_t timestamp = 0;
};

struct CrashDump {
  SparseFile file;
  Bugcheck bugcheck;
  std::vector<LaidFrame> stack;
  std::vector<LaidModule> modules;
};

Result<CrashDump> make_dump(const CrashFacts& facts, const DumpOptions& options);

// The bugcheck that a guest with these facts reports in its events; the dump's is the same.
Result<Bugcheck> crash_bugcheck(const CrashFacts& facts);

// A kernel dump of well under a megabyte at `path`.
Status write_crash_dump(const std::string& path, const CrashFacts& facts);

// The images and PDBs of all architectures, laid out as a symbol server's store is.
Status write_symbol_store(const std::string& folder);

} // namespace migstorm::make_dump
