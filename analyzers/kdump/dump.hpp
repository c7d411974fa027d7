// A kernel dump, opened: its header, its memory, and what the writer put beside the memory.
//
// A dump that is cut off opens as well; missing_bytes() says how much of it is not there.
#pragma once

#include "analyzers/kdump/byte_source.hpp"
#include "analyzers/kdump/debugger_data.hpp"
#include "analyzers/kdump/header.hpp"
#include "analyzers/kdump/memory.hpp"
#include "analyzers/kdump/modules.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::kdump {

// A structure that was saved with its bytes. The address is 0 where the dump does not tell it.
struct SavedBlock {
  std::uint64_t address = 0;
  std::vector<std::byte> bytes;
};

// What the crashed processor was doing, as far as the dump tells.
struct CurrentThread {
  std::uint64_t prcb = 0; // addresses; 0: not known
  std::uint64_t thread = 0;
  std::uint64_t process = 0;
};

// Small dumps keep these apart from their memory blocks; empty in every other kind.
struct TriageBlocks {
  SavedBlock prcb;
  SavedBlock thread;
  SavedBlock process;
  std::uint64_t stack_top = 0; // address of the first saved byte: rsp at the capture
  std::uint64_t stack_size = 0;
  std::uint32_t service_pack_build = 0;
  std::string broken_driver; // the one that the kernel blamed, where it did
};

class BlockCache;

class Dump {
public:
  Dump(Dump&&) noexcept;
  Dump& operator=(Dump&&) noexcept;
  ~Dump();

  // `source` outlives the dump.
  static Result<Dump> open(ByteSource& source);

  const Header& header() const noexcept { return header_; }
  const Memory& memory() const noexcept { return *memory_; }
  const std::vector<Module>& modules() const noexcept { return modules_; }
  const Module* module_at(std::uint64_t address) const noexcept;
  const std::vector<UnloadedDriver>& unloaded_drivers() const noexcept { return unloaded_; }
  const std::optional<DebuggerData>& debugger_data() const noexcept { return debugger_data_; }
  // The block is there but not readable without its key: see decode_debugger_data and adopt_debugger_data.
  bool debugger_data_encoded() const noexcept { return debugger_data_encoded_; }
  // Takes a block that the caller has decoded, and what follows from it (unloaded drivers, current thread).
  void adopt_debugger_data(const DebuggerData& data);

  const CurrentThread& current() const noexcept { return current_; }
  const TriageBlocks& triage_blocks() const noexcept { return triage_; }

  // Things worth a person's eye that did not stop the reading.
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  // How far the file falls short of what it announces; 0 when it is whole.
  std::uint64_t missing_bytes() const noexcept { return missing_bytes_; }
  // Why the source itself refused a read (a broken disk, a lost share); empty while it did not.
  const std::string& read_failure() const noexcept;

private:
  Dump();

  Header header_;
  std::unique_ptr<BlockCache> cache_; // outlives memory_, which reads through it
  std::unique_ptr<Memory> memory_;
  std::vector<Module> modules_;
  std::vector<UnloadedDriver> unloaded_;
  std::optional<DebuggerData> debugger_data_;
  CurrentThread current_;
  TriageBlocks triage_;
  std::vector<std::string> warnings_;
  std::uint64_t missing_bytes_ = 0;
  bool debugger_data_encoded_ = false;

  friend class DumpOpener;
};

} // namespace migstorm::kdump
