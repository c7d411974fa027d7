// A small (triage) dump with one of everything, at offsets that tests can spoil.
#pragma once

#include "tests/support/dump_builder.hpp"

namespace migstorm::test {

struct SmallDumpLayout {
  std::uint64_t stack_top = 0xffffa704eeb6bc88;
  std::uint64_t block_address = 0xfffff80318402000;
  std::uint64_t thread = 0xffffd20bfc13c080;
  std::uint64_t process = 0xffffd20bfc53e080;
  std::uint64_t debugger_block = 0xfffff8075c80eb20;
};

// `pointer_size` 8 or 4; addresses of the layout are cut to it.
inline Image small_dump(std::uint32_t pointer_size = 8, const SmallDumpLayout& layout = {}) {
  const bool wide = pointer_size == 8;
  const auto cut = [wide](std::uint64_t address) { return wide ? address : address & 0xffffffff; };
  Image d = header_of(FakeMachine(wide ? kdump::PagingMode::x64_4_level : kdump::PagingMode::x86), 4);
  const std::uint64_t base = d.size();
  const std::uint64_t body = base + 0x80;
  const std::uint64_t stack = body;            // 0x40 bytes
  const std::uint64_t prcb = body + 0x40;      // 0x100, the thread's address at +8
  const std::uint64_t thread = body + 0x140;   // 0x100, the process's address at +0xb8
  const std::uint64_t process = body + 0x240;  // 0x40
  const std::uint64_t debugger = body + 0x280; // 0x380
  const std::uint64_t drivers = body + 0x600;  // two entries
  const std::uint64_t stride = wide ? 0x90 : 0x4c;
  const std::uint64_t strings = drivers + 2 * stride;
  const std::uint64_t unloaded = strings + 0x100;
  const std::uint64_t blocks = unloaded + 0x100;
  const std::uint64_t block = blocks + 0x40; // 0x20 bytes
  const std::uint64_t valid = block + 0x20;

  put64(d, wide ? 0x80 : 0x60, wide ? layout.debugger_block : 0);
  if (!wide) {
    put32(d, 0x60, static_cast<std::uint32_t>(layout.debugger_block));
    put32(d, 0x64, 0x45474150);
  }
  const std::array<std::uint64_t, 18> head = {1,        valid + 4, valid,   0x348,  0xf00,   0,
                                              unloaded, prcb,      process, thread, stack,   0x40,
                                              drivers,  2,         strings, 0x100,  strings, 0};
  d.resize(static_cast<std::size_t>(base));
  for (std::size_t i = 0; i < head.size(); ++i) {
    put32(d, base + 4 * i, static_cast<std::uint32_t>(head[i]));
  }
  put(d, base + 0x48, cut(layout.stack_top), pointer_size);
  const std::uint64_t tail = wide ? base + 0x70 : base + 0x58;
  put32(d, tail, static_cast<std::uint32_t>(debugger));
  put32(d, tail + 4, 0x380);
  put32(d, tail + 8, static_cast<std::uint32_t>(blocks));
  put32(d, tail + 12, 1);

  put64(d, stack, 0x1122334455667788);
  put(d, prcb + 8, cut(layout.thread), pointer_size);
  put(d, thread + 0xb8, cut(layout.process), pointer_size);
  put_text(d, process, "System");
  put_text(d, debugger + 0x10, "KDBG");
  put32(d, debugger + 0x14, 0x380);
  put64(d, debugger + 0x18, 0xfffff80312000000);
  put(d, debugger + 0x2a0, 0xb8, 2);
  put(d, debugger + 0x2a8, 0x40, 2);
  put(d, debugger + 0x2b0, 0x100, 2);
  put(d, debugger + 0x2b4, 8, 2);
  put(d, debugger + 0x2c0, 0x100, 2);

  const auto put_string = [&d](std::uint64_t at, std::string_view text) {
    put32(d, at, static_cast<std::uint32_t>(text.size()));
    const Image chars = utf16(text);
    for (std::size_t i = 0; i < chars.size(); ++i) {
      put(d, at + 4 + i, std::to_integer<std::uint64_t>(chars[i]), 1);
    }
  };
  put_string(strings, "ntoskrnl.exe");
  put_string(strings + 0x40, "\\SystemRoot\\System32\\drivers\\storvsc.sys");
  const auto put_driver = [&](std::uint64_t at, std::uint64_t name, std::uint64_t image) {
    put32(d, at, static_cast<std::uint32_t>(name));
    put(d, at + (wide ? 0x38 : 0x1c), cut(image), pointer_size);
    put(d, at + (wide ? 0x40 : 0x20), cut(image + 0x1000), pointer_size);
    put32(d, at + (wide ? 0x48 : 0x24), 0x5000);
    put32(d, at + (wide ? 0x80 : 0x44), 0xc0ffee);
    put32(d, at + (wide ? 0x88 : 0x48), 0x4ce7a5d1);
  };
  put_driver(drivers, strings, 0xfffff80312000000);
  put_driver(drivers + stride, strings + 0x40, 0xfffff80318400000);

  put(d, unloaded, 1, pointer_size);
  put(d, unloaded + pointer_size, 14, 2);
  const Image name = utf16("dam.sys");
  for (std::size_t i = 0; i < name.size(); ++i) {
    put(d, unloaded + 3ull * pointer_size + i, std::to_integer<std::uint64_t>(name[i]), 1);
  }
  put(d, unloaded + 3ull * pointer_size + 24, cut(0xfffff8075f3d0000), pointer_size);
  put(d, unloaded + 4ull * pointer_size + 24, cut(0xfffff8075f3ec000), pointer_size);

  put(d, blocks, cut(layout.block_address), pointer_size);
  put32(d, blocks + pointer_size, static_cast<std::uint32_t>(block));
  put32(d, blocks + pointer_size + 4, 0x20);
  put_text(d, block, "thirty-two bytes of saved memory");
  put_text(d, valid, "TRGD");
  return d;
}

} // namespace migstorm::test
