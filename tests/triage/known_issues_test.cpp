#include "analyzers/triage/known_issues.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace migstorm;
using namespace migstorm::triage;

namespace {

Evidence founding_crash() {
  return {.code = 0xd1,
          .parameters = {0x28, 2, 0, 0xfffff880'0163b2b8},
          .access = Access::read,
          .module = "storvsc",
          .function = "StorChannelVmbusCallback",
          .offset = 0x2b8,
          .build = 7601};
}

std::vector<IssueMatch> match(const Evidence& evidence) {
  return match_issues(built_in_known_issues(), evidence);
}

bool says(const IssueMatch& found, const std::string& words) {
  return std::any_of(found.reasons.begin(), found.reasons.end(),
                     [&words](const std::string& reason) { return reason.find(words) != std::string::npos; });
}

} // namespace

TEST_CASE("the catalogue is whole, and every row names its source", "[triage][issues]") {
  const std::vector<KnownIssue>& issues = built_in_known_issues();
  REQUIRE(issues.size() >= 20);
  CHECK(issues.front().id == "KB2636573");
  std::set<std::string> ids;
  for (const KnownIssue& issue : issues) {
    CAPTURE(issue.id);
    CHECK(ids.insert(issue.id).second);
    CHECK_FALSE(issue.sources.empty());
    CHECK_FALSE(issue.fix.empty());
    CHECK(issue.fixed_version.empty()); // no source states one
  }
}

TEST_CASE("the founding crash is certain, with its reasons", "[triage][issues]") {
  const auto found = match(founding_crash());
  REQUIRE(found.size() == 1);
  CHECK(found[0].issue.id == "KB2636573");
  CHECK(found[0].grade == Grade::certain);
  CHECK(says(found[0], "the function is StorChannelVmbusCallback"));
  CHECK(says(found[0], "build 7601 is affected"));
  CHECK(says(found[0], "+0x2b8 was seen before"));
}

TEST_CASE("all parameters zero are still the founding crash", "[triage][issues]") {
  Evidence evidence = founding_crash();
  evidence.parameters = {};
  CHECK(match(evidence).at(0).grade == Grade::certain);
}

TEST_CASE("another build, or one not known, makes a match likely", "[triage][issues]") {
  Evidence evidence = founding_crash();
  evidence.build = 19041;
  CHECK(match(evidence).at(0).grade == Grade::likely);
  CHECK(says(match(evidence).at(0), "not among the affected ones"));
  evidence.build = 0;
  CHECK(match(evidence).at(0).grade == Grade::likely);
}

TEST_CASE("a module without its function is possible", "[triage][issues]") {
  Evidence evidence = founding_crash();
  evidence.function.clear();
  REQUIRE_FALSE(match(evidence).empty());
  CHECK(match(evidence)[0].issue.id == "KB2636573");
  CHECK(match(evidence)[0].grade == Grade::possible);
}

TEST_CASE("another function or module of the same bugcheck is not the founding crash", "[triage][issues]") {
  Evidence evidence = founding_crash();
  evidence.function = "StorChannelOpen";
  for (const IssueMatch& found : match(evidence)) {
    CHECK(found.issue.id != "KB2636573");
  }
  evidence.module = "tcpip";
  const auto found = match(evidence);
  REQUIRE_FALSE(found.empty());
  CHECK(found[0].issue.id == "KB2905412");
  CHECK(found[0].grade == Grade::likely);
}

TEST_CASE("a row that names no module is only possible", "[triage][issues]") {
  Evidence evidence = founding_crash();
  evidence.module = "netvsc";
  const auto found = match(evidence);
  REQUIRE_FALSE(found.empty());
  for (const IssueMatch& each : found) {
    CHECK(each.grade == Grade::possible);
    CHECK(says(each, "the source names no module"));
  }
}

TEST_CASE("characteristic parameters must agree", "[triage][issues]") {
  Evidence evidence;
  evidence.code = 0x101;
  evidence.parameters = {0x19, 0, 0xfffff880'009bf180, 0xc};
  evidence.build = 7600;
  REQUIRE(match(evidence).size() == 2);
  CHECK(match(evidence)[0].issue.id == "KB975530");
  evidence.parameters[3] = 7;
  CHECK(match(evidence).empty());
}

TEST_CASE("a user's file is read by the same rules", "[triage][issues]") {
  const auto issues = parse_known_issues(R"(issues:
  - id: OURS-1
    title: Ours
    code: 0x100000d1
    access: write
    module: foo
    function: Bar
    fixed_in: [foo.sys, 1.2.3.4]
)");
  REQUIRE(issues);
  Evidence evidence = founding_crash();
  evidence.access = Access::write;
  evidence.module = "FOO";
  evidence.function = "bar";
  const auto found = match_issues(*issues, evidence);
  REQUIRE(found.size() == 1);
  CHECK(found[0].grade == Grade::certain);
  CHECK(found[0].issue.fixed_version == "1.2.3.4");
  evidence.access = Access::read;
  CHECK(match_issues(*issues, evidence).at(0).grade == Grade::likely);
}

TEST_CASE("faulty rows are refused", "[triage][issues][hostile]") {
  const char* text =
      GENERATE("issues: [{title: no id}]", "issues: [{id: a, title: b, function: f}]",
               "issues: [{id: a, title: b, parameters: [1]}]", "issues: [{id: a, title: b, builds: [2, 1]}]",
               "issues: [{id: a, title: b, scope: moon}]", "issues: [{id: a, title: b, cod: 1}]",
               "issues: {}", "issues: [[]]");
  CAPTURE(text);
  CHECK_FALSE(parse_known_issues(text));
}
