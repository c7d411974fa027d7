// WQL and event queries from clients: whatever is asked, the answer is an error or rows that the machine
// really has.
#include "tests/support/lab_machine.hpp"
#include "tools/lab/wql/run.hpp"
#include "tools/lab/wsman/event_filter.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace migstorm::lab;
  static test::TestMachine machine;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto filter = wsman::EventFilter::parse(text)) {
    static_cast<void>(filter->matches({}, {}));
  }
  const auto statement = wql::parse(text);
  if (!statement) {
    return 0;
  }
  if (text.size() > wql::kBytesMax) {
    __builtin_trap();
  }
  const auto rows = wql::run(*statement, machine, test::kVirt);
  if (rows && rows->queried != nullptr) {
    for (const auto& row : rows->instances) {
      if (std::find(machine.instances.begin(), machine.instances.end(), row) == machine.instances.end()) {
        __builtin_trap();
      }
    }
  }
  return 0;
}
