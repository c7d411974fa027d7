// The two ways of moving a clustered guest on 2008 R2.
#include "harness/hyperv/move_job.hpp"
#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

#include <chrono>

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kControl = "ExecuteResourceControl";
constexpr std::string_view kGetType = "16777261"; // CLUSCTL_RESOURCE_GET_RESOURCE_TYPE
constexpr std::string_view kStart = "23068676";   // CLUSCTL_RESOURCE_VM_START_MIGRATION
constexpr std::string_view kCancel = "23068680";  // CLUSCTL_RESOURCE_VM_CANCEL_MIGRATION

Move to_hv2() {
  Move move;
  move.guest = kG04;
  move.group = "g04";
  move.from = "hv1.lab.test";
  move.to = "hv2.lab.test";
  move.via = Via::cluster;
  return move;
}

struct OldLab : HypervLab {
  OldLab() {
    for (HostScript* host : {&hv1, &hv2}) {
      *host = HostScript();
      make_2008r2(*host, host == &hv1 ? "HV1" : "HV2");
      add_cluster(*host);
      host->returns(kControl, p("ReturnValue", "0"));
    }
  }
  HostFacts facts() {
    const auto told = ask(cluster().probe("hv1.lab.test"));
    REQUIRE(told);
    return *told;
  }
};

std::vector<std::string> codes_of(const HostScript& host) {
  std::vector<std::string> codes;
  for (const SeenRequest& request : host.seen) {
    if (request.method == kControl) {
      codes.push_back(request.argument("ControlCode"));
    }
  }
  return codes;
}

CivilTime at(std::chrono::seconds of_day) {
  return std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + of_day;
}

} // namespace

TEST_CASE("a probe of 2008 R2 sends one control code, and that one only reads", "[move][2008r2]") {
  OldLab lab;
  CHECK(lab.facts().cluster_route == ClusterRoute::resource_control);
  CHECK(codes_of(lab.hv1) == std::vector<std::string>{std::string(kGetType)});
}

TEST_CASE("later releases are sent no control code at all", "[move][2008r2]") {
  HypervLab lab;
  const auto facts = lab.ask(lab.cluster().probe("hv1.lab.test"));
  REQUIRE(facts);
  CHECK(facts->cluster_route == ClusterRoute::move_params);
  CHECK(codes_of(lab.hv1).empty());
}

TEST_CASE("on 2008 R2 the virtual machine's resource is told to migrate, once", "[move][2008r2]") {
  OldLab lab;
  lab.probe_all();
  const auto ticket = lab.ask(lab.cluster().start_move(to_hv2()));
  REQUIRE(ticket);
  CHECK(ticket->via == Via::cluster);
  CHECK(ticket->job == "Virtual Machine g04");
  REQUIRE(lab.hv1.seen.size() == 1);
  const SeenRequest& request = lab.hv1.seen.front();
  CHECK(request.resource_uri.ends_with("/root/MSCluster/MSCluster_Resource"));
  CHECK(request.selectors == std::map<std::string, std::string>{{"Name", "Virtual Machine g04"}});
  CHECK(request.argument("ControlCode") == kStart);
  CHECK(request.arguments.at("InputBuffer") ==
        std::vector<std::string>{"72", "0", "86", "0", "50", "0", "0", "0"}); // HV2 and its NUL

  lab.forget();
  CHECK(lab.ask(lab.cluster().cancel_move(*ticket)));
  CHECK(codes_of(lab.hv1) == std::vector<std::string>{std::string(kCancel)});
}

TEST_CASE("a group that the cluster shows no virtual machine in is sent nothing", "[move][2008r2]") {
  OldLab lab;
  lab.probe_all();
  Move other = to_hv2();
  other.group = "Cluster Group";
  CHECK(lab.ask(lab.cluster().start_move(other)).error().code == Errc::unsupported);
  CHECK(lab.hv1.seen.empty());
}

