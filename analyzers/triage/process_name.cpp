#include "analyzers/triage/process_name.hpp"

#include <algorithm>
#include <array>

namespace migstorm::triage {
namespace {

constexpr std::size_t kNameSize = 15;

struct Layout {
  std::uint32_t first_build;
  std::uint32_t last_build;
  std::size_t image_file_name;
};

// Nothing in a dump tells where this field is, and it moves between builds. A wrong offset shows: the bytes
// there are no name.
constexpr std::array kLayouts = {
    Layout{7600, 7601, 0x2e0},   Layout{9200, 9600, 0x438},   Layout{10240, 10240, 0x448},
    Layout{10586, 18363, 0x450}, Layout{19041, 22631, 0x5a8}, Layout{26100, 26100, 0x338},
};

std::string printable_name(Bytes bytes) {
  std::string name;
  for (const std::byte each : bytes) {
    const char c = static_cast<char>(each);
    if (c == '\0') {
      break;
    }
    if (c < 0x20 || c > 0x7e) {
      return {};
    }
    name += c;
  }
  return name;
}

} // namespace

std::string process_name(const kdump::Dump& dump) {
  const kdump::Header& header = dump.header();
  const auto* layout = std::find_if(kLayouts.begin(), kLayouts.end(), [&header](const Layout& each) {
    return header.build >= each.first_build && header.build <= each.last_build;
  });
  if (header.machine != kdump::Machine::x64 || layout == kLayouts.end()) {
    return {};
  }
  const std::vector<std::byte>& saved = dump.triage_blocks().process.bytes;
  if (saved.size() >= layout->image_file_name + kNameSize) {
    return printable_name(Bytes(saved).subspan(layout->image_file_name, kNameSize));
  }
  std::array<std::byte, kNameSize> name{};
  const std::uint64_t process = dump.current().process;
  const bool there =
      process != 0 && dump.memory().read(process + layout->image_file_name, name) == kdump::Presence::present;
  return there ? printable_name(name) : std::string();
}

} // namespace migstorm::triage
