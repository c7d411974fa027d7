// A cluster of 2008 R2 is moved by control codes, or by a job that runs its cmdlet.
#include "tests/support/lab_model.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

namespace {

const std::string kOldLab = R"(
simulated:
  cluster: {name: OLD-CLUSTER}
  hosts: [{name: OLD, count: 3, release: 2008r2sp1, clustered: true, winrm: true}]
  guests: [{name: db, count: 2, on: OLD, clustered: true, release: 2008r2sp1}]
  crash: {hazard: 0}
)";

std::uint32_t schedule(Lab& lab, std::string_view command, std::uint32_t minute, std::uint32_t expected = 0) {
  std::uint32_t id = 0;
  CHECK(lab.model->schedule_job(0, command, minute, id) == expected);
  return id;
}

std::string move(std::string_view guard, std::string_view rest) {
  return "powershell.exe -NoProfile -Command \"" + std::string(guard) +
         "{Import-Module FailoverClusters;Move-ClusterVirtualMachineRole " + std::string(rest) + "}\"";
}

} // namespace

TEST_CASE("a scheduled job runs the cluster's cmdlet at its minute, once", "[moves][2008r2]") {
  Lab lab(kOldLab);
  const GuestIndex guest = lab.guest("db-01");
  REQUIRE(lab.host_of(guest) == "OLD1");
  const std::string arguments =
      GENERATE("-Name 'db-01' -Node 'OLD2' -Wait 0", "db-01 OLD2", "-Node OLD2 'db-01'");
  schedule(lab, move("if((Get-Date) -lt [datetime]'2026-11-23 00:05')", arguments), 2);
  lab.pass(119s);
  CHECK_FALSE(lab.model->migrating(guest));
  CHECK(lab.model->scheduled_jobs(0).size() == 1);
  lab.pass(2s);
  CHECK(lab.model->migrating(guest));
  CHECK(lab.model->scheduled_jobs(0).empty());
  lab.pass(60s);
  CHECK(lab.host_of(guest) == "OLD2");
  CHECK(lab.model->violations().empty());
}

TEST_CASE("a scheduled job that comes too late, is deleted or means something else moves nothing",
          "[moves][2008r2]") {
  Lab lab(kOldLab);
  const GuestIndex guest = lab.guest("db-01");
  schedule(lab, move("if((Get-Date) -lt [datetime]'2026-11-23 00:01')", "db-01 OLD2"), 2);
  schedule(lab, "defrag /q /f", 2);
  const std::uint32_t deleted = schedule(lab, move("", "db-01 OLD2"), 2);
  CHECK(lab.model->delete_job(0, deleted));
  CHECK_FALSE(lab.model->delete_job(0, deleted));
  lab.pass(10min);
  CHECK(lab.host_of(guest) == "OLD1");
  CHECK(lab.model->moves().empty());
}

TEST_CASE("a scheduled job whose time of day is past runs on the next day", "[moves][2008r2]") {
  Lab lab(kOldLab);
  lab.pass(5min);
  schedule(lab, move("", "db-01 OLD2"), 2);
  lab.pass(23h);
  CHECK(lab.model->moves().empty());
  lab.pass(1h);
  CHECK(lab.model->moves().size() == 1);
}

TEST_CASE("commands that no scheduler takes are refused", "[moves][2008r2][hostile]") {
  Lab lab(kOldLab);
  schedule(lab, "", 2, 21);
  schedule(lab, std::string(300, 'x'), 2, 21);
  schedule(lab, "defrag", 24 * 60, 21);
  schedule(lab, "powershell Move-ClusterVirtualMachineRole 'db-01", 1);
  schedule(lab, "powershell Move-ClusterVirtualMachineRole -Name", 1);
  schedule(lab, "powershell Move-ClusterVirtualMachineRole 'no-such' 'OLD2'", 1);
  lab.pass(2min);
  CHECK(lab.model->moves().empty());
}

TEST_CASE("a clustered move of 2008 R2 is ended while the guest is still at its source", "[moves][2008r2]") {
  Lab lab(kOldLab);
  const GuestIndex guest = lab.guest("db-01");
  REQUIRE(lab.move_group("db-01", "OLD2").hresult == 0);
  lab.pass(10ms);
  CHECK(lab.model->cancel_group_move(guest).hresult == 0);
  CHECK_FALSE(lab.model->migrating(guest));
  CHECK(lab.host_of(guest) == "OLD1");
  CHECK(lab.model->cancel_group_move(guest).hresult == 0x8007139f); // 5023: nothing to end
}

TEST_CASE("a ledger brings scheduled jobs and ended moves back", "[ledger][2008r2]") {
  const LedgerFile file;
  {
    Lab lab(lab_config(kOldLab), 1, file.path);
    schedule(lab, move("", "db-01 OLD2"), 2);
    const std::uint32_t deleted = schedule(lab, move("", "db-02 OLD3"), 2);
    CHECK(lab.model->delete_job(0, deleted));
    REQUIRE(lab.move_group("db-02", "OLD1").hresult == 0);
    lab.pass(10ms);
    CHECK(lab.model->cancel_group_move(lab.guest("db-02")).hresult == 0);
    lab.pass(60s);
  }
  Lab again(kOldLab);
  again.clock.at = 60s + 10ms;
  auto model = Model::make(lab_config(kOldLab), again.clock, 1, file.path);
  REQUIRE(model);
  again.model = *std::move(model);
  CHECK(again.model->scheduled_jobs(0).size() == 1);
  again.pass(5min);
  CHECK(again.host_of(again.guest("db-01")) == "OLD2");
  CHECK(again.host_of(again.guest("db-02")) == "OLD2");
}
