#include "analyzers/kdump/dump.hpp"

#include "analyzers/kdump/header_layout.hpp"
#include "analyzers/kdump/paged_memory.hpp"
#include "analyzers/kdump/small_dump.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::kdump {
namespace {

constexpr std::uint32_t kProcessorsMax = 2048;
constexpr std::uint64_t kKernelStackMax = 0x20000; // the largest that Windows gives a thread

// Only the kernel's own list, for a list elsewhere would not be the module list.
std::uint64_t module_list_of(const Header& header, const std::optional<DebuggerData>& data) {
  return header.loaded_module_list == 0 && data ? data->loaded_module_list : header.loaded_module_list;
}

std::uint64_t stack_pointer_of(const Header& header) {
  const ByteReader context(header.context, "context");
  switch (header.machine) {
  case Machine::x86:
    return context.slice(0xc4, 4, "esp").le<std::uint32_t>();
  case Machine::arm64:
    return context.slice(0x100, 8, "sp").le<std::uint64_t>();
  case Machine::x64:
    break;
  }
  return context.slice(0x98, 8, "rsp").le<std::uint64_t>();
}

// The processor whose thread's stack holds the header's stack pointer; on a machine with one, that one.
CurrentThread find_current(const Header& header, const Memory& memory, const DebuggerData& data) {
  if (data.processor_block == 0 || data.prcb_current_thread == 0) {
    return {};
  }
  const std::uint64_t stack_pointer = stack_pointer_of(header);
  const std::uint32_t processors = std::min(header.processors, kProcessorsMax);
  for (std::uint32_t i = 0; i < processors; ++i) {
    CurrentThread current;
    current.prcb = memory.pointer(data.processor_block + std::uint64_t{i} * header.pointer_size).value_or(0);
    current.thread =
        current.prcb != 0 ? memory.pointer(current.prcb + data.prcb_current_thread).value_or(0) : 0;
    if (current.thread == 0) {
      continue;
    }
    current.process =
        data.thread_process != 0 ? memory.pointer(current.thread + data.thread_process).value_or(0) : 0;
    const auto stack_start = memory.pointer(current.thread + data.thread_initial_stack);
    const bool runs_here =
        stack_start && stack_pointer <= *stack_start && *stack_start - stack_pointer < kKernelStackMax;
    if (runs_here || processors == 1) {
      return current;
    }
  }
  return {};
}

std::uint64_t shortfall(std::uint64_t announced, std::uint64_t size) {
  return announced > size ? announced - size : 0;
}

} // namespace

// Builds a dump from its parts; the parts' readers know nothing of one another.
class DumpOpener {
public:
  explicit DumpOpener(ByteSource& source) : source_(source) {
    dump_.cache_ = std::make_unique<BlockCache>(source);
  }

  Result<Dump> open() {
    std::vector<std::byte> start(kHeaderSize64);
    const Result<std::size_t> got = source_.read_at(0, start);
    if (!got) {
      return got.error();
    }
    Result<Header> header = read_header(Bytes(start).first(*got));
    if (!header) {
      return std::move(header).error();
    }
    dump_.header_ = *std::move(header);
    add_warnings(source_.remarks());
    if (dump_.header_.kind == Kind::triage) {
      open_small();
    } else {
      open_paged();
    }
    if (dump_.missing_bytes_ != 0) {
      dump_.warnings_.push_back(
          fmt::format("the file is cut off or still growing: {} bytes are missing", dump_.missing_bytes_));
    }
    return std::move(dump_);
  }

private:
  void add_warnings(const std::vector<std::string>& more) {
    dump_.warnings_.insert(dump_.warnings_.end(), more.begin(), more.end());
  }

  void open_small() {
    SmallDump small = read_small_dump(dump_.header_, *dump_.cache_);
    dump_.memory_ =
        std::make_unique<BlockMemory>(dump_.header_.pointer_size, *dump_.cache_, std::move(small.memory));
    dump_.modules_ = std::move(small.modules);
    dump_.unloaded_ = std::move(small.unloaded);
    dump_.debugger_data_ = small.debugger_data;
    dump_.current_ = small.current;
    dump_.triage_ = std::move(small.blocks);
    dump_.missing_bytes_ = shortfall(small.announced_size, source_.size());
    add_warnings(small.warnings);
  }

  void open_paged() {
    Body body = read_body(dump_.header_, source_, *dump_.cache_);
    add_warnings(body.warnings);
    dump_.missing_bytes_ = shortfall(body.announced_size, source_.size());
    auto memory = std::make_unique<PagedMemory>(dump_.header_, *dump_.cache_, std::move(body.pages));
    PagedMemory& paged = *memory;
    dump_.memory_ = std::move(memory);
    if (dump_.header_.kind == Kind::header_only) {
      return;
    }
    paged.settle_mode(dump_.header_.loaded_module_list);
    read_debugger_block();
    ModuleList list = walk_modules(paged, module_list_of(dump_.header_, dump_.debugger_data_));
    dump_.modules_ = std::move(list.modules);
    add_warnings(list.warnings);
  }

  void read_debugger_block() {
    if (!dump_.header_.debugger_data) {
      return;
    }
    std::vector<std::byte> block(kDebuggerDataSizeMax);
    block.resize(dump_.memory_->read_some(*dump_.header_.debugger_data, block));
    if (const auto data = read_debugger_data(block, dump_.header_.pointer_size)) {
      dump_.adopt_debugger_data(*data);
    } else {
      dump_.debugger_data_encoded_ = block.size() >= 0x18;
    }
  }

  ByteSource& source_;
  Dump dump_;
};

Result<Dump> Dump::open(ByteSource& source) { return DumpOpener(source).open(); }

const Module* Dump::module_at(std::uint64_t address) const noexcept {
  const auto found = std::find_if(modules_.begin(), modules_.end(),
                                  [address](const Module& m) { return m.contains(address); });
  return found != modules_.end() ? &*found : nullptr;
}

void Dump::adopt_debugger_data(const DebuggerData& data) {
  debugger_data_ = data;
  debugger_data_encoded_ = false;
  if (header_.kind == Kind::triage) {
    return; // it has brought its own lists
  }
  if (data.unloaded_drivers != 0 && data.last_unloaded_driver != 0) {
    unloaded_ = read_unloaded(*memory_, data.unloaded_drivers, data.last_unloaded_driver);
  }
  current_ = find_current(header_, *memory_, data);
}

const std::string& Dump::read_failure() const noexcept { return cache_->failure(); }

Dump::Dump() = default;
Dump::Dump(Dump&&) noexcept = default;
Dump& Dump::operator=(Dump&&) noexcept = default;
Dump::~Dump() = default;

} // namespace migstorm::kdump
