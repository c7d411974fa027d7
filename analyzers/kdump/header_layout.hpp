// Where the fields of the two dump headers stand.
#pragma once

#include "analyzers/kdump/header.hpp"

namespace migstorm::kdump {

inline constexpr std::uint64_t kSignature64 = 0x3436554445474150; // PAGEDU64
inline constexpr std::uint64_t kSignature32 = 0x504d554445474150; // PAGEDUMP

// From 0x10 four words follow in both: directory table base, PFN database, module list, process list.
struct HeaderLayout {
  std::uint32_t pointer_size;
  std::uint64_t size;
  std::uint64_t machine;
  std::uint64_t processors;
  std::uint64_t bugcheck_code;
  std::uint64_t bugcheck_parameters;
  std::uint64_t version_user;
  std::uint64_t pae_enabled; // 0: there is none
  std::uint64_t debugger_data;
  std::uint64_t memory_block;
  std::uint64_t context;
  std::uint64_t context_size;
  std::uint64_t exception;
  std::uint64_t dump_type;
  std::uint64_t required_dump_space;
  std::uint64_t system_time;
  std::uint64_t comment;
  std::uint64_t system_up_time;
  std::uint64_t minidump_fields;
  std::uint64_t product_type;
  std::uint64_t suite_mask;
  std::uint64_t writer_status;
};

inline constexpr HeaderLayout kLayout64 = {
    .pointer_size = 8,
    .size = kHeaderSize64,
    .machine = 0x30,
    .processors = 0x34,
    .bugcheck_code = 0x38,
    .bugcheck_parameters = 0x40,
    .version_user = 0x60,
    .pae_enabled = 0,
    .debugger_data = 0x80,
    .memory_block = 0x88,
    .context = 0x348,
    .context_size = 3000,
    .exception = 0xf00,
    .dump_type = 0xf98,
    .required_dump_space = 0xfa0,
    .system_time = 0xfa8,
    .comment = 0xfb0,
    .system_up_time = 0x1030,
    .minidump_fields = 0x1038,
    .product_type = 0x1040,
    .suite_mask = 0x1044,
    .writer_status = 0x1048,
};

inline constexpr HeaderLayout kLayout32 = {
    .pointer_size = 4,
    .size = kHeaderSize32,
    .machine = 0x20,
    .processors = 0x24,
    .bugcheck_code = 0x28,
    .bugcheck_parameters = 0x2c,
    .version_user = 0x3c,
    .pae_enabled = 0x5c,
    .debugger_data = 0x60,
    .memory_block = 0x64,
    .context = 0x320,
    .context_size = 1200,
    .exception = 0x7d0,
    .dump_type = 0xf88,
    .required_dump_space = 0xfa0,
    .system_time = 0xfc0,
    .comment = 0x820,
    .system_up_time = 0xfb8,
    .minidump_fields = 0xf8c,
    .product_type = 0xf94,
    .suite_mask = 0xf98,
    .writer_status = 0xf9c,
};

struct ContextShape {
  std::size_t size;
  std::size_t flags_offset;
};
ContextShape context_shape(Machine machine) noexcept;

} // namespace migstorm::kdump
