#include "analyzers/kdump/small_dump.hpp"

#include "analyzers/kdump/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migstorm::kdump {
namespace {

constexpr std::uint32_t kDataBlocksMax = 1u << 18;
constexpr std::uint64_t kSavedBlockMax = std::uint64_t{64} * 1024;
constexpr std::uint64_t kSavedBlockUsual = 0x1000; // where no debugger block tells the size
constexpr std::uint32_t kFinished = 0x44475254;    // TRGD, written last

// TRIAGE_DUMP: offsets are of the file.
struct Table {
  std::uint32_t service_pack_build = 0;
  std::uint32_t dump_size = 0;
  std::uint32_t valid_offset = 0;
  std::uint32_t unloaded_offset = 0;
  std::uint32_t prcb_offset = 0;
  std::uint32_t process_offset = 0;
  std::uint32_t thread_offset = 0;
  std::uint32_t stack_offset = 0;
  std::uint32_t stack_size = 0;
  std::uint32_t drivers_offset = 0;
  std::uint32_t driver_count = 0;
  std::uint32_t strings_offset = 0;
  std::uint32_t broken_driver_offset = 0;
  std::uint64_t stack_top = 0;
  std::uint64_t data_page = 0;
  std::uint32_t data_page_offset = 0;
  std::uint32_t data_page_size = 0;
  std::uint32_t debugger_offset = 0;
  std::uint32_t debugger_size = 0;
  std::uint32_t blocks_offset = 0;
  std::uint32_t block_count = 0;
};

std::uint64_t word(ByteReader& in, std::uint32_t pointer_size) {
  return pointer_size == 8 ? in.le<std::uint64_t>() : in.le<std::uint32_t>();
}

Table read_table(ByteReader in, std::uint32_t pointer_size) {
  const auto u32 = [&in] { return in.le<std::uint32_t>(); };
  Table table;
  table.service_pack_build = u32();
  table.dump_size = u32();
  table.valid_offset = u32();
  in.take(12); // context and exception (the header has them too), memory manager
  table.unloaded_offset = u32();
  table.prcb_offset = u32();
  table.process_offset = u32();
  table.thread_offset = u32();
  table.stack_offset = u32();
  table.stack_size = u32();
  table.drivers_offset = u32();
  table.driver_count = u32();
  table.strings_offset = u32();
  in.take(4);
  table.broken_driver_offset = u32();
  in.take(4); // options
  table.stack_top = word(in, pointer_size);
  if (pointer_size == 8) {
    in.take(16); // of another architecture
  }
  table.data_page = word(in, pointer_size);
  table.data_page_offset = u32();
  table.data_page_size = u32();
  table.debugger_offset = u32();
  table.debugger_size = u32();
  table.blocks_offset = u32();
  table.block_count = u32();
  return table;
}

// Driver entries: the name's offset, then the loader's entry in the layout it had before Windows 8.
struct DriverLayout {
  std::uint64_t stride_min;
  std::size_t base;
  std::size_t entry_point;
  std::size_t image_size;
  std::size_t checksum;
  std::size_t timestamp;
};
constexpr DriverLayout kDriver64 = {0x90, 0x38, 0x40, 0x48, 0x80, 0x88};
constexpr DriverLayout kDriver32 = {0x4c, 0x1c, 0x20, 0x24, 0x44, 0x48};
constexpr std::uint64_t kDriverStrideMax = 0x100; // 0x90, 0x98 and 0xa8 have been seen

class Reader {
public:
  Reader(const Header& header, BlockCache& cache)
      : cache_(cache), word_(header.pointer_size), base_(header.size()) {}

  SmallDump read(const Header& header) {
    std::array<std::byte, 0x80> bytes{};
    const auto table_bytes = std::span(bytes).first(word_ == 8 ? 0x80 : 0x68);
    if (!cache_.read(base_, table_bytes)) {
      warn("the file ends before the table of its parts");
      out_.announced_size = base_ + table_bytes.size();
      return std::move(out_);
    }
    table_ = read_table(ByteReader(table_bytes, "triage table", base_), word_);
    out_.announced_size = std::max<std::uint64_t>(table_.dump_size, base_ + table_bytes.size());
    out_.blocks.service_pack_build = table_.service_pack_build;
    check_finished();
    read_debugger_block(header);
    read_memory_blocks();
    read_current();
    read_drivers();
    read_unloaded_drivers();
    if (table_.broken_driver_offset != 0) {
      out_.blocks.broken_driver = string_at(table_.broken_driver_offset);
    }
    return std::move(out_);
  }

private:
  void warn(std::string text) { out_.warnings.push_back(std::move(text)); }

