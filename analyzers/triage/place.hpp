// An address in the words of a debugger: "storvsc!StorChannelVmbusCallback+0x2b8".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migstorm::triage {

struct Place {
  std::uint64_t address = 0;
  std::string module;                     // "nt", "storvsc"; empty: in no module
  std::string function;                   // empty: not known
  std::uint64_t offset = 0;               // into the function
  std::uint64_t rva = 0;                  // within the module
  std::optional<std::uint32_t> timestamp; // of the module's image

  bool in_module() const noexcept { return !module.empty(); }
  bool named() const noexcept { return !function.empty(); }
  // What the patterns of the rules are compared with: "nt!KeBugCheckEx"; without a function "nt!".
  std::string key() const;
  // "module!function+0xoff", "module+0xrva"; empty outside of modules.
  std::string text() const;
};

// "storvsc" of "storvsc.sys"; "nt" of the kernel's several file names.
std::string short_module_name(std::string_view file_name);

} // namespace migstorm::triage
