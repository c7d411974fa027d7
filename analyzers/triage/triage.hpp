// Names the crash in a kernel dump: what a debugger's analysis would say, as data.
//
// A dump that is cut off or half known is triaged as far as it goes; what is missing is among the warnings.
#pragma once

#include "analyzers/kdump/byte_source.hpp"
#include "analyzers/triage/culprit.hpp"
#include "analyzers/triage/images.hpp"
#include "analyzers/triage/known_issues.hpp"

#include <migstorm/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::triage {

struct BugcheckFacts {
  std::uint32_t code = 0; // plain; 0: the dump tells of none
  std::string name;
  Parameters parameters{};
  std::array<std::string, 4> meanings; // empty where not known
};

struct ModuleFacts {
  std::string name; // as a file, "storvsc.sys"
  std::string path;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::optional<std::uint32_t> timestamp;
  bool asked = false; // whether symbols were needed at all
  bool has_symbols = false;
  std::string symbols_note;
};

struct UnloadedFacts {
  std::string name;
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

struct TriageResult {
  std::string file;
  std::string kind;
  std::uint32_t os_build = 0;
  std::string machine;
  std::uint32_t processors = 0;
  std::optional<std::uint64_t> system_time; // FILETIME
  std::optional<std::uint64_t> up_time;     // 100 ns
  std::string process;                      // running when it happened; empty: not known

  BugcheckFacts bugcheck;
  std::optional<Place> instruction; // what the bugcheck says tried to
  Culprit culprit;
  std::string culprit_file; // "storvsc.sys"
  std::string signature;
  std::vector<IssueMatch> issues; // best first

  std::string context_from; // which record the stack starts from
  std::vector<NamedFrame> stack;
  std::string stack_end;
  std::vector<ModuleFacts> modules; // in load order
  std::vector<UnloadedFacts> unloaded;

  std::vector<std::string> warnings;
  std::vector<std::string> explain; // the rules that decided, in order
  std::uint64_t missing_bytes = 0;
  std::uint64_t bytes_read = 0;

  // Bugcheck, module and function are all known.
  bool named() const noexcept { return bugcheck.code != 0 && culprit.place.named(); }
};

struct TriageOptions {
  std::string file;                                      // as results shall name it
  const std::vector<KnownIssue>* known_issues = nullptr; // null: those that are built in
  const Rules* rules = nullptr;                          // likewise
  bool all_timestamps = true; // read every module's identity, not only those of the stack
};

// An error only where nothing at all can be said: no kernel dump, or unreadable.
Result<TriageResult> triage(kdump::ByteSource& source, Images& images, const TriageOptions& options);

} // namespace migstorm::triage