  // Up to `size` bytes, fewer where the file ends.
  std::vector<std::byte> bytes_at(std::uint64_t offset, std::uint64_t size) {
    const std::uint64_t end = cache_.source_size();
    std::vector<std::byte> out(offset < end ? static_cast<std::size_t>(std::min(size, end - offset)) : 0);
    if (!cache_.read(offset, out)) {
      out.clear();
    }
    return out;
  }

  void check_finished() {
    std::array<std::byte, 4> mark{};
    if (!cache_.read(table_.valid_offset, mark)) {
      return; // cut off: missing bytes are reported by whoever asked for the dump
    }
    if (ByteReader(mark, "mark").le<std::uint32_t>() != kFinished) {
      warn("the dump's last mark is missing: its writer did not finish");
    }
  }

  void read_debugger_block(const Header& header) {
    if (table_.debugger_offset == 0) {
      return;
    }
    const auto block =
        bytes_at(table_.debugger_offset, std::min<std::uint64_t>(table_.debugger_size, kDebuggerDataSizeMax));
    out_.debugger_data = read_debugger_data(block, word_);
    if (out_.debugger_data && header.debugger_data) {
      out_.memory.push_back({*header.debugger_data, block.size(), table_.debugger_offset});
    }
  }

  void read_memory_blocks() {
    out_.blocks.stack_top = table_.stack_top;
    out_.blocks.stack_size = table_.stack_size;
    if (table_.stack_offset != 0 && table_.stack_size != 0) {
      out_.memory.push_back({table_.stack_top, table_.stack_size, table_.stack_offset});
    }
    if (table_.data_page != 0 && table_.data_page_offset != 0) {
      out_.memory.push_back({table_.data_page, table_.data_page_size, table_.data_page_offset});
    }
    if (table_.blocks_offset == 0) {
      return;
    }
    const std::uint64_t entry = word_ + 8; // address, offset, size
    const std::uint32_t count = std::min(table_.block_count, kDataBlocksMax);
    if (count != table_.block_count) {
      warn(fmt::format("{} memory blocks are declared, {} are read", table_.block_count, count));
    }
    const auto bytes = bytes_at(table_.blocks_offset, count * entry);
    ByteReader in(bytes, "memory blocks", table_.blocks_offset);
    while (in.remaining() >= entry) {
      MemoryBlock block;
      block.address = word(in, word_);
      block.offset = in.le<std::uint32_t>();
      block.size = in.le<std::uint32_t>();
      out_.memory.push_back(block);
    }
    if (bytes.size() < count * entry) {
      warn(fmt::format("the table of memory blocks is cut off: {} of {}", bytes.size() / entry, count));
    }
  }

  SavedBlock saved(std::uint32_t offset, std::uint64_t size) {
    SavedBlock block;
    if (offset != 0) {
      block.bytes = bytes_at(offset, std::min(size != 0 ? size : kSavedBlockUsual, kSavedBlockMax));
    }
    return block;
  }

  std::uint64_t pointer_in(const SavedBlock& block, std::uint16_t offset) const {
    ByteReader in = ByteReader(block.bytes, "saved block").slice(offset, word_, "saved block");
    return offset != 0 ? word(in, word_) : 0;
  }

  // The structures come without their addresses; each names the next one's.
  void read_current() {
    const DebuggerData data = out_.debugger_data.value_or(DebuggerData{});
    TriageBlocks& blocks = out_.blocks;
    blocks.prcb = saved(table_.prcb_offset, data.prcb_size);
    blocks.thread = saved(table_.thread_offset, data.thread_size);
    blocks.process = saved(table_.process_offset, data.process_size);
    blocks.thread.address = pointer_in(blocks.prcb, data.prcb_current_thread);
    blocks.process.address = pointer_in(blocks.thread, data.thread_process);
    out_.current.thread = blocks.thread.address;
    out_.current.process = blocks.process.address;
    if (blocks.thread.address != 0 && data.thread_size != 0) {
      out_.memory.push_back({blocks.thread.address, blocks.thread.bytes.size(), table_.thread_offset});
    }
    if (blocks.process.address != 0 && data.process_size != 0) {
      out_.memory.push_back({blocks.process.address, blocks.process.bytes.size(), table_.process_offset});
    }
  }

