// What the System log says about a bugcheck after the reboot (events 1001 and 41).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::hyperv {

struct BugcheckText {
  std::uint32_t code = 0; // without the mark 0x10000000 of a minidump
  std::array<std::uint64_t, 4> parameters{};
  std::string dump_path; // empty: no dump is named
};

// "0x000000d1 (0x..., 0x..., 0x..., 0x...)" stands in the first insertion string or somewhere in the message,
// whose words are translated; the path is recognised by its form. nullopt: this is another 1001.
std::optional<BugcheckText> parse_bugcheck(const std::vector<std::string_view>& strings,
                                           std::string_view message);

// Fields of Kernel-Power 41 from version 1 on: the code, then what it has of the four parameters, each in
// decimal or as 0x... nullopt: no bugcheck is named there (version 0, or a code of 0).
std::optional<BugcheckText> parse_unclean_start(const std::vector<std::string_view>& strings);

} // namespace migstorm::hyperv
