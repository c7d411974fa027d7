#include "harness/report/words.hpp"

#include "harness/report/runs_text.hpp"
#include "tests/report/sample_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

using namespace migstorm;
using namespace migstorm::report;
using namespace std::chrono_literals;

TEST_CASE("numbers are grouped by thousands", "[words]") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(counted(1, "retry", "retries") == "1 retry");
  CHECK(counted(12000, "retry", "retries") == "12,000 retries");
}

TEST_CASE("a bugcheck code loses the mark of a remotely initiated one", "[words]") {
  CHECK(bugcheck_code(0xd1) == "0xd1");
  CHECK(bugcheck_code(0x100000d1) == "0xd1");
  CHECK(hex(0xfffff88001a4b2b5) == "0xfffff88001a4b2b5");
}

TEST_CASE("percentages never round up to all", "[words]") {
  CHECK(percent(1) == "100 %");
  CHECK(percent(0.99999) == "99.9 %");
  CHECK(percent(0.5) == "50.0 %");
}

TEST_CASE("times are told in UTC", "[words]") {
  const CivilTime time = std::chrono::sys_days(std::chrono::year(2026) / 2 / 3) + 4h + 5min + 6s;
  CHECK(rfc3339(time) == "2026-02-03T04:05:06Z");
  CHECK(rfc3339(time + 7ms) == "2026-02-03T04:05:06.007Z");
  CHECK(rfc3339(CivilTime{} - 1ms) == "1969-12-31T23:59:59.999Z");
  CHECK(civil_second(time) == "2026-02-03 04:05:06 UTC");
  CHECK(civil_minute(time) == "2026-02-03 04:05");
  CHECK(span_words(9h + 26min + 5s) == "9 h 26 min");
  CHECK(span_words(61s) == "1 min 1 s");
  CHECK(span_words(-5s) == "0 s");
}

TEST_CASE("foreign text is cut and loses its controls", "[words][hostile]") {
  CHECK(printable("a\x07"
                  "b\tc\x7f") == "a b c ");
  CHECK(printable("abcdef", 3) == "abc...");
  CHECK(printable("a\xC3\xA4", 2) == "a..."); // never half a character
  CHECK(printable("") == "");
}

TEST_CASE("runs are listed in columns", "[report]") {
  RunListing first;
  first.run = test::sample_run().run;
  first.planned = 12000;
  first.completed = 4290;
  first.failed = 20;
  first.unknown = 7;
  first.qualified = 4211;
  first.crashes = 3;
  first.end = test::reproduced_end();
  RunListing second = first;
  second.run.id = "20261125-091500-00c1";
  second.run.scenario_name = "smoke\x1b[31m";
  second.end.reset();
  second.being_written = true;
  RunListing third = second;
  third.run.id = "20261125-101500-77aa";
  third.being_written = false;
  const std::string table = runs_table({first, second, third});
  CHECK(table == test::golden("runs.txt", table));
  CHECK(runs_table({}) == "The journal holds no run.\n");
}

TEST_CASE("a status says how far the run is and what can be done", "[report]") {
  LoadedRun run = test::sample_run();
  const std::string ended = status_text(summarise(run));
  CHECK(ended == test::golden("status_ended.txt", ended));
  run.end.reset();
  run.steps[4317] = test::ended_step(4317, StepState::intended);
  const std::string running = status_text(summarise(run, true));
  CHECK(running == test::golden("status_running.txt", running));
  CHECK(status_text(summarise(run)).find("migstorm resume 20261124-164512-3f9a") != std::string::npos);
}
