#include "analyzers/kdump/header.hpp"

#include "analyzers/kdump/header_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::kdump {
namespace {

constexpr std::uint32_t kRunsMax = 86;          // more 8-byte runs than the 700 bytes of the block can hold
constexpr std::uint64_t kPfnLimit = 1ull << 40; // 52-bit physical addresses
constexpr std::uint32_t kFill32 = 0x45474150;   // PAGE
constexpr std::uint64_t kFill64 = 0x4547415045474150; // PAGEPAGE
constexpr std::uint32_t kMachineX86 = 0x014c;
constexpr std::uint32_t kMachineX64 = 0x8664;
constexpr std::uint32_t kMachineArm64 = 0xaa64;
constexpr std::size_t kExceptionParametersMax = 15;

std::uint64_t read_word(ByteReader& in, std::uint32_t pointer_size) {
  return pointer_size == 8 ? in.le<std::uint64_t>() : in.le<std::uint32_t>();
}

// Fields stand far apart: each is read where it is.
class Fields {
public:
  explicit Fields(const ByteReader& file) : file_(file) {}

  std::uint32_t u32(std::uint64_t offset) const {
    return file_.slice(offset, 4, "field").le<std::uint32_t>();
  }
  std::uint64_t u64(std::uint64_t offset) const {
    return file_.slice(offset, 8, "field").le<std::uint64_t>();
  }
  std::uint64_t word(std::uint64_t offset, std::uint32_t size) const {
    return size == 8 ? u64(offset) : u32(offset);
  }

  std::optional<std::uint32_t> known_u32(std::uint64_t offset) const {
    const std::uint32_t value = u32(offset);
    return value == kFill32 ? std::nullopt : std::optional(value);
  }
  std::optional<std::uint64_t> known_u64(std::uint64_t offset) const {
    const std::uint64_t value = u64(offset);
    return value == kFill64 ? std::nullopt : std::optional(value);
  }
  // An address or 0.
  std::uint64_t address(std::uint64_t offset, std::uint32_t size) const {
    const std::uint64_t value = word(offset, size);
    return value == (size == 8 ? kFill64 : kFill32) ? 0 : value;
  }

  std::string text(std::uint64_t offset, std::uint64_t size) const {
    const Bytes bytes = file_.slice(offset, size, "text").take(size);
    std::string out;
    for (const std::byte b : bytes) {
      const char c = static_cast<char>(b);
      if (c == 0) {
        break;
      }
      out += c >= 0x20 && c < 0x7f ? c : '?';
    }
    return out.rfind("PAGE", 0) == 0 ? std::string() : out;
  }

private:
  const ByteReader& file_;
};

Error not_a_dump(Bytes start) {
  struct Other {
    std::string_view magic;
    const char* name;
  };
  static constexpr std::array<Other, 10> kOthers = {{
      {"MDMP", "a user-mode minidump (of a program, not of the machine)"},
      {"\x7f"
       "ELF",
       "an ELF core, as hypervisors and Linux write it; not a Windows kernel dump"},
      {"Raw_Dmp!",
       "an offline dump as firmware writes it (raw); Windows has not yet turned it into a kernel dump"},
      {"Enc_Dmp!", "an encrypted dump; decrypt it with the key it was written for first"},
      {"HIBR", "a hibernation file"},
      {"hibr", "a hibernation file"},
      {"RSTR", "a hibernation file"},
      {"EMiL", "a LiME memory image"},
      {"\xd2\xbe\xd2\xbe", "a VMware snapshot"},
      {"MSCF", "a cabinet archive; unpack it first"},
  }};
  const auto begins = [start](std::string_view magic) {
    return start.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), start.begin(),
                      [](char a, std::byte b) { return static_cast<std::byte>(a) == b; });
  };
  for (const Other& other : kOthers) {
    if (begins(other.magic)) {
      return {Errc::unsupported, fmt::format("this is {}", other.name), 0};
    }
  }
  if (start.size() < 8) {
    return {Errc::truncated, fmt::format("{} bytes are too few for a kernel dump", start.size()), 0};
  }
  const bool zero = std::all_of(start.begin(), start.end(), [](std::byte b) { return b == std::byte{0}; });
  if (zero) {
    return {Errc::truncated, "begins with zeros: the header is written last, so this dump was not finished",
            0};
  }
  return {Errc::unsupported, "not a Windows kernel dump (does not begin with PAGEDU64 or PAGEDUMP)", 0};
}

