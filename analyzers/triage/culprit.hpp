// Whom a crash is laid to, and the signature that is the same for the same bug on every build.
#pragma once

#include "analyzers/triage/bugcheck.hpp"
#include "analyzers/triage/place.hpp"
#include "analyzers/triage/rules.hpp"
#include "analyzers/triage/stack.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migstorm::triage {

struct NamedFrame {
  StackFrame frame;
  Place place;
};

struct Culprit {
  Place place;          // in no module: nobody could be named
  std::string via;      // the helper through which it did the harm: "nt!memcpy"
  bool guessed = false; // it stands on a frame that was only scanned for
};

struct CulpritQuestion {
  const std::vector<NamedFrame>& frames;
  const Rules& rules;
  const BugcheckRule* bugcheck = nullptr; // null: a code without a rule
  std::optional<Place> instruction;       // the code that the bugcheck's parameters name
};

// `trace` gets a line for every rule that decided something.
Culprit find_culprit(const CulpritQuestion& question, std::vector<std::string>& trace);

// "0xd1|read|storvsc!StorChannelVmbusCallback"; without symbols "0xd1|read|storvsc+0x12b8@4ce7a3c2"; without
// a culprit only the head. Empty for code 0.
std::string signature_of(std::uint32_t code, const Parameters& parameters, const Place& culprit);

} // namespace migstorm::triage
