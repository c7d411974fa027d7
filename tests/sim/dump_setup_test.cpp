// How guests are set up to write dumps, and what their cluster would do meanwhile, asked of the simulated
// cluster on every release and judged as before a run.
#include "harness/preflight/dump_path.hpp"
#include "tests/sim/lab_client.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace migstorm;
using preflight::Finding;
using preflight::Severity;
using testing::Client;

namespace {

std::vector<Finding> check_all(Client& client) {
  std::vector<hyperv::GuestFacts> guests;
  for (const Endpoint& host : client.input.lab.hosts) {
    const std::vector<hyperv::GuestFacts> here = client.guests(host.name);
    guests.insert(guests.end(), here.begin(), here.end());
  }
  REQUIRE_FALSE(guests.empty());
  return client.run(preflight::check_dump_path(client.runtime, *client.cluster, std::move(guests)));
}

Severity worst(const std::vector<Finding>& findings, std::string_view check, std::string_view guest) {
  Severity found = Severity::ok;
  bool any = false;
  for (const Finding& one : findings) {
    if (one.check == check && one.subject.starts_with(guest)) {
      found = std::max(found, one.severity);
      any = true;
    }
  }
  CAPTURE(check, guest);
  REQUIRE(any);
  return found;
}

} // namespace

TEST_CASE("on every release a guest tells how it would write its dump", "[dump-path]") {
  const std::string release = GENERATE(as<std::string>(), "2008r2sp1", "2012", "2012r2", "2016", "2019",
                                       "2022", "2025", "azure-local");
  CAPTURE(release);
  Client client(testing::lab_text(release));
  const Endpoint& guest = client.input.lab.guests.front();
  const Result<hyperv::DumpSetup> setup = client.run(client.cluster->dump_setup(guest.name));
  REQUIRE(setup);
  REQUIRE(setup->kind);
  CHECK((*setup->kind == 2 || *setup->kind == 7));
  CHECK(setup->restarts == true);
  CHECK(setup->overwrites == true);
  CHECK(setup->file == R"(C:\Windows\MEMORY.DMP)");
  CHECK(setup->dedicated_file.empty());
  CHECK(setup->memory > 0);
  REQUIRE(setup->page_files.size() == 1);
  CHECK(setup->page_files.front().size == setup->memory);
  CHECK(setup->free == 40ULL << 30U);
  for (const Finding& finding : check_all(client)) {
    CAPTURE(finding.check, finding.subject, finding.seen);
    CHECK(finding.severity <= Severity::warning);
  }
}

TEST_CASE("guests that would leave no dump, and a cluster that resets them, are found out", "[dump-path]") {
  std::string lab = testing::lab_text("2012r2");
  testing::insert_after(lab, "name: LAB-CLUSTER", ", heartbeat_recovery: 2min");
  testing::insert_after(lab, "  guests:\n", R"(
    - {name: silent, on: HV, winrm: true, crash_control: {dump: none}}
    - {name: stays, on: HV, winrm: true, crash_control: {restart: false, overwrite: false}}
    - {name: pageless, on: HV, winrm: true, crash_control: {page_file: 0B}}
    - {name: full, on: HV, winrm: true, crash_control: {dump: complete, page_file: 8GiB, free: 1GiB}}
    - {name: apart, on: HV, winrm: true, crash_control: {page_file: 0B, dedicated_file: 'D:\d.sys'}}
)");
  Client client(lab);
  const std::vector<Finding> findings = check_all(client);
  CHECK(worst(findings, "dump-kind", "silent") == Severity::error);
  CHECK(worst(findings, "dump-restart", "stays") == Severity::error);
  CHECK(worst(findings, "dump-overwrite", "stays") == Severity::warning);
  CHECK(worst(findings, "dump-space", "pageless") == Severity::error);
  CHECK(worst(findings, "dump-space", "full") == Severity::error);
  CHECK(worst(findings, "dump-space", "apart") == Severity::ok);
  CHECK(worst(findings, "heartbeat-recovery", "sql-ha") == Severity::error);
}
