#include "analyzers/triage/rules.hpp"

#include "analyzers/triage/bugcheck.hpp"
#include "analyzers/triage/data_file.hpp"
#include "analyzers/triage/pattern.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::triage;

TEST_CASE("the rules that are built in tell the parameters of the forty commonest bugchecks",
          "[triage][rules]") {
  const Rules& rules = built_in_rules();
  CHECK(rules.bugchecks.size() >= 40);
  for (const BugcheckRule& rule : rules.bugchecks) {
    CAPTURE(rule.code);
    CHECK_FALSE(bugcheck_name(rule.code).empty());
    for (const std::string& parameter : rule.parameters) {
      CHECK_FALSE(parameter.empty());
    }
  }
  REQUIRE(rules.find(0xd1) != nullptr);
  CHECK(rules.find(0xd1)->address == 1);
  CHECK(rules.find(0xd1)->instruction == 4);
  CHECK(rules.find(0x7e)->context == 4);
  CHECK(rules.find(0x139)->trap_frame == 2);
  CHECK(rules.find(0x12345) == nullptr);
}

TEST_CASE("patterns match as a person would read them", "[triage][rules]") {
  CHECK(matches("nt!KeBugCheck*", "nt!KeBugCheckEx"));
  CHECK(matches("NT!kebugcheck*", "nt!KeBugCheck"));
  CHECK(matches("*!memcpy*", "foo!memcpy_repmovs"));
  CHECK(matches("nt!KiTrap??", "nt!KiTrap0E"));
  CHECK(matches("**", ""));
  CHECK_FALSE(matches("nt!KiTrap??", "nt!KiTrap0EX"));
  CHECK_FALSE(matches("nt!Ke", "nt!KeBugCheck"));
  CHECK_FALSE(matches("", "x"));
  const std::string many(5000, 'a');
  CHECK_FALSE(matches("*a*a*a*a*a*a*a*b", many)); // no exponential search
}

TEST_CASE("faulty rules are refused with their place", "[triage][rules][hostile]") {
  struct Case {
    const char* text;
    const char* says;
  };
  const Case bad =
      GENERATE(Case{"ignore: 1", "ignore: expected a list"}, Case{"surprise: []", "unknown key 'surprise'"},
               Case{"bugchecks:\n  - {code: 0xd1, parameters: [a, b, c]}",
                    "line 2, column 5: a bugcheck has four parameters"},
               Case{"bugchecks: [{code: 0xd1, parameters: [a, b, c, d], address: 5}]", "counted from 1 to 4"},
               Case{"bugchecks: [{code: 0x1ffffffff, parameters: [a, b, c, d]}]", "out of range"},
               Case{"bugchecks: [{code: abc, parameters: [a, b, c, d]}]", "expected a number"},
               Case{"bugchecks: [{code: 1, parameters: [a, b, c, d]}, {code: 1, parameters: [a, b, c, d]}]",
                    "already"},
               Case{"ignore: [\"a\\tb\"]", "printable"}, Case{"[", "line 1"},
               Case{"just words", "expected a mapping"});
  CAPTURE(bad.text);
  const Result<Rules> rules = parse_rules(bad.text);
  REQUIRE_FALSE(rules);
  CHECK(rules.error().detail.find(bad.says) != std::string::npos);
  INFO(rules.error().detail);
}

TEST_CASE("a data file has a limit", "[triage][rules][hostile]") {
  const Result<Rules> rules = parse_rules(std::string(kDataFileBytesMax + 1, '#'));
  REQUIRE_FALSE(rules);
  CHECK(rules.error().code == Errc::over_limit);
}

TEST_CASE("nesting without end is an error, not a fall", "[triage][rules][hostile]") {
  CHECK_FALSE(parse_rules(std::string(100'000, '[')));
  CHECK_FALSE(parse_rules("ignore: " + std::string(100'000, '{')));
}
