// The files that kernel/build made, built into the library: a dump can be made wherever the program runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace migstorm::make_dump {

struct KernelFile {
  std::string_view build; // x64, x86, arm64
  std::string_view name;
  std::span<const std::byte> bytes;
};

std::span<const KernelFile> kernel_files() noexcept;
const KernelFile& kernel_file(std::string_view build, std::string_view name); // one that is there

// Names and addresses of an image's publics.
std::map<std::string, std::uint32_t> kernel_symbols(std::string_view build, std::string_view image);

} // namespace migstorm::make_dump
