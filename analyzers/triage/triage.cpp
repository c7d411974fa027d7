#include "analyzers/triage/triage.hpp"

#include "analyzers/kdump/dump.hpp"
#include "analyzers/triage/dump_code.hpp"
#include "analyzers/triage/process_name.hpp"
#include "analyzers/triage/start_context.hpp"

#include <fmt/format.h>

#include <utility>

namespace migstorm::triage {
namespace {

class Triage {
public:
  Triage(kdump::Dump& dump, Images& images, const TriageOptions& options)
      : dump_(dump), rules_(options.rules != nullptr ? *options.rules : built_in_rules()),
        issues_(options.known_issues != nullptr ? *options.known_issues : built_in_known_issues()),
        options_(options), memory_([this](std::uint64_t address, std::span<std::byte> out) {
          return dump_.memory().read(address, out) == kdump::Presence::present;
        }),
        code_(dump_, memory_, images), rule_(rules_.find(dump.header().bugcheck_code)) {}

  TriageResult run() {
    out_.file = options_.file;
    decode_debugger_data();
    describe_machine();
    describe_bugcheck();
    walk();
    blame();
    list_modules();
    warn();
    return std::move(out_);
  }

private:
  // Snapshots of a running machine hold the debugger's block encoded; the key lies in the kernel's own
  // variables.
  void decode_debugger_data() {
    if (!dump_.debugger_data_encoded() || dump_.modules().empty() || !dump_.header().debugger_data) {
      return;
    }
    const kdump::Module& kernel = dump_.modules().front();
    const auto variable = [this, &kernel](const char* name) -> std::optional<std::uint64_t> {
      const std::optional<std::uint32_t> rva = code_.image_of(kernel).rva_of(name);
      return rva ? std::optional(kernel.base + *rva) : std::nullopt;
    };
    const auto flag = variable("KdpDataBlockEncoded");
    const auto never = variable("KiWaitNever");
    const auto always = variable("KiWaitAlways");
    if (!flag || !never || !always) {
      return;
    }
    const auto never_value = dump_.memory().le<std::uint64_t>(*never);
    const auto always_value = dump_.memory().le<std::uint64_t>(*always);
    std::vector<std::byte> block(kdump::kDebuggerDataSizeMax);
    block.resize(dump_.memory().read_some(*dump_.header().debugger_data, block) / 8 * 8);
    if (!never_value || !always_value) {
      return;
    }
    kdump::decode_debugger_data(block, {*never_value, *always_value, *flag});
    if (const auto data = kdump::read_debugger_data(block, dump_.header().pointer_size)) {
      dump_.adopt_debugger_data(*data);
      out_.explain.emplace_back("the debugger's data block was encoded and could be decoded");
    }
  }

  void describe_machine() {
    const kdump::Header& header = dump_.header();
    out_.kind = kdump::to_string(header.kind);
    out_.machine = kdump::to_string(header.machine);
    out_.os_build = header.build;
    out_.processors = header.processors;
    out_.system_time = header.system_time;
    out_.up_time = header.system_up_time;
    out_.process = process_name(dump_);
    out_.missing_bytes = dump_.missing_bytes();
    for (const kdump::UnloadedDriver& each : dump_.unloaded_drivers()) {
      out_.unloaded.push_back({each.name, each.start, each.end});
    }
  }

  void describe_bugcheck() {
    out_.bugcheck.code = dump_.header().bugcheck_code;
    out_.bugcheck.name = bugcheck_name(out_.bugcheck.code);
    out_.bugcheck.parameters = dump_.header().bugcheck_parameters;
    if (rule_ != nullptr) {
      out_.bugcheck.meanings = rule_->parameters;
    }
    if (const auto address = named_instruction(dump_, memory_, rule_)) {
      out_.instruction = code_.place_of(*address, *address);
    }
  }

  void walk() {
    const std::optional<StartContext> start = find_start(dump_, memory_, rule_, out_.explain);
    if (!start) {
      out_.warnings.emplace_back("no record of the processor's state is usable: there is no stack");
      return;
    }
    out_.context_from = start->from;
    const Stack stack = walk_stack(start->registers, memory_, code_);
    out_.stack_end = stack.end;
    for (const StackFrame& frame : stack.frames) {
      out_.stack.push_back({frame, code_.place_of(frame.ip, lookup_address(frame))});
    }
  }

  void blame() {
    const CulpritQuestion question{out_.stack, rules_, rule_, out_.instruction};
    out_.culprit = find_culprit(question, out_.explain);
    const Place& place = out_.culprit.place;
    out_.signature = signature_of(out_.bugcheck.code, out_.bugcheck.parameters, place);
    if (const kdump::Module* module = place.in_module() ? dump_.module_at(place.address) : nullptr) {
      out_.culprit_file = module->name;
    }
    Evidence evidence;
    evidence.code = out_.bugcheck.code;
    evidence.parameters = out_.bugcheck.parameters;
    evidence.access = access_of(evidence.code, evidence.parameters);
    evidence.module = place.module;
    evidence.function = place.function;
    evidence.offset = place.named() ? std::optional(place.offset) : std::nullopt;
    evidence.build = out_.os_build;
    out_.issues = match_issues(issues_, evidence);
  }

  void list_modules() {
    for (const kdump::Module& each : dump_.modules()) {
      ModuleFacts facts;
      facts.name = each.name;
      facts.path = each.path;
      facts.base = each.base;
      facts.size = each.size;
      facts.timestamp = each.timestamp;
      Image* image = code_.opened_image(each);
      facts.asked = image != nullptr;
      if (image == nullptr && options_.all_timestamps && !facts.timestamp) {
        image = &code_.image_of(each);
      }
      if (image != nullptr) {
        facts.timestamp = image->timestamp();
      }
      if (facts.asked) {
        facts.has_symbols = image->has_symbols();
        facts.symbols_note = image->symbols_note();
      }
      out_.modules.push_back(std::move(facts));
    }
  }

  void warn() {
    out_.warnings.insert(out_.warnings.begin(), dump_.warnings().begin(), dump_.warnings().end());
    if (!dump_.read_failure().empty()) {
      out_.warnings.push_back(dump_.read_failure());
    }
    if (out_.missing_bytes > 0) {
      out_.warnings.push_back(fmt::format("{} bytes of the dump are missing", out_.missing_bytes));
    }
    if (out_.bugcheck.code == 0) {
      out_.warnings.emplace_back("the dump tells of no bugcheck");
    }
    for (const ModuleFacts& each : out_.modules) {
      if (each.asked && !each.has_symbols) {
        out_.warnings.push_back(fmt::format("no symbols for {}: {}", each.name, each.symbols_note));
      }
    }
  }

  kdump::Dump& dump_;
  const Rules& rules_;
  const std::vector<KnownIssue>& issues_;
  const TriageOptions& options_;
  ReadMemory memory_;
  DumpCode code_;
  const BugcheckRule* rule_;
  TriageResult out_;
};

} // namespace

Result<TriageResult> triage(kdump::ByteSource& source, Images& images, const TriageOptions& options) {
  Result<kdump::Dump> dump = kdump::Dump::open(source);
  if (!dump) {
    return std::move(dump).error();
  }
  TriageResult result = Triage(*dump, images, options).run();
  result.warnings.insert(result.warnings.end(), source.remarks().begin(), source.remarks().end());
  result.bytes_read = source.bytes_read();
  return result;
}

} // namespace migstorm::triage
