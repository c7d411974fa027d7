// The operator's own files: rules and known issues.
#include "analyzers/triage/known_issues.hpp"
#include "analyzers/triage/rules.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

using namespace migstorm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBytesMax = 1U << 16;
  const std::string_view text(reinterpret_cast<const char*>(data), std::min(size, kBytesMax));
  static_cast<void>(triage::parse_rules(text));
  if (const auto issues = triage::parse_known_issues(text)) {
    triage::Evidence evidence;
    evidence.code = 0xd1;
    evidence.module = "storvsc";
    evidence.function = "StorChannelVmbusCallback";
    static_cast<void>(triage::match_issues(*issues, evidence));
  }
  return 0;
}
