// Grading: certain when everything that the source names agrees, likely when the place agrees but build or
// access do not or are not known, possible when only the bugcheck and what surrounds it agree.
#include "analyzers/triage/known_issues.hpp"
#include "analyzers/triage/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::triage {
namespace {

enum class Fit : std::uint8_t { agrees, not_told, contradicts };

struct Verdict {
  IssueMatch match;
  bool excluded = false;
  bool doubtful = false; // something that the source names is not known of the dump, or differs
};

Fit fit_of_module(const KnownIssue& issue, const Evidence& evidence) {
  if (issue.modules.empty() || evidence.module.empty()) {
    return Fit::not_told;
  }
  const bool one_of =
      std::any_of(issue.modules.begin(), issue.modules.end(),
                  [&evidence](const std::string& name) { return same_word(name, evidence.module); });
  return one_of ? Fit::agrees : Fit::contradicts;
}

void weigh_place(Verdict& verdict, const KnownIssue& issue, const Evidence& evidence) {
  std::vector<std::string>& reasons = verdict.match.reasons;
  switch (fit_of_module(issue, evidence)) {
  case Fit::contradicts:
    verdict.excluded = true;
    return;
  case Fit::not_told:
    verdict.doubtful = true;
    reasons.emplace_back(issue.modules.empty() ? "the source names no module" : "the dump names no module");
    return;
  case Fit::agrees:
    verdict.match.grade = Grade::likely;
    reasons.push_back(fmt::format("the module is {}", evidence.module));
    break;
  }
  if (issue.function.empty() || evidence.function.empty()) {
    verdict.doubtful = true;
    reasons.emplace_back(issue.function.empty() ? "the source names no function"
                                                : "the function is not known");
    verdict.match.grade = issue.function.empty() ? Grade::likely : Grade::possible;
    return;
  }
  verdict.excluded = !same_word(issue.function, evidence.function);
  reasons.push_back(fmt::format("the function is {}", evidence.function));
}

void weigh_build(Verdict& verdict, const KnownIssue& issue, const Evidence& evidence) {
  if (!issue.builds) {
    return;
  }
  const auto [from, to] = *issue.builds;
  if (evidence.build == 0) {
    verdict.doubtful = true;
    verdict.match.reasons.emplace_back("the build is not known");
  } else if (evidence.build < from || evidence.build > to) {
    verdict.doubtful = true;
    verdict.match.reasons.push_back(
        fmt::format("build {} is not among the affected ones, {} to {}", evidence.build, from, to));
    // Without a function, another build's fault in the same place is another fault.
    verdict.excluded = verdict.excluded || issue.function.empty();
  } else {
    verdict.match.reasons.push_back(fmt::format("build {} is affected", evidence.build));
  }
}

void weigh_bugcheck(Verdict& verdict, const KnownIssue& issue, const Evidence& evidence) {
  verdict.match.reasons.push_back(fmt::format("the bugcheck is {:#x}", evidence.code));
  if (issue.access) {
    const bool same = evidence.access == issue.access;
    verdict.doubtful = verdict.doubtful || !same;
    verdict.match.reasons.push_back(
        fmt::format("the access is {}a {}", same ? "" : "not ", to_string(*issue.access)));
  }
  for (std::size_t i = 0; i < issue.parameters.size() && i < evidence.parameters.size(); ++i) {
    const std::optional<std::uint64_t>& wanted = issue.parameters[i];
    verdict.excluded = verdict.excluded || (wanted && *wanted != evidence.parameters[i]);
  }
  if (!issue.parameters.empty()) {
    verdict.match.reasons.emplace_back("the characteristic parameters agree");
  }
}

void note_offset(Verdict& verdict, const KnownIssue& issue, const Evidence& evidence) {
  if (!evidence.offset || issue.offsets.empty()) {
    return;
  }
  const bool seen =
      std::find(issue.offsets.begin(), issue.offsets.end(), *evidence.offset) != issue.offsets.end();
  verdict.match.reasons.push_back(fmt::format("the offset +{:#x} {}", *evidence.offset,
                                              seen ? "was seen before" : "is new, as on every other build"));
}

std::optional<IssueMatch> weigh(const KnownIssue& issue, const Evidence& evidence) {
  if (!issue.code || *issue.code != evidence.code) {
    return std::nullopt;
  }
  Verdict verdict{{issue, Grade::possible, {}}};
  weigh_bugcheck(verdict, issue, evidence);
  weigh_place(verdict, issue, evidence);
  weigh_build(verdict, issue, evidence);
  note_offset(verdict, issue, evidence);
  if (verdict.excluded) {
    return std::nullopt;
  }
  if (!issue.verified) {
    verdict.match.grade = Grade::possible;
    verdict.match.reasons.emplace_back("no source confirms this row");
  } else if (verdict.match.grade == Grade::likely && !verdict.doubtful) {
    verdict.match.grade = Grade::certain;
  }
  return verdict.match;
}

} // namespace

std::vector<IssueMatch> match_issues(const std::vector<KnownIssue>& issues, const Evidence& evidence) {
  std::vector<IssueMatch> out;
  for (const KnownIssue& issue : issues) {
    if (std::optional<IssueMatch> match = weigh(issue, evidence)) {
      out.push_back(*std::move(match));
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const IssueMatch& a, const IssueMatch& b) { return a.grade > b.grade; });
  const bool placed = !out.empty() && out.front().grade > Grade::possible;
  if (placed) {
    out.erase(std::remove_if(out.begin(), out.end(),
                             [](const IssueMatch& match) { return match.issue.modules.empty(); }),
              out.end());
  }
  return out;
}

} // namespace migstorm::triage
