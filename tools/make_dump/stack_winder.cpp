#include "tools/make_dump/stack_winder.hpp"

namespace migstorm::make_dump {

std::unique_ptr<StackWinder> make_winder(Machine& machine, Address top) {
  switch (machine.facts.architecture) {
  case Architecture::x64:
    return make_winder_x64(machine, top);
  case Architecture::x86:
  case Architecture::x86_pae:
    return make_winder_x86(machine, top);
  case Architecture::arm64:
    return make_winder_arm64(machine, top);
  }
  return nullptr;
}

void StackWinder::push(std::uint64_t value) {
  stack() -= shape_.word;
  space_.write_word(stack(), value);
}

std::uint64_t StackWinder::next_value() {
  const std::uint64_t middle = shape_.regions.pool + shape_.paging.large_pages * kPageSize / 2;
  return middle + 0x80000 + 0x40 * ++values_;
}

void StackWinder::enter(const Image& image, const std::string& function) {
  image_ = &image;
  function_ = function;
  entry_stack_ = stack();
  run_prologue();
}

void StackWinder::note_frame(Address address) {
  const std::uint64_t offset = address - image_->address(function_);
  frames_.push_back({image_->name(), function_, static_cast<std::uint32_t>(offset), address, stack()});
}

void StackWinder::call(const Image& image, const std::string& function) {
  const Address back = return_address(image.address(function));
  note_frame(back);
  pass_return(back);
  enter(image, function);
}

Address StackWinder::trap(Address rip, std::uint64_t error_code, const Image& image,
                          const std::string& handler) {
  note_frame(rip);
  const Address made = interrupt(rip, error_code);
  enter(image, handler);
  return made != 0 ? made : trap_frame();
}

void StackWinder::stop(std::optional<Address> rip) {
  if (!rip) {
    stack() = entry_stack_; // its prologue has not run yet
  }
  registers_.ip = rip.value_or(image_->address(function_));
  note_frame(registers_.ip);
}

std::vector<LaidFrame> StackWinder::frames() const { return {frames_.rbegin(), frames_.rend()}; }

} // namespace migstorm::make_dump
