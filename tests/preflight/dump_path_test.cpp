#include "harness/preflight/dump_path.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace migstorm;
using namespace migstorm::preflight;
using Catch::Matchers::Contains;

namespace {

constexpr std::uint64_t kGib = 1ULL << 30U;

hyperv::DumpSetup sound() {
  hyperv::DumpSetup setup;
  setup.kind = 2;
  setup.restarts = setup.overwrites = true;
  setup.file = R"(C:\Windows\MEMORY.DMP)";
  setup.memory = 4 * kGib;
  setup.page_files = {{R"(C:\pagefile.sys)", 4 * kGib}};
  setup.free = 40 * kGib;
  return setup;
}

Finding finding_of(const hyperv::DumpSetup& setup, std::string_view check) {
  const std::vector<Finding> all = judge_dump_setup("sql-01", setup);
  const auto found =
      std::find_if(all.begin(), all.end(), [check](const Finding& one) { return one.check == check; });
  REQUIRE(found != all.end());
  return *found;
}

} // namespace

TEST_CASE("a guest that is set up as Windows sets it up is found to be in order", "[preflight]") {
  for (const Finding& finding : judge_dump_setup("sql-01", sound())) {
    CAPTURE(finding.check);
    CHECK(finding.severity == Severity::ok);
    CHECK(finding.subject == "sql-01");
    CHECK(finding.why.empty());
  }
}

TEST_CASE("a guest that would write no dump, or none that is of use, is told with what to do",
          "[preflight]") {
  hyperv::DumpSetup setup = sound();
  SECTION("none") {
    setup.kind = 0;
    CHECK(finding_of(setup, "dump-kind").severity == Severity::error);
    CHECK_THAT(finding_of(setup, "dump-kind").fix, Contains("CrashDumpEnabled"));
  }
  SECTION("a small one") {
    setup.kind = 3;
    CHECK(finding_of(setup, "dump-kind").severity == Severity::warning);
  }
  SECTION("of a kind that nobody has heard of") {
    setup.kind = 9;
    CHECK(finding_of(setup, "dump-kind").severity == Severity::unknown);
  }
  SECTION("nobody tells") {
    setup.kind.reset();
    CHECK(finding_of(setup, "dump-kind").severity == Severity::unknown);
  }
}

TEST_CASE("a guest that stays at its stop screen is an error", "[preflight]") {
  hyperv::DumpSetup setup = sound();
  setup.restarts = false;
  CHECK(finding_of(setup, "dump-restart").severity == Severity::error);
  setup.restarts.reset();
  CHECK(finding_of(setup, "dump-restart").severity == Severity::unknown);
}

TEST_CASE("a dump that is kept from being overwritten is a warning", "[preflight]") {
  hyperv::DumpSetup setup = sound();
  setup.overwrites = false;
  CHECK(finding_of(setup, "dump-overwrite").severity == Severity::warning);
}

TEST_CASE("page file and free space are weighed against the kind of dump", "[preflight]") {
  hyperv::DumpSetup setup = sound();
  SECTION("a complete dump needs the memory and more in the page file") {
    setup.kind = 1;
    CHECK(finding_of(setup, "dump-space").severity == Severity::error);
    CHECK_THAT(finding_of(setup, "dump-space").why, Contains("4353 MiB"));
    setup.page_files.push_back({R"(D:\pagefile.sys)", kGib});
    CHECK(finding_of(setup, "dump-space").severity == Severity::ok);
    setup.free = 4 * kGib;
    CHECK(finding_of(setup, "dump-space").severity == Severity::error);
  }
  SECTION("a kernel dump needs some") {
    setup.page_files.front().size = kGib / 2;
    CHECK(finding_of(setup, "dump-space").severity == Severity::warning);
    setup.memory = kGib / 4; // it is not larger than the memory
    CHECK(finding_of(setup, "dump-space").severity == Severity::ok);
  }
  SECTION("without a page file there is none, but for a dedicated file") {
    setup.page_files.clear();
    CHECK(finding_of(setup, "dump-space").severity == Severity::error);
    setup.dedicated_file = R"(D:\dump.sys)";
    CHECK(finding_of(setup, "dump-space").severity == Severity::ok);
  }
}

TEST_CASE("what the guest's volume manager complained of is believed", "[preflight]") {
  hyperv::DumpSetup setup = sound();
  setup.not_written = 1;
  CHECK(finding_of(setup, "dump-log").severity == Severity::warning);
  setup.not_ready = 1;
  CHECK(finding_of(setup, "dump-log").severity == Severity::error);
}

TEST_CASE("a cluster that resets silent guests is an error where dumps are wanted", "[preflight]") {
  hyperv::HeartbeatRecovery rule{"sql-01", true, 2U, 1U};
  CHECK(judge_recovery("sql-01", rule).severity == Severity::error);
  rule.action = 0;
  CHECK(judge_recovery("sql-01", rule).severity == Severity::ok);
  rule.action = 2;
  rule.watched = false;
  CHECK(judge_recovery("sql-01", rule).severity == Severity::ok);
  rule.watched.reset();
  CHECK(judge_recovery("sql-01", rule).severity == Severity::warning);
}
