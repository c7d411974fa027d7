// What differs between the machines that can be dumped: words, page tables, the kernel's structures, the
// header.
#pragma once

#include "tools/make_dump/make_dump.hpp"

#include <cstdint>
#include <string_view>

namespace migstorm::make_dump {

using Address = std::uint64_t;

// Offsets within the kernel's structures. The debugger's block tells most of them.
struct KernelLayout {
  // KPCR and the KPRCB within
  std::uint16_t pcr_self;
  std::uint16_t pcr_current_prcb;
  std::uint16_t pcr_prcb;
  std::uint16_t prcb_size;
  std::uint16_t prcb_current_thread;
  std::uint16_t prcb_idle_thread;
  std::uint16_t prcb_number;
  std::uint16_t prcb_control_registers; // KSPECIAL_REGISTERS: cr0, cr2, cr3, cr4
  std::uint16_t prcb_state_context;
  std::uint16_t prcb_context; // pointer

  // KTHREAD, ETHREAD
  std::uint16_t thread_size;
  std::uint16_t thread_initial_stack;
  std::uint16_t thread_stack_limit;
  std::uint16_t thread_stack_base;
  std::uint16_t thread_kernel_stack;
  std::uint16_t thread_process;
  std::uint16_t thread_teb;
  std::uint16_t thread_state;
  std::uint16_t thread_owner;
  std::uint16_t thread_ids;

  // KPROCESS, EPROCESS
  std::uint16_t process_size;
  std::uint16_t process_tables;
  std::uint16_t process_id;
  std::uint16_t process_links;
  std::uint16_t process_parent;
  std::uint16_t process_peb;
  std::uint16_t process_name;
};

// KLDR_DATA_TABLE_ENTRY
struct ModuleLayout {
  std::uint16_t size;
  std::uint16_t exception_table;
  std::uint16_t exception_size;
  std::uint16_t base;
  std::uint16_t entry_point;
  std::uint16_t image_size;
  std::uint16_t full_name;
  std::uint16_t base_name;
  std::uint16_t flags;
  std::uint16_t load_count;
  std::uint16_t checksum;
  std::uint16_t timestamp;
};

struct HeaderLayout {
  std::string_view signature;
  std::uint64_t size;
  std::uint64_t tables; // four words follow each other: tables, PFN database, module list, process list
  std::uint64_t machine;
  std::uint64_t processors;
  std::uint64_t bugcheck_code;
  std::uint64_t bugcheck_parameters;
  std::uint64_t debugger_block;
  std::uint64_t memory; // PHYSICAL_MEMORY_DESCRIPTOR
  std::uint64_t context;
  std::uint64_t context_size;
  std::uint64_t exception;
  std::uint64_t exception_size;
  std::uint64_t type;
  std::uint64_t required_space;
  std::uint64_t system_time;
  std::uint64_t uptime;
  std::uint64_t product_type;
  std::uint64_t suite_mask;
};

struct PagingLayout {
  unsigned levels;
  unsigned entry_size;
  unsigned index_bits;
  unsigned top_index_bits;
  std::uint64_t table_entry; // bits beside the frame
  std::uint64_t top_entry;
  std::uint64_t page_entry;
  std::uint64_t large_entry;
  std::uint64_t large_pages; // in one large page
  std::uint64_t root_offset; // of the top table within its page
  bool transition;           // entries of trimmed pages are known
  unsigned prototype_shift;  // of the address in an entry of a shared page; 0: not known
};

// An image or a stack lies at base + (1 to slots) * step.
struct Region {
  Address base;
  std::uint64_t step;
  std::uint64_t slots;
  Address at(std::uint64_t slot) const noexcept { return base + (slot + 1) * step; }
};

struct RegionLayout {
  Region kernel;
  Region drivers;
  Region stack;
  Address pool; // one large page
  Address paged_pool;
  Address processors; // all but the first
  Address program;    // a page of the user's program
};

struct Shape {
  Architecture architecture;
  std::string_view images; // folder of the kernel's build
  std::uint32_t machine;   // IMAGE_FILE_MACHINE_*
  unsigned word;           // bytes of a pointer
  unsigned stack_register;
  std::string_view page_fault; // entry of that trap
  std::string_view lab_suffix; // of NtBuildLab
  KernelLayout kernel;
  ModuleLayout module;
  HeaderLayout header;
  PagingLayout paging;
  RegionLayout regions;

  bool wide() const noexcept { return word == 8; }
};

const Shape& shape_of(Architecture architecture) noexcept;

} // namespace migstorm::make_dump
