#include "analyzers/triage/known_issues.hpp"

#include "analyzers/triage/data_file.hpp"

#include <algorithm>
#include <stdexcept>

namespace migstorm {
std::string_view known_issues_text(); // embedded
} // namespace migstorm

namespace migstorm::triage {
namespace {

void read_builds(DataRow& row, KnownIssue& issue) {
  const std::vector<std::uint64_t> builds = row.numbers("builds");
  row.require(builds.empty() || (builds.size() == 2 && builds[0] <= builds[1] && builds[1] <= UINT32_MAX),
              "builds: expected the first and the last affected build");
  if (builds.size() == 2) {
    issue.builds = {static_cast<std::uint32_t>(builds[0]), static_cast<std::uint32_t>(builds[1])};
  }
}

void read_what_matches(DataRow& row, KnownIssue& issue) {
  if (const std::optional<std::uint64_t> code = row.number("code")) {
    row.require(*code > 0 && *code <= UINT32_MAX, "code is out of range");
    issue.code = plain_code(static_cast<std::uint32_t>(*code));
  }
  if (const std::size_t access = row.word("access", {"", "read", "write", "execute"}); access > 0) {
    issue.access = static_cast<Access>(access - 1);
  }
  issue.modules = row.texts("modules");
  if (std::string module = row.text("module"); !module.empty()) {
    issue.modules.push_back(std::move(module));
  }
  issue.function = row.text("function");
  issue.offsets = row.numbers("offsets");
  issue.parameters = row.numbers_or_any("parameters");
  row.require(issue.parameters.empty() || issue.parameters.size() == 4,
              "parameters: expected four, null for any");
  row.require(issue.function.empty() || !issue.modules.empty(), "a function needs its module");
  read_builds(row, issue);
}

Status read_issue(DataRow& row, std::vector<KnownIssue>& issues) {
  KnownIssue issue;
  issue.id = row.text("id");
  issue.title = row.text("title");
  row.require(!issue.id.empty() && !issue.title.empty(), "an issue needs an id and a title");
  read_what_matches(row, issue);
  issue.scope = static_cast<Scope>(row.word("scope", {"either", "guest", "host"}));
  issue.affected = row.text("affected");
  issue.trigger = row.text("trigger");
  issue.cause = row.text("cause");
  issue.fix = row.text("fix");
  const std::vector<std::string> fixed = row.texts("fixed_in");
  row.require(fixed.empty() || fixed.size() == 2, "fixed_in: expected a file and its version");
  if (fixed.size() == 2) {
    issue.fixed_file = fixed[0];
    issue.fixed_version = fixed[1];
  }
  issue.verified = row.word("confidence", {"source", "unverified"}) == 0;
  issue.sources = row.texts("sources");
  issues.push_back(std::move(issue));
  return Unit{};
}

} // namespace

std::string_view to_string(Scope scope) noexcept {
  switch (scope) {
  case Scope::either:
    return "either";
  case Scope::guest:
    return "guest";
  case Scope::host:
    return "host";
  }
  return "";
}

std::string_view to_string(Grade grade) noexcept {
  switch (grade) {
  case Grade::possible:
    return "possible";
  case Grade::likely:
    return "likely";
  case Grade::certain:
    return "certain";
  }
  return "";
}

Result<std::vector<KnownIssue>> parse_known_issues(std::string_view text) {
  std::vector<KnownIssue> issues;
  Status read = read_data(text, [&issues](DataRow& document) -> Status {
    document.rows("issues", [&issues](DataRow& row) { return read_issue(row, issues); });
    return Unit{};
  });
  if (!read) {
    return std::move(read).error().within("known issues");
  }
  return issues;
}

const std::vector<KnownIssue>& built_in_known_issues() {
  static const std::vector<KnownIssue> kIssues = [] {
    Result<std::vector<KnownIssue>> parsed = parse_known_issues(known_issues_text());
    if (!parsed) {
      throw std::logic_error(parsed.error().detail); // a fault of the build; a test reads them all
    }
    return *std::move(parsed);
  }();
  return kIssues;
}

} // namespace migstorm::triage
