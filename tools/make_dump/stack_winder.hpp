// Lays out a stack by carrying out what functions do to it: their prologues and their calls, found in their
// code. What undoes the steps then finds every frame.
#pragma once

#include "tools/make_dump/machine.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::make_dump {

class StackWinder {
public:
  virtual ~StackWinder() = default;

  Registers& registers() noexcept { return registers_; }
  // As if called from nowhere, or by call() or trap() before.
  void enter(const Image& image, const std::string& function);
  // From the function entered last: by its call instruction for this callee, directly or through a pointer.
  void call(const Image& image, const std::string& function);
  // The processor stops the function entered last at `rip` and enters a handler; gives the trap frame's
  // address.
  Address trap(Address rip, std::uint64_t error_code, const Image& image, const std::string& handler);
  // Ends the stack within the function entered last: at `rip`, or (absent) at its first instruction.
  void stop(std::optional<Address> rip);

  // Innermost first, once stopped.
  std::vector<LaidFrame> frames() const;

  // Of the function entered last: behind its call of `target`, directly or through a pointer.
  virtual Address return_address(Address target) const = 0;
  // Behind the instruction that waits for interrupts.
  virtual Address after_wait() const = 0;

protected:
  StackWinder(AddressSpace& space, const Shape& shape) : space_(space), shape_(shape) {}

  // Does what the prologue of the function entered last does.
  virtual void run_prologue() = 0;
  // Leaves `back` where the callee finds it.
  virtual void pass_return(Address back) = 0;
  // What is there before the handler's first instruction; the address of a trap frame made already, or 0.
  virtual Address interrupt(Address rip, std::uint64_t error_code) = 0;
  // Of the trap frame that the handler's prologue has made.
  virtual Address trap_frame() const = 0;

  std::uint64_t& stack() noexcept { return registers_.general[shape_.stack_register]; }
  std::uint64_t stack() const noexcept { return registers_.general[shape_.stack_register]; }
  void push(std::uint64_t value); // a pointer
  Function function() const { return image_->function(image_->symbol(function_)); }
  // A value such as a function that saves a register is going to keep there.
  std::uint64_t next_value();

  AddressSpace& space_;
  const Shape& shape_;
  Registers registers_;
  const Image* image_ = nullptr;
  std::string function_;
  std::uint64_t entry_stack_ = 0;

private:
  void note_frame(Address address);

  std::vector<LaidFrame> frames_;
  std::uint64_t values_ = 0;
};

// Starts with the return address 0 at the top of the stack.
std::unique_ptr<StackWinder> make_winder(Machine& machine, Address top);
std::unique_ptr<StackWinder> make_winder_x64(Machine& machine, Address top);
std::unique_ptr<StackWinder> make_winder_x86(Machine& machine, Address top);
std::unique_ptr<StackWinder> make_winder_arm64(Machine& machine, Address top);

} // namespace migstorm::make_dump