TEST_CASE("where control codes are refused, a job runs the cluster's cmdlet once", "[move][2008r2]") {
  OldLab lab;
  lab.hv1.on_method(kControl, HostScript::faults(provider_fault("2147749900"))); // WBEM_E_NOT_SUPPORTED
  lab.hv1.rows(kCim, "Win32_OperatingSystem",
               {p("Version", "6.1.7601") + p("CSName", "HV1") +
                p("LocalDateTime", "20261126220441.000000+060") + p("CurrentTimeZone", "60")});
  lab.hv1.returns("Create", p("JobId", "7") + p("ReturnValue", "0"));
  CHECK(lab.facts().cluster_route == ClusterRoute::scheduled_job);
  lab.forget();

  const auto ticket = lab.ask(lab.cluster().start_move(to_hv2()));
  REQUIRE(ticket);
  CHECK(ticket->job == "7");
  REQUIRE(lab.hv1.calls_of("Create").size() == 1);
  const SeenRequest request = lab.hv1.calls_of("Create").front();
  CHECK(request.resource_uri.ends_with("/root/cimv2/Win32_ScheduledJob"));
  CHECK(request.argument("StartTime") == "********220600.000000+060");
  CHECK(request.argument("RunRepeatedly") == "false");
  CHECK(request.argument("Command").find("Move-ClusterVirtualMachineRole -Name 'g04' -Node 'HV2'") !=
        std::string::npos);

  lab.hv1.returns("Delete", p("ReturnValue", "0"));
  CHECK(lab.ask(lab.cluster().cancel_move(*ticket)));
  CHECK(lab.hv1.calls_of("Delete").front().selectors.at("JobId") == "7");
}

TEST_CASE("a probe that loses the control code's answer does not guess", "[move][2008r2]") {
  OldLab lab;
  lab.hv1.on_method(kControl, HostScript::fails(Errc::unknown_outcome));
  CHECK_FALSE(lab.ask(lab.cluster().probe("hv1.lab.test")));
}

TEST_CASE("a node that does not tell its clock is asked for no job", "[move][2008r2]") {
  OldLab lab;
  lab.hv1.on_method(kControl, HostScript::faults(provider_fault("2147749900")));
  CHECK(lab.ask(lab.cluster().start_move(to_hv2())).error().code == Errc::remote_fault);
  CHECK(lab.hv1.calls_of("Create").empty());
}

TEST_CASE("a job begins on the next full minute that is far enough away, by the node's own clock",
          "[move][2008r2]") {
  const auto [seconds, bias, start] = GENERATE(table<std::chrono::seconds, std::chrono::minutes, std::string>(
      {{0s, 0min, "********000100.000000+000"},
       {39s, 0min, "********000100.000000+000"},
       {41s, 0min, "********000200.000000+000"},
       {23h + 59min + 30s, 0min, "********000000.000000+000"},
       {23h + 59min + 41s, 0min, "********000100.000000+000"},
       {0s, -420min, "********170100.000000-420"}}));
  const auto job = move_job("g", "n", LocalClock{at(seconds), bias});
  REQUIRE(job);
  CHECK(job->start_time.substr(0, 12) == start.substr(0, 12));
  CHECK(job->start_time.substr(21) == start.substr(21));
}

TEST_CASE("a job that is late moves nothing", "[move][2008r2]") {
  const auto job = move_job("g04", "HV2", LocalClock{at(21h + 4min + 10s), 60min});
  REQUIRE(job);
  CHECK(job->command.find("if((Get-Date) -lt [datetime]'2026-11-26 22:07')") != std::string::npos);
}

TEST_CASE("names that could be read as commands never reach a job", "[move][2008r2][hostile]") {
  const std::string name = GENERATE(values<std::string>({"g'; Stop-VM x; '", "g\"", "g`n", "$(x)", "", "g\n",
                                                         "g%PATH%", "g\xe2\x80\x99", std::string(200, 'g')}));
  CHECK(move_job(name, "HV2", LocalClock{}).error().code == Errc::unsupported);
  CHECK(move_job("g04", name, LocalClock{}).error().code == Errc::unsupported);
}
