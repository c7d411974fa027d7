// Lays out a stack by carrying out what functions do to it: their prologues, told by their unwind tables, and
// their calls, found in their code. What undoes the tables' steps then finds every frame.
#pragma once

#include "tools/make_dump/machine.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migstorm::make_dump {

struct MachineFrame {
  std::uint64_t rip = 0;
  std::uint64_t error_code = 0;
};

class StackWinder {
public:
  // Starts with the return address 0 at the top of the stack.
  StackWinder(AddressSpace& space, Address top);

  Registers& registers() noexcept { return registers_; }
  // As if called from nowhere, or by call() or trap() before.
  void enter(const Image& image, const std::string& function);
  // From the function entered last: by its call instruction for this callee, directly or through a pointer.
  void call(const Image& image, const std::string& function);
  // The processor stops the function entered last at `rip` and enters a handler.
  void trap(Address rip, std::uint64_t error_code, const Image& image, const std::string& handler);
  // Ends the stack within the function entered last: at `rip`, or (absent) at its first instruction.
  void stop(std::optional<Address> rip);

  // Innermost first, once stopped.
  std::vector<LaidFrame> frames() const;

private:
  void push(std::uint64_t value);
  void run_prologue();
  void note_frame(Address address);

  AddressSpace& space_;
  Registers registers_;
  const Image* image_ = nullptr;
  std::string function_;
  std::uint64_t entry_stack_ = 0;
  std::vector<LaidFrame> frames_;
  std::uint64_t next_value_ = 0;
};

// Where `image`'s function returns to after its call of `target`.
Address return_address(const Image& image, Rva function, Address target);

} // namespace migstorm::make_dump
