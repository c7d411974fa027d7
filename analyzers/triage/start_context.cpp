#include "analyzers/triage/start_context.hpp"

#include <fmt/format.h>

namespace migstorm::triage {
namespace {

class Chooser {
public:
  Chooser(const kdump::Dump& dump, const ReadMemory& memory, const BugcheckRule* rule,
          std::vector<std::string>& trace)
      : dump_(dump), memory_(memory), rule_(rule), trace_(trace) {}

  std::optional<StartContext> run() {
    if (rule_ != nullptr && (from_context() || from_trap_frame())) {
      return found_;
    }
    if (from_header() || from_processor() || from_saved_stack()) {
      return found_;
    }
    return std::nullopt;
  }

private:
  Machine machine() const { return dump_.header().machine; }
  std::uint64_t parameter(unsigned index) const { return dump_.header().bugcheck_parameters.at(index - 1); }

  // A place in a program is where the stack ends, never where it starts. A call through a bad pointer leaves
  // an impossible ip but a good stack, so that the stack pointer decides.
  bool take(const std::optional<Registers>& registers, const std::string& from) {
    if (!registers) {
      trace_.push_back(fmt::format("{}: not in the dump", from));
      return false;
    }
    const bool kernel_stack = is_kernel_address(machine(), registers->sp);
    const bool program = registers->ip >= 0x10000 && !is_kernel_address(machine(), registers->ip);
    if (!kernel_stack || program) {
      trace_.push_back(fmt::format("{}: rip {:#x}, rsp {:#x} is no place in the kernel", from, registers->ip,
                                   registers->sp));
      return false;
    }
    trace_.push_back(fmt::format("the stack starts from {}", from));
    found_ = StartContext{*registers, from};
    return true;
  }

  bool from_context() {
    if (rule_->context == 0 || parameter(rule_->context) == 0) {
      return false;
    }
    return take(read_context(machine(), memory_, parameter(rule_->context)),
                fmt::format("the context record that parameter {} names", rule_->context));
  }

  bool from_trap_frame() {
    if (rule_->trap_frame == 0 || parameter(rule_->trap_frame) == 0) {
      return false;
    }
    const auto frame = read_trap_frame(machine(), memory_, parameter(rule_->trap_frame));
    return take(frame ? std::optional(frame->registers) : std::nullopt,
                fmt::format("the trap frame that parameter {} names", rule_->trap_frame));
  }

  bool from_header() { return take(read_context(machine(), dump_.header().context), "the header's context"); }

  // Snapshots of a running machine have no context in the header, but one behind the processor's own pointer.
  bool from_processor() {
    const auto& data = dump_.debugger_data();
    if (!data || data->prcb_context == 0 || dump_.current().prcb == 0) {
      return false;
    }
    const auto pointer = dump_.memory().pointer(dump_.current().prcb + data->prcb_context);
    return pointer && take(read_context(machine(), memory_, *pointer), "the processor's saved context");
  }

  bool from_saved_stack() {
    if (dump_.triage_blocks().stack_top == 0) {
      return false;
    }
    Registers registers;
    registers.machine = machine();
    registers.sp = dump_.triage_blocks().stack_top;
    return take(registers, "the saved stack alone");
  }

  const kdump::Dump& dump_;
  const ReadMemory& memory_;
  const BugcheckRule* rule_;
  std::vector<std::string>& trace_;
  std::optional<StartContext> found_;
};

} // namespace

std::optional<StartContext> find_start(const kdump::Dump& dump, const ReadMemory& memory,
                                       const BugcheckRule* rule, std::vector<std::string>& trace) {
  return Chooser(dump, memory, rule, trace).run();
}

std::optional<std::uint64_t> named_instruction(const kdump::Dump& dump, const ReadMemory& memory,
                                               const BugcheckRule* rule) {
  if (rule == nullptr) {
    return std::nullopt;
  }
  const auto& parameters = dump.header().bugcheck_parameters;
  if (rule->instruction != 0 && parameters.at(rule->instruction - 1) != 0) {
    return parameters.at(rule->instruction - 1);
  }
  if (rule->exception == 0 || parameters.at(rule->exception - 1) == 0) {
    return std::nullopt;
  }
  const std::uint64_t record = parameters.at(rule->exception - 1);
  if (dump.header().pointer_size == 4) {
    return read_le<std::uint32_t>(memory, record + 0xc);
  }
  return read_le<std::uint64_t>(memory, record + 0x10);
}

} // namespace migstorm::triage
