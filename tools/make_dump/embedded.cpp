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

#define EMBED_BUILD(build)                                                                                   \
  EMBED(migstorm_##build##_ntoskrnl_exe, #build "/ntoskrnl.exe")                                             \
  EMBED(migstorm_##build##_vmbus_sys, #build "/vmbus.sys")                                                   \
  EMBED(migstorm_##build##_storvsc_sys, #build "/storvsc.sys")                                               \
  EMBED(migstorm_##build##_ntkrnlmp_pdb, #build "/ntkrnlmp.pdb")                                             \
  EMBED(migstorm_##build##_vmbus_pdb, #build "/vmbus.pdb")                                                   \
  EMBED(migstorm_##build##_storvsc_pdb, #build "/storvsc.pdb")                                               \
  EMBED(migstorm_##build##_symbols_txt, #build "/symbols.txt")

EMBED_BUILD(x64)
EMBED_BUILD(x86)
EMBED_BUILD(arm64)

#define LIST(build, label, file)                                                                             \
  {                                                                                                          \
#build, file, { migstorm_##build##_##label, migstorm_##build##_##label##_end }                           \
  }
#define LIST_BUILD(build)                                                                                    \
  LIST(build, ntoskrnl_exe, "ntoskrnl.exe"), LIST(build, vmbus_sys, "vmbus.sys"),                            \
      LIST(build, storvsc_sys, "storvsc.sys"), LIST(build, ntkrnlmp_pdb, "ntkrnlmp.pdb"),                    \
      LIST(build, vmbus_pdb, "vmbus.pdb"), LIST(build, storvsc_pdb, "storvsc.pdb"),                          \
      LIST(build, symbols_txt, "symbols.txt")

namespace migstorm::make_dump {

std::span<const KernelFile> kernel_files() noexcept {
  static const std::array<KernelFile, 21> kFiles = {{LIST_BUILD(x64), LIST_BUILD(x86), LIST_BUILD(arm64)}};
  return kFiles;
}

const KernelFile& kernel_file(std::string_view build, std::string_view name) {
  const auto files = kernel_files();
  const auto found = std::find_if(files.begin(), files.end(), [build, name](const KernelFile& file) {
    return file.build == build && file.name == name;
  });
  assert(found != files.end());
  return *found;
}

std::map<std::string, std::uint32_t> kernel_symbols(std::string_view build, std::string_view image) {
  const std::span<const std::byte> list = kernel_file(build, "symbols.txt").bytes;
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
