// The crashed machine (x64): memory with everything in it that a debugger follows, from page tables to the
// stack.
#pragma once

#include "tools/make_dump/address_space.hpp"
#include "tools/make_dump/image.hpp"
#include "tools/make_dump/make_dump.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace migstorm::make_dump {

// Numbered as unwind codes number them.
enum Register : unsigned { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };

struct Registers {
  std::array<std::uint64_t, 16> general{};
  std::uint64_t rip = 0;
  std::uint32_t flags = 0x40046;
};

struct UnloadedDriver {
  std::string_view name;
  Address start = 0;
  Address end = 0;
};

// Where images and stacks lie, drawn from the crash's seed.
struct Placement {
  Address kernel = 0;
  Address drivers = 0;
  Address stack = 0; // lowest address
};
Placement place(std::uint64_t seed);

struct Machine {
  explicit Machine(const CrashFacts& facts);

  Image& image(std::string_view name);
  const Image& image(std::string_view name) const;
  const Image& kernel() const { return images.front(); }
  Address symbol(const char* name) const { return kernel().address(name); }
  Address allocate(std::uint64_t bytes); // from the pool, zeroed, aligned to 16

  static constexpr std::uint64_t kStackSize = 0x6000;

  CrashFacts facts;
  Placement placement;
  PhysicalMemory memory;
  AddressSpace space; // of the System process
  std::vector<Image> images;
  std::vector<Address> module_entries; // of the loader's list, in its order
  std::vector<std::string> module_names;
  std::vector<Address> name_pages; // where each module's names lie
  std::vector<UnloadedDriver> unloaded;
  Registers at_bugcheck; // as KeBugCheckEx saved them
  Bugcheck bugcheck;
  std::vector<LaidFrame> stack;
  Address trap_frame = 0;
  Address user_process = 0;
  Address user_page = 0;

private:
  Address pool_next_ = 0;
};

Machine make_machine(const CrashFacts& facts);

// The steps of make_machine, in this order.
void load_images(Machine& machine);
void lay_modules(Machine& machine);    // loaded and unloaded lists
void lay_processes(Machine& machine);  // System, its idle thread, one user program
void lay_stack(Machine& machine);      // from the start of the system to KeBugCheckEx
void lay_processors(Machine& machine); // PCR, PRCB, the context saved there
void lay_debugger_data(Machine& machine);
void lay_user_memory(Machine& machine); // last: its tables share the kernel's half

// Writes a module's names into its entry anew.
void name_module(Machine& machine, std::size_t index, const std::string& name);

// CONTEXT of 0x4D0 bytes.
Bytes context_record(const Registers& registers);

// KDDEBUGGER_DATA64 as it is when it is not encoded.
Bytes debugger_data(const Machine& machine);
inline constexpr std::uint32_t kDebuggerDataSize = 0x380;

} // namespace migstorm::make_dump
