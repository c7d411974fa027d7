// What x86 and x64 have in common: the forms of calls, and the instruction that waits.
#pragma once

#include "tools/make_dump/stack_winder.hpp"

namespace migstorm::make_dump {

class IntelWinder : public StackWinder {
public:
  Address return_address(Address target) const override;
  Address after_wait() const override; // behind the first `hlt`

protected:
  // `above`: bytes over the return address of a first function that nothing called.
  IntelWinder(Machine& machine, Address top, std::uint64_t above)
      : StackWinder(machine.space, machine.shape) {
    stack() = top - above;
    push(0);
  }
};

} // namespace migstorm::make_dump
