#include "tools/make_dump/make_dump.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migstorm::make_dump {

namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 10> kKinds = {{
    {Kind::full, "full"},
    {Kind::kernel_summary, "kernel-summary"},
    {Kind::header, "header"},
    {Kind::triage, "triage"},
    {Kind::bitmap_full, "bitmap-full"},
    {Kind::bitmap_kernel, "bitmap-kernel"},
    {Kind::bitmap_automatic, "bitmap-automatic"},
    {Kind::kernel_range, "kernel-range"},
    {Kind::kernel_user_range, "kernel-user-range"},
    {Kind::complete_range, "complete-range"},
}};

constexpr std::array<std::pair<Spoil, std::string_view>, 9> kSpoils = {{
    {Spoil::truncated, "truncated"},
    {Spoil::torn_tables, "torn-tables"},
    {Spoil::loops, "loops"},
    {Spoil::lying_counts, "lying-counts"},
    {Spoil::encoded_debugger_block, "encoded-debugger-block"},
    {Spoil::module_ring, "module-ring"},
    {Spoil::no_debugger_block, "no-debugger-block"},
    {Spoil::hostile_names, "hostile-names"},
    {Spoil::cut_stack, "cut-stack"},
}};

constexpr std::array<std::pair<Architecture, std::string_view>, 4> kArchitectures = {{
    {Architecture::x64, "x64"},
    {Architecture::x86, "x86"},
    {Architecture::x86_pae, "x86-pae"},
    {Architecture::arm64, "arm64"},
}};

template <class Table, class Value>
std::string_view name_of(const Table& table, Value value) noexcept {
  for (const auto& [known, name] : table) {
    if (known == value) {
      return name;
    }
  }
  return "?";
}

template <class Value, class Table>
std::optional<Value> value_of(const Table& table, std::string_view text) noexcept {
  for (const auto& [value, name] : table) {
    if (name == text) {
      return value;
    }
  }
  return std::nullopt;
}

template <class Value, class Table>
std::vector<Value> values_of(const Table& table) {
  std::vector<Value> values;
  values.reserve(table.size());
  for (const auto& entry : table) {
    values.push_back(entry.first);
  }
  return values;
}

} // namespace

std::string_view to_string(Kind kind) noexcept { return name_of(kKinds, kind); }
std::string_view to_string(Spoil spoil) noexcept { return name_of(kSpoils, spoil); }

std::optional<Kind> kind_from(std::string_view name) noexcept { return value_of<Kind>(kKinds, name); }
std::optional<Spoil> spoil_from(std::string_view name) noexcept { return value_of<Spoil>(kSpoils, name); }

std::string_view to_string(Architecture architecture) noexcept {
  return name_of(kArchitectures, architecture);
}
std::optional<Architecture> architecture_from(std::string_view name) noexcept {
  return value_of<Architecture>(kArchitectures, name);
}

const std::vector<Architecture>& all_architectures() {
  static const std::vector<Architecture> kAll = values_of<Architecture>(kArchitectures);
  return kAll;
}

const std::vector<Spoil>& all_spoils() {
  static const std::vector<Spoil> kAll = values_of<Spoil>(kSpoils);
  return kAll;
}

const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> kAll = values_of<Kind>(kKinds);
  return kAll;
}

} // namespace migstorm::make_dump
