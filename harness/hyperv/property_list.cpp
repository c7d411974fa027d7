#include "harness/hyperv/property_list.hpp"

#include <string_view>

namespace migstorm::hyperv {

namespace {

constexpr std::uint32_t kSyntaxName = 0x00040003;           // CLUSPROP_SYNTAX_NAME
constexpr std::uint32_t kSyntaxDwordListValue = 0x00010002; // CLUSPROP_SYNTAX_LIST_VALUE_DWORD
constexpr std::uint32_t kEndMark = 0;
constexpr std::uint32_t kVmMigrationTypeLive = 4;

void append_dword(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void append_entry(std::vector<std::uint8_t>& out, std::u16string_view name, std::uint32_t value) {
  append_dword(out, kSyntaxName);
  append_dword(out, static_cast<std::uint32_t>((name.size() + 1) * sizeof(char16_t)));
  for (const char16_t c : name) {
    out.push_back(static_cast<std::uint8_t>(c));
    out.push_back(static_cast<std::uint8_t>(c >> 8));
  }
  out.insert(out.end(), sizeof(char16_t), 0);
  while (out.size() % sizeof(std::uint32_t) != 0) { // the list begins at 0, so its size is the offset
    out.push_back(0);
  }
  append_dword(out, kSyntaxDwordListValue);
  append_dword(out, sizeof(std::uint32_t));
  append_dword(out, value);
  append_dword(out, kEndMark);
}

} // namespace

std::vector<std::uint8_t> live_move_parameters() {
  std::vector<std::uint8_t> out;
  append_dword(out, 2); // entries
  append_entry(out, u"Virtual Machine", kVmMigrationTypeLive);
  append_entry(out, u"Virtual Machine Configuration", kVmMigrationTypeLive);
  return out;
}

} // namespace migstorm::hyperv
