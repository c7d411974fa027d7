// How a culprit is chosen and what a bugcheck's parameters mean: the contents of rules.yaml.
#pragma once

#include <migstorm/result.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::triage {

struct BugcheckRule {
  std::uint32_t code = 0;
  std::array<std::string, 4> parameters; // what each one is
  // Which parameter (1 to 4) is what; 0: none.
  unsigned address = 0;     // could not be used
  unsigned instruction = 0; // tried to
  unsigned context = 0;     // points to a CONTEXT
  unsigned exception = 0;   // points to an EXCEPTION_RECORD
  unsigned trap_frame = 0;  // points to a KTRAP_FRAME
  bool witness = false;     // the harm was done earlier, by somebody who need not be on the stack
};

struct Rules {
  std::vector<std::string> ignore;
  std::vector<std::string> sentinels;
  std::vector<std::string> prefixes;
  std::vector<std::string> system_modules;
  std::vector<std::string> bottoms;
  std::vector<BugcheckRule> bugchecks;

  // Null for a code without a rule. Takes a plain code.
  const BugcheckRule* find(std::uint32_t code) const noexcept;
};

Result<Rules> parse_rules(std::string_view text);

// rules.yaml as it was when the program was built.
const Rules& built_in_rules();

} // namespace migstorm::triage
