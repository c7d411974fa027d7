// The crashed machine: memory with everything in it that a debugger follows, from page tables to the
// stack.
#pragma once

#include "tools/make_dump/address_space.hpp"
#include "tools/make_dump/architecture.hpp"
#include "tools/make_dump/image.hpp"
#include "tools/make_dump/make_dump.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace migstorm::make_dump {

// Numbered as unwind codes number them, on x86 too.
enum Register : unsigned { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };
enum Arm64Register : unsigned { x0, x19 = 19, fp = 29, lr = 30, sp = 31 };

inline constexpr std::uint32_t kFlagsX86 = 0x40046;
inline constexpr std::uint32_t kSpsrKernel = 0x80000305; // EL1 with its own stack pointer, interrupts off

struct Registers {
  std::array<std::uint64_t, 32> general{};
  std::uint64_t ip = 0;
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
Placement place(const Shape& shape, std::uint64_t seed);

struct Machine {
  explicit Machine(const CrashFacts& facts);

  Image& image(std::string_view name);
  const Image& image(std::string_view name) const;
  const Image& kernel() const { return images.front(); }
  Address symbol(const char* name) const { return kernel().address(name); }
  Address allocate(std::uint64_t bytes); // from the pool, zeroed, aligned to 16

  static constexpr std::uint64_t kStackSize = 0x6000;

  // Stack pointer when the machine had stopped.
  Address stopped_at() const noexcept { return at_bugcheck.general[shape.stack_register]; }

  CrashFacts facts;
  const Shape& shape;
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

// CONTEXT
Bytes context_record(Architecture architecture, const Registers& registers);

// KDDEBUGGER_DATA64 as it is when it is not encoded.
Bytes debugger_data(const Machine& machine);
inline constexpr std::uint32_t kDebuggerDataSize = 0x380;

} // namespace migstorm::make_dump