  // DUMP_STRING: a length in characters, then the characters.
  std::string string_at(std::uint64_t offset) {
    std::array<std::byte, 4> length{};
    if (!cache_.read(offset, length)) {
      return {};
    }
    const std::uint64_t bytes = 2ull * ByteReader(length, "string").le<std::uint32_t>();
    return bytes <= kNameBytesMax ? utf8_from_utf16(bytes_at(offset + 4, bytes)) : std::string();
  }

  // Up to the strings, which writers put behind the list; 0 where they lie elsewhere.
  std::uint64_t drivers_span() const {
    return table_.strings_offset > table_.drivers_offset ? table_.strings_offset - table_.drivers_offset : 0;
  }

  std::uint64_t driver_stride(const DriverLayout& layout) const {
    const std::uint64_t share = drivers_span() / table_.driver_count;
    const std::uint64_t stride = share - share % word_; // the strings may be aligned further than the entries
    return stride >= layout.stride_min && stride <= kDriverStrideMax ? stride : layout.stride_min;
  }

  void read_drivers() {
    if (table_.drivers_offset == 0 || table_.driver_count == 0) {
      return;
    }
    const DriverLayout& layout = word_ == 8 ? kDriver64 : kDriver32;
    const std::uint64_t stride = driver_stride(layout);
    const std::uint64_t count = std::min<std::uint64_t>(table_.driver_count, kModulesMax);
    const std::uint64_t size =
        drivers_span() != 0 ? std::min(count * stride, drivers_span()) : count * stride;
    const auto bytes = bytes_at(table_.drivers_offset, size);
    const ByteReader list(bytes, "driver list", table_.drivers_offset);
    for (std::uint64_t at = 0; at + stride <= bytes.size(); at += stride) {
      Module module = driver(list.slice(at, stride, "driver entry"), layout);
      if (module.base != 0) { // a count that lies reaches into what is no entry
        out_.modules.push_back(std::move(module));
      }
    }
    if (out_.modules.size() != table_.driver_count) {
      warn(fmt::format("the list of drivers has {} entries, {} are readable", table_.driver_count,
                       out_.modules.size()));
    }
  }

  Module driver(const ByteReader& entry, const DriverLayout& at) {
    const auto u32 = [&entry](std::size_t offset) {
      return entry.slice(offset, 4, "driver").le<std::uint32_t>();
    };
    const auto address = [this, &entry](std::size_t offset) {
      ByteReader in = entry.slice(offset, word_, "driver");
      return word(in, word_);
    };
    Module module;
    module.path = string_at(u32(0));
    module.name = file_name_of(module.path);
    module.base = address(at.base);
    module.entry_point = address(at.entry_point);
    module.size = u32(at.image_size);
    module.checksum = u32(at.checksum);
    module.timestamp = u32(at.timestamp);
    return module;
  }

  // A count, then entries of a name's header, twelve characters of the name, start and end.
  void read_unloaded_drivers() {
    constexpr std::uint64_t kInlineName = 24;
    const std::uint64_t stride = 4ull * word_ + kInlineName;
    if (table_.unloaded_offset == 0) {
      return;
    }
    const auto bytes = bytes_at(table_.unloaded_offset, word_ + kUnloadedDriversMax * stride);
    ByteReader in(bytes, "unloaded drivers", table_.unloaded_offset);
    const std::uint64_t count = word(in, word_);
    for (std::uint64_t i = 0;
         i < std::min<std::uint64_t>(count, kUnloadedDriversMax) && in.remaining() >= stride; ++i) {
      const std::uint64_t length = in.le<std::uint16_t>();
      in.take(2ull * word_ - 2);
      const Bytes name = in.take(kInlineName);
      UnloadedDriver driver;
      driver.name = utf8_from_utf16(name.first(static_cast<std::size_t>(std::min(length, kInlineName))));
      driver.start = word(in, word_);
      driver.end = word(in, word_);
      if (driver.start != 0 && driver.start < driver.end) {
        out_.unloaded.push_back(std::move(driver));
      }
    }
  }

  BlockCache& cache_;
  std::uint32_t word_; // bytes of a pointer
  std::uint64_t base_;
  Table table_;
  SmallDump out_;
};

} // namespace

SmallDump read_small_dump(const Header& header, BlockCache& cache) {
  return Reader(header, cache).read(header);
}

} // namespace migstorm::kdump