Result<Kind> kind_of(std::uint32_t type) {
  switch (type) {
  case 1:
    return Kind::full;
  case 2:
    return Kind::kernel_summary;
  case 3:
    return Kind::header_only;
  case 4:
    return Kind::triage;
  case 5:
    return Kind::bitmap_full;
  case 6:
  case 7: // "automatic" is a setting; on disk it is a kernel bitmap
    return Kind::bitmap_kernel;
  case 8:
    return Kind::kernel_range;
  case 9:
    return Kind::kernel_user_range;
  case 10:
    return Kind::complete_range;
  default:
    return Error{Errc::unsupported, fmt::format("dump type {} is not known", type)};
  }
}

Result<Machine> machine_of(std::uint32_t image_type) {
  switch (image_type) {
  case kMachineX86:
    return Machine::x86;
  case kMachineX64:
    return Machine::x64;
  case kMachineArm64:
    return Machine::arm64;
  default:
    return Error{Errc::unsupported, fmt::format("machine type {:#x} is none of x86, x64, ARM64", image_type)};
  }
}

// Lenient: a spoiled table costs the runs, not the header. Small dumps have none, their block is filled.
void read_runs(ByteReader block, Header& header) {
  const auto count = block.le<std::uint32_t>();
  if (count == kFill32 || count == 0 || count > kRunsMax) {
    return;
  }
  if (header.pointer_size == 8) {
    block.take(4);
  }
  header.run_pages = read_word(block, header.pointer_size);
  for (std::uint32_t i = 0; i < count; ++i) {
    PageRun run;
    run.first_pfn = read_word(block, header.pointer_size);
    run.page_count = read_word(block, header.pointer_size);
    block.require(run.first_pfn < kPfnLimit && run.page_count <= kPfnLimit - run.first_pfn,
                  "run above physical memory");
    if (!block.ok()) {
      return;
    }
    header.runs.push_back(run);
  }
}

std::optional<ExceptionRecord> read_exception(ByteReader in, std::uint32_t pointer_size) {
  ExceptionRecord record;
  record.code = in.le<std::uint32_t>();
  record.flags = in.le<std::uint32_t>();
  read_word(in, pointer_size); // a further record
  record.address = read_word(in, pointer_size);
  const auto count = in.le<std::uint32_t>();
  if (pointer_size == 8) {
    in.take(4);
  }
  if (!in.ok() || record.code == kFill32 || record.code == 0) {
    return std::nullopt;
  }
  for (std::uint32_t i = 0; i < std::min<std::size_t>(count, kExceptionParametersMax); ++i) {
    record.information.push_back(read_word(in, pointer_size));
  }
  return record;
}

// ContextFlags tell which machine a context is of; a filled or empty one tells nothing.
std::vector<std::byte> read_context(ByteReader in, Machine machine) {
  const ContextShape shape = context_shape(machine);
  const Bytes bytes = in.take(shape.size);
  const auto flags =
      ByteReader(bytes, "context").slice(shape.flags_offset, 4, "context flags").le<std::uint32_t>();
  return flags == kFill32 || flags == 0 ? std::vector<std::byte>{}
                                        : std::vector<std::byte>(bytes.begin(), bytes.end());
}

void read_bugcheck(const Fields& fields, const HeaderLayout& at, Header& header) {
  // Small dumps mark a code that came in by an exception; DEADDEAD and C000021A only look marked.
  constexpr std::uint32_t kMark = 0x10000000;
  header.bugcheck_code = fields.u32(at.bugcheck_code);
  if ((header.bugcheck_code & 0xf0000000u) == kMark) {
    header.bugcheck_marked = true;
    header.bugcheck_code &= ~kMark;
  }
  for (std::size_t i = 0; i < header.bugcheck_parameters.size(); ++i) {
    header.bugcheck_parameters[i] =
        fields.word(at.bugcheck_parameters + i * header.pointer_size, header.pointer_size);
  }
}

