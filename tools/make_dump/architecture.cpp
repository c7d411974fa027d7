#include "tools/make_dump/architecture.hpp"

namespace migstorm::make_dump {

namespace {

// Windows 10 19041 (x64), so that a reader that knows that build by heart finds its way too. Our ARM64 kernel
// keeps the same.
constexpr KernelLayout kKernel64 = {
    .pcr_self = 0x18,
    .pcr_current_prcb = 0x20,
    .pcr_prcb = 0x180,
    .prcb_size = 0xAF00,
    .prcb_current_thread = 0x8,
    .prcb_idle_thread = 0x18,
    .prcb_number = 0x24,
    .prcb_control_registers = 0x100,
    .prcb_state_context = 0x1F0,
    .prcb_context = 0x85C0,
    .thread_size = 0x898,
    .thread_initial_stack = 0x28,
    .thread_stack_limit = 0x30,
    .thread_stack_base = 0x38,
    .thread_kernel_stack = 0x58,
    .thread_process = 0xB8,
    .thread_teb = 0xF0,
    .thread_state = 0x184,
    .thread_owner = 0x220,
    .thread_ids = 0x478,
    .process_size = 0xA40,
    .process_tables = 0x28,
    .process_id = 0x440,
    .process_links = 0x448,
    .process_parent = 0x540,
    .process_peb = 0x550,
    .process_name = 0x5A8,
};

// In the proportions of 32-bit Windows, but our kernel's own.
constexpr KernelLayout kKernel32 = {
    .pcr_self = 0x1C,
    .pcr_current_prcb = 0x20,
    .pcr_prcb = 0x120,
    .prcb_size = 0x3628,
    .prcb_current_thread = 0x4,
    .prcb_idle_thread = 0xC,
    .prcb_number = 0x3CC,
    .prcb_control_registers = 0x2E4,
    .prcb_state_context = 0x18,
    .prcb_context = 0x3620,
    .thread_size = 0x2B8,
    .thread_initial_stack = 0x28,
    .thread_stack_limit = 0x2C,
    .thread_stack_base = 0x34,
    .thread_kernel_stack = 0x30,
    .thread_process = 0x50,
    .thread_teb = 0x88,
    .thread_state = 0x68,
    .thread_owner = 0x150,
    .thread_ids = 0x22C,
    .process_size = 0x2C0,
    .process_tables = 0x18,
    .process_id = 0xB4,
    .process_links = 0xB8,
    .process_parent = 0x140,
    .process_peb = 0x1A8,
    .process_name = 0x16C,
};

constexpr ModuleLayout kModule64 = {0xA0, 0x10, 0x18, 0x30, 0x38, 0x40, 0x48, 0x58, 0x68, 0x6C, 0x78, 0x9C};
constexpr ModuleLayout kModule32 = {0x50, 0x08, 0x0C, 0x18, 0x1C, 0x20, 0x24, 0x2C, 0x34, 0x38, 0x40, 0x44};

constexpr HeaderLayout kHeader64 = {
    .signature = "PAGEDU64",
    .size = 0x2000,
    .tables = 0x10,
    .machine = 0x30,
    .processors = 0x34,
    .bugcheck_code = 0x38,
    .bugcheck_parameters = 0x40,
    .debugger_block = 0x80,
    .memory = 0x88,
    .context = 0x348,
    .context_size = 3000,
    .exception = 0xF00,
    .exception_size = 0x98,
    .type = 0xF98,
    .required_space = 0xFA0,
    .system_time = 0xFA8,
    .uptime = 0x1030,
    .product_type = 0x1040,
    .suite_mask = 0x1044,
};

constexpr HeaderLayout kHeader32 = {
    .signature = "PAGEDUMP",
    .size = 0x1000,
    .tables = 0x10,
    .machine = 0x20,
    .processors = 0x24,
    .bugcheck_code = 0x28,
    .bugcheck_parameters = 0x2C,
    .debugger_block = 0x60,
    .memory = 0x64,
    .context = 0x320,
    .context_size = 1200,
    .exception = 0x7D0,
    .exception_size = 0x50,
    .type = 0xF88,
    .required_space = 0xFA0,
    .system_time = 0xFC0,
    .uptime = 0xFB8,
    .product_type = 0xF94,
    .suite_mask = 0xF98,
};

// Entries of x86 and x64: present, writable, accessed, dirty; pages also global, large ones with bit 7.
constexpr std::uint64_t kTable = 0x63;
constexpr std::uint64_t kPage = 0x163;
constexpr std::uint64_t kLarge = 0x1E3;

constexpr PagingLayout kPagingX64 = {4, 8, 9, 9, kTable, kTable, kPage, kLarge, 0x200, 0, true, 16};
constexpr PagingLayout kPagingX86 = {2, 4, 10, 10, kTable, kTable, kPage, kLarge, 0x400, 0, true, 0};
// The entries of the top table of PAE have no other bits than the first.
constexpr PagingLayout kPagingPae = {3, 8, 9, 2, kTable, 0x1, kPage, kLarge, 0x200, 0x2E0, true, 32};
// Descriptors: table 3; page and block accessed, shareable, never executed by programs. How Windows marks
// pages in transition there has no source.
constexpr PagingLayout kPagingArm64 = {4,     8, 9,     9, 0x3, 0x3, 0x0040000000000703, 0x0040000000000701,
                                       0x200, 0, false, 0};

constexpr RegionLayout kRegions64 = {
    .kernel = {0xFFFFF80000000000, 0x200000, 0x3FFF},
    .drivers = {0xFFFFF88000000000, 0x10000, 0xFFFF},
    .stack = {0xFFFFF98000000000, 0x10000, 0xFFFF},
    .pool = 0xFFFFA58000000000,
    .paged_pool = 0xFFFFC18000000000,
    .processors = 0xFFFFB38000000000,
    .program = 0x7FF650000000,
};
constexpr RegionLayout kRegions32 = {
    .kernel = {0x82000000, 0x20000, 0x3F},
    .drivers = {0x90000000, 0x10000, 0x3FF},
    .stack = {0x98000000, 0x10000, 0x3FF},
    .pool = 0x85000000,
    .paged_pool = 0x9E000000,
    .processors = 0x88000000,
    .program = 0x00B50000,
};

constexpr unsigned kRsp = 4;
constexpr unsigned kArm64Sp = 31;

constexpr Shape kShapes[] = {
    {Architecture::x64, "x64", 0x8664, 8, kRsp, "KiPageFault", "amd64fre", kKernel64, kModule64, kHeader64,
     kPagingX64, kRegions64},
    {Architecture::x86, "x86", 0x14C, 4, kRsp, "KiTrap0E", "x86fre", kKernel32, kModule32, kHeader32,
     kPagingX86, kRegions32},
    {Architecture::x86_pae, "x86", 0x14C, 4, kRsp, "KiTrap0E", "x86fre", kKernel32, kModule32, kHeader32,
     kPagingPae, kRegions32},
    {Architecture::arm64, "arm64", 0xAA64, 8, kArm64Sp, "KiPageFault", "arm64fre", kKernel64, kModule64,
     kHeader64, kPagingArm64, kRegions64},
};

} // namespace

const Shape& shape_of(Architecture architecture) noexcept {
  return kShapes[static_cast<std::size_t>(architecture)];
}

} // namespace migstorm::make_dump
