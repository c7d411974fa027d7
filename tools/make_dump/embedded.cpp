#include "tools/make_dump/embedded.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>
#include <sstream>

// The assembler takes the files in as they are; CMake names the folder and rebuilds when one changes.
#define EMBED(label, file)                                                                                   \
  __asm__(".section .rodata\n.balign 16\n" #label ":\n.incbin \"" MIGSTORM_KERNEL_IMAGES "/" file            \
          "\"\n" #label "_end:\n.previous\n");                                                               \
  extern "C" const std::byte label[];                                                                        \
  extern "C" const std::byte label##_end[];

EMBED(migstorm_kernel_ntoskrnl_exe, "ntoskrnl.exe")
EMBED(migstorm_kernel_vmbus_sys, "vmbus.sys")
EMBED(migstorm_kernel_storvsc_sys, "storvsc.sys")
EMBED(migstorm_kernel_ntkrnlmp_pdb, "ntkrnlmp.pdb")
EMBED(migstorm_kernel_vmbus_pdb, "vmbus.pdb")
EMBED(migstorm_kernel_storvsc_pdb, "storvsc.pdb")
EMBED(migstorm_kernel_symbols_txt, "symbols.txt")

#undef EMBED

namespace migstorm::make_dump {

std::span<const KernelFile> kernel_files() noexcept {
  static const std::array<KernelFile, 7> kFiles = {{
      {"ntoskrnl.exe", {migstorm_kernel_ntoskrnl_exe, migstorm_kernel_ntoskrnl_exe_end}},
      {"vmbus.sys", {migstorm_kernel_vmbus_sys, migstorm_kernel_vmbus_sys_end}},
      {"storvsc.sys", {migstorm_kernel_storvsc_sys, migstorm_kernel_storvsc_sys_end}},
      {"ntkrnlmp.pdb", {migstorm_kernel_ntkrnlmp_pdb, migstorm_kernel_ntkrnlmp_pdb_end}},
      {"vmbus.pdb", {migstorm_kernel_vmbus_pdb, migstorm_kernel_vmbus_pdb_end}},
      {"storvsc.pdb", {migstorm_kernel_storvsc_pdb, migstorm_kernel_storvsc_pdb_end}},
      {"symbols.txt", {migstorm_kernel_symbols_txt, migstorm_kernel_symbols_txt_end}},
  }};
  return kFiles;
}

const KernelFile& kernel_file(std::string_view name) {
  const auto files = kernel_files();
  const auto found =
      std::find_if(files.begin(), files.end(), [name](const KernelFile& file) { return file.name == name; });
  assert(found != files.end());
  return *found;
}

std::map<std::string, std::uint32_t> kernel_symbols(std::string_view image) {
  const std::span<const std::byte> list = kernel_file("symbols.txt").bytes;
  std::string text;
  std::transform(list.begin(), list.end(), std::back_inserter(text),
                 [](std::byte byte) { return static_cast<char>(byte); });
  std::istringstream lines(text);
  std::map<std::string, std::uint32_t> symbols;
  std::string file;
  std::string name;
  std::uint32_t rva = 0;
  while (lines >> file >> std::hex >> rva >> name) {
    if (file == image) {
      symbols.emplace(name, rva);
    }
  }
  return symbols;
}

} // namespace migstorm::make_dump