void read_about(const Fields& fields, const HeaderLayout& at, Header& header) {
  header.version_user = fields.text(at.version_user, 0x20);
  header.comment = fields.text(at.comment, 0x80);
  header.required_dump_space = fields.known_u64(at.required_dump_space);
  header.system_time = fields.known_u64(at.system_time);
  header.system_up_time = fields.known_u64(at.system_up_time);
  header.product_type = fields.known_u32(at.product_type);
  header.suite_mask = fields.known_u32(at.suite_mask);
  header.writer_status = fields.known_u32(at.writer_status);
  header.minidump_fields = fields.known_u32(at.minidump_fields);
}

Result<Header> read_fields(const ByteReader& file, const HeaderLayout& at) {
  const Fields fields(file);
  Result<Machine> machine = machine_of(fields.u32(at.machine));
  Result<Kind> kind = kind_of(fields.u32(at.dump_type));
  if (!machine || !kind) {
    return !machine ? std::move(machine).error() : std::move(kind).error();
  }
  Header header;
  header.kind = *kind;
  header.machine = *machine;
  header.pointer_size = at.pointer_size;
  if ((header.machine == Machine::x86) != (header.pointer_size == 4)) {
    return Error{Errc::unsupported, fmt::format("a {}-bit header of a machine that is {}",
                                                at.pointer_size * 8, to_string(header.machine))};
  }
  header.dump_type = fields.u32(at.dump_type);
  header.major_version = fields.u32(0x8);
  header.build = fields.u32(0xc);
  header.processors = fields.known_u32(at.processors).value_or(0);
  header.directory_table_base = fields.address(0x10, at.pointer_size);
  header.pae = at.pae_enabled != 0 && (fields.u32(at.pae_enabled) & 0xffu) == 1;
  header.pfn_database = fields.address(0x10 + std::uint64_t{at.pointer_size}, at.pointer_size);
  header.loaded_module_list = fields.address(0x10 + 2ull * at.pointer_size, at.pointer_size);
  header.active_process_list = fields.address(0x10 + 3ull * at.pointer_size, at.pointer_size);
  if (const std::uint64_t block = fields.address(at.debugger_data, at.pointer_size); block != 0) {
    header.debugger_data = block;
  }
  read_bugcheck(fields, at, header);
  read_about(fields, at, header);
  read_runs(file.slice(at.memory_block, 700, "physical memory block"), header);
  header.context = read_context(file.slice(at.context, at.context_size, "context"), header.machine);
  header.exception = read_exception(file.slice(at.exception, 0x98, "exception record"), at.pointer_size);
  return header;
}

} // namespace

std::string_view to_string(Kind kind) noexcept {
  static constexpr std::array<std::string_view, 9> kNames = {
      "full",         "kernel-summary",    "header",        "triage", "bitmap-full", "bitmap-kernel",
      "kernel-range", "kernel-user-range", "complete-range"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(Machine machine) noexcept {
  static constexpr std::array<std::string_view, 3> kNames = {"x86", "x64", "arm64"};
  return kNames.at(static_cast<std::size_t>(machine));
}

ContextShape context_shape(Machine machine) noexcept {
  switch (machine) {
  case Machine::x86:
    return {0x2cc, 0};
  case Machine::arm64:
    return {0x390, 0};
  case Machine::x64:
    break;
  }
  return {0x4d0, 0x30};
}

Result<Header> read_header(Bytes start) {
  const ByteReader file(start, "dump header");
  ByteReader first = file.slice(0, std::min<std::size_t>(start.size(), 8), "dump header");
  const auto signature = first.le<std::uint64_t>();
  const HeaderLayout* layout = signature == kSignature64   ? &kLayout64
                               : signature == kSignature32 ? &kLayout32
                                                           : nullptr;
  if (layout == nullptr) {
    return not_a_dump(start);
  }
  if (start.size() < layout->size) {
    return Error{Errc::truncated, fmt::format("the file ends after {} bytes, inside its header of {}",
                                              start.size(), layout->size)};
  }
  Result<Header> header = read_fields(file, *layout);
  return header ? std::move(header) : std::move(header).error().within("dump header");
}

} // namespace migstorm::kdump
