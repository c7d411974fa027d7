// The catalogue of known bugchecks, and how well a dump fits each of them.
#pragma once

#include "analyzers/triage/bugcheck.hpp"

#include <migstorm/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migstorm::triage {

enum class Scope : std::uint8_t { either, guest, host };
std::string_view to_string(Scope scope) noexcept;

struct KnownIssue {
  std::string id; // "KB2636573"
  std::string title;
  std::optional<std::uint32_t> code; // absent: ends no system, so no dump can match
  std::optional<Access> access;
  std::vector<std::string> modules;
  std::string function;
  std::vector<std::uint64_t> offsets;                            // seen so far; no condition
  std::vector<std::optional<std::uint64_t>> parameters;          // as far as they are characteristic
  std::optional<std::pair<std::uint32_t, std::uint32_t>> builds; // affected, from and to
  Scope scope = Scope::either;
  std::string affected;
  std::string trigger;
  std::string cause;
  std::string fix;
  std::string fixed_file; // file and version that cure it; empty: not known
  std::string fixed_version;
  bool verified = true; // a source says so
  std::vector<std::string> sources;
};

// What a dump offers for comparison.
struct Evidence {
  std::uint32_t code = 0; // plain
  Parameters parameters{};
  std::optional<Access> access;
  std::string module; // without its extension; empty: not known
  std::string function;
  std::optional<std::uint64_t> offset;
  std::uint32_t build = 0; // 0: not known
};

enum class Grade : std::uint8_t { possible, likely, certain };
std::string_view to_string(Grade grade) noexcept;

struct IssueMatch {
  KnownIssue issue;
  Grade grade{};
  std::vector<std::string> reasons;
};

Result<std::vector<KnownIssue>> parse_known_issues(std::string_view text);

// known_issues.yaml as it was when the program was built.
const std::vector<KnownIssue>& built_in_known_issues();

// Best first. A row that names neither module nor function is only ever possible, and is left out when a row
// that names one fits.
std::vector<IssueMatch> match_issues(const std::vector<KnownIssue>& issues, const Evidence& evidence);

} // namespace migstorm::triage
