#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

TEST_CASE("all jobs of a host come in one query", "[jobs]") {
  HypervLab lab;
  lab.hv1.rows(kNs2, "Msvm_MigrationJob",
               {p("InstanceID", "A") + p("JobState", "4") + p("PercentComplete", "37") + p("ErrorCode", "0") +
                    nil("ErrorDescription") + p("VirtualSystemName", kG03) + p("DestinationHost", "hv2"),
                p("InstanceID", "B") + p("JobState", "10") + p("PercentComplete", "100") +
                    p("ErrorCode", "32768") + p("ErrorDescription", "failed at source\nHV1 (0x8009030E)") +
                    nil("VirtualSystemName")});
  lab.probe_all();
  const auto jobs = lab.ask(lab.cluster().jobs("hv1.lab.test", {}));
  REQUIRE(jobs);
  REQUIRE(jobs->size() == 2);
  CHECK(lab.hv1.seen.size() == 1);
  CHECK(lab.hv1.seen.front().wql.find("SELECT *") == std::string::npos);
  CHECK((*jobs)[0].id == "A");
  CHECK((*jobs)[0].percent == 37);
  CHECK((*jobs)[0].guest == kG03);
  CHECK((*jobs)[0].destination == "hv2");
  CHECK_FALSE((*jobs)[0].finished());
  CHECK((*jobs)[1].state == JobState::exception);
  CHECK((*jobs)[1].error_code == 32768);
  CHECK((*jobs)[1].error.find("0x8009030E") != std::string::npos);
  CHECK((*jobs)[1].error.find('\n') == std::string::npos);
}

TEST_CASE("jobs that are waited for are asked for by name, and a host is never given a long list", "[jobs]") {
  HypervLab lab;
  lab.hv1.rows(kNs2, "Msvm_MigrationJob", {p("InstanceID", "A") + p("JobState", "4")});
  lab.probe_all();
  REQUIRE(lab.ask(lab.cluster().jobs("hv1.lab.test", {"A", "B'"})));
  CHECK(
      lab.hv1.seen.back().wql.ends_with("FROM Msvm_MigrationJob WHERE InstanceID='A' OR InstanceID='B\\''"));
  REQUIRE(lab.ask(lab.cluster().jobs("hv1.lab.test", std::vector<std::string>(100, "A"))));
  CHECK(lab.hv1.seen.back().wql.ends_with("FROM Msvm_MigrationJob"));
}

TEST_CASE("a host that does not know migration jobs by name is asked for jobs in general", "[jobs]") {
  HypervLab lab;
  lab.hv1.rows(kNs2, "Msvm_ConcreteJob", {p("InstanceID", "A") + p("JobState", "7") + p("JobType", "305")});
  lab.hv1.returns("RequestStateChange", p("ReturnValue", "0"));
  lab.probe_all();
  REQUIRE(lab.ask(lab.cluster().jobs("hv1.lab.test", {})));
  const auto jobs = lab.ask(lab.cluster().jobs("hv1.lab.test", {}));
  REQUIRE(jobs->size() == 1);
  CHECK(jobs->front().succeeded());
  CHECK(lab.hv1.seen.size() == 3); // the first time it was asked twice
  REQUIRE(lab.ask(lab.cluster().cancel_move({Via::wmi, "hv1.lab.test", "A"})));
  CHECK(lab.hv1.seen.back().resource_uri.ends_with("/Msvm_ConcreteJob"));
}

TEST_CASE("a v1 host has no migration jobs and is not asked", "[jobs]") {
  HypervLab lab;
  make_2008r2(lab.hv1 = HostScript(), "HV1");
  REQUIRE(lab.ask(lab.cluster().probe("hv1.lab.test")));
  lab.forget();
  CHECK(lab.ask(lab.cluster().jobs("hv1.lab.test", {}))->empty());
  CHECK(lab.hv1.seen.empty());
}

TEST_CASE("jobs with missing and absurd properties do no harm", "[jobs][hostile]") {
  HypervLab lab;
  lab.hv1.rows(kNs2, "Msvm_MigrationJob",
               {"", nil("InstanceID"), p("InstanceID", "A"),
                p("InstanceID", "B") + p("JobState", "70000") + p("PercentComplete", "18446744073709551615") +
                    p("ErrorCode", "-5") + p("VirtualSystemName", std::string(5000, 'x'))});
  const auto jobs = lab.ask(lab.cluster().jobs("hv1.lab.test", {}));
  REQUIRE(jobs);
  REQUIRE(jobs->size() == 2);
  CHECK((*jobs)[0].state == JobState::running);
  CHECK((*jobs)[1].state == JobState::running);
  CHECK((*jobs)[1].percent == 100);
  CHECK((*jobs)[1].error_code == 0);
  CHECK((*jobs)[1].guest.size() <= 256);
}

TEST_CASE("a host that never stops telling jobs is not listened to for ever", "[jobs][hostile]") {
  HypervLab lab;
  std::string page;
  for (int i = 0; i < 1000; ++i) {
    page += "<Msvm_MigrationJob><InstanceID>A</InstanceID></Msvm_MigrationJob>";
  }
  int pages = 0;
  const auto answer = [&](const SeenRequest& request) -> Result<wsman::Reply> {
    const std::string body = ++pages == 1 ? first_page(page, "uuid:1") : next_page(page, "uuid:1");
    return wsman::Reply{200, envelope(request.message_id, body)};
  };
  lab.hv1.on_query(kNs2, "Msvm_MigrationJob", answer);
  lab.hv1.on_query(kNs2, "", answer); // pulls carry no query
  const auto jobs = lab.ask(lab.cluster().jobs("hv1.lab.test", {}));
  REQUIRE_FALSE(jobs);
  CHECK(jobs.error().code == Errc::remote_fault);
  CHECK(jobs.error().detail.find("more than 10000 instances") != std::string::npos);
  CHECK(pages <= 12);
}

TEST_CASE("groups that hold a virtual machine come in one query, by the lab file's names", "[groups]") {
  HypervLab lab;
  lab.probe_all();
  auto groups = lab.ask(lab.cluster().groups("hv2.lab.test"));
  REQUIRE(groups);
  REQUIRE(groups->size() == 1);
  CHECK(lab.hv2.seen.size() == 1);
  CHECK(groups->front().name == "g04");
  CHECK(groups->front().owner == "hv1.lab.test");
  CHECK(groups->front().state == GroupState::online);
  CHECK_FALSE(groups->front().queued);

  lab.hv2.rows(
      kCluster, "MSCluster_ResourceGroup",
      {p("Name", "G04") + p("OwnerNode", "elsewhere") + p("State", "4") + p("StatusInformation", "20")});
  groups = lab.ask(lab.cluster().groups("hv2.lab.test"));
  CHECK(groups->front().owner == "elsewhere");
  CHECK(groups->front().state == GroupState::pending);
  CHECK(groups->front().queued);
}

TEST_CASE("a cluster without the column of queued moves is asked for all columns", "[groups]") {
  HypervLab lab;
  lab.hv1.on_query(kCluster, "MSCluster_ResourceGroup", [](const SeenRequest& request) {
    if (request.wql.find("StatusInformation") != std::string::npos) {
      return HostScript::faults(provider_fault("2147749911"))(request); // 0x80041017
    }
    return HostScript::says(first_page(
        row(kCluster, "MSCluster_ResourceGroup", p("Name", "g04") + p("OwnerNode", "hv2") + p("State", "-1")),
        ""))(request);
  });
  lab.probe_all();
  for (int i = 0; i < 2; ++i) {
    const auto groups = lab.ask(lab.cluster().groups("hv1.lab.test"));
    REQUIRE(groups);
    REQUIRE(groups->size() == 1);
    CHECK(groups->front().owner == "hv2.lab.test");
    CHECK(groups->front().state == GroupState::unknown);
  }
  CHECK(lab.hv1.seen.size() == 3);
}

TEST_CASE("a host without a cluster has no groups to tell", "[groups]") {
  HypervLab lab;
  make_2008r2(lab.hv1 = HostScript(), "HV1");
  CHECK(lab.ask(lab.cluster().groups("hv1.lab.test")).error().code == Errc::unsupported);
}
