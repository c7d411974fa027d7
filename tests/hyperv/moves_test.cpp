#include "harness/hyperv/property_list.hpp"
#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

namespace {

constexpr std::string_view kMigrate = "MigrateVirtualSystemToHost";

Move by_service() {
  Move move;
  move.guest = kG03;
  move.from = "hv1.lab.test";
  move.to = "HV2.lab.test";
  return move;
}

Move by_cluster() {
  Move move;
  move.guest = kG04;
  move.group = "g04";
  move.from = "hv1.lab.test";
  move.to = "hv2.lab.test";
  move.via = Via::cluster;
  return move;
}

} // namespace

TEST_CASE("a move by the migration service is one request and gives its job", "[move]") {
  HypervLab lab;
  lab.hv1.returns(kMigrate, job_epr("1D0B-42") + p("ReturnValue", "4096"));
  lab.probe_all();

  const auto ticket = lab.ask(lab.cluster().start_move(by_service()));
  REQUIRE(ticket);
  CHECK(ticket->via == Via::wmi);
  CHECK(ticket->host == "hv1.lab.test");
  CHECK(ticket->job == "1D0B-42");

  REQUIRE(lab.hv1.seen.size() == 1);
  CHECK(lab.hv2.seen.empty());
  const SeenRequest& request = lab.hv1.seen.front();
  CHECK(request.resource_uri == "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
                                "Msvm_VirtualSystemMigrationService");
  CHECK(request.action == request.resource_uri + "/MigrateVirtualSystemToHost");
  CHECK(request.selectors.at("SystemName") == "HV1");
  CHECK(request.selectors.at("Name") == "migrationwmi");
  CHECK(request.argument("DestinationHost") == "hv2.lab.test");
  CHECK(request.argument("NewSystemSettingData") == "<nil>");
  const std::string settings = request.argument("MigrationSettingData");
  CHECK(settings.find("<PROPERTY NAME=\"MigrationType\" TYPE=\"uint16\"><VALUE>32768</VALUE>") !=
        std::string::npos);
  CHECK(settings.find("<VALUE>10.20.0.12</VALUE>") != std::string::npos);
  CHECK(settings.find("LaterRelease") == std::string::npos);
  CHECK(request.body.find("<w:Selector Name=\"Name\">" + kG03 + "</w:Selector>") != std::string::npos);
}

TEST_CASE("twelve moves cost twelve requests", "[move]") {
  HypervLab lab;
  lab.hv1.returns(kMigrate, job_epr("1") + p("ReturnValue", "4096"));
  lab.probe_all();
  for (int i = 0; i < 12; ++i) {
    REQUIRE(lab.ask(lab.cluster().start_move(by_service())));
  }
  CHECK(lab.hv1.seen.size() + lab.hv2.seen.size() == 12);
}

TEST_CASE("a move asks both hosts first what nobody has asked them", "[move]") {
  HypervLab lab;
  lab.hv1.returns(kMigrate, job_epr("1") + p("ReturnValue", "4096"));
  REQUIRE(lab.ask(lab.cluster().start_move(by_service())));
  CHECK(lab.hv1.calls_of(kMigrate).size() == 1);
  CHECK(lab.hv2.queries_of("Msvm_VirtualSystemMigrationService").size() == 1);
}

TEST_CASE("a move that completed at once has no job to follow", "[move]") {
  HypervLab lab;
  lab.hv1.returns(kMigrate, nil("Job") + p("ReturnValue", "0"));
  const auto ticket = lab.ask(lab.cluster().start_move(by_service()));
  REQUIRE(ticket);
  CHECK(ticket->job.empty());
  CHECK(lab.ask(lab.cluster().cancel_move(*ticket)).error().code == Errc::not_found);
}

TEST_CASE("a job without a name is an unknown outcome", "[move][hostile]") {
  const std::string job = GENERATE(nil("Job"), std::string(), p("Job", "nonsense"), job_epr(""));
  HypervLab lab;
  lab.hv1.returns(kMigrate, job + p("ReturnValue", "4096"));
  CHECK(lab.ask(lab.cluster().start_move(by_service())).error().code == Errc::unknown_outcome);
}

TEST_CASE("refusals of a move are told apart", "[move]") {
  const auto [value, code] = GENERATE(table<std::string, Errc>({{"32769", Errc::denied},
                                                                {"32770", Errc::unsupported},
                                                                {"32771", Errc::unknown_outcome},
                                                                {"32773", Errc::remote_fault},
                                                                {"32774", Errc::busy},
                                                                {"32775", Errc::remote_fault},
                                                                {"32777", Errc::busy},
                                                                {"997", Errc::remote_fault}}));
  HypervLab lab;
  lab.hv1.returns(kMigrate, nil("Job") + p("ReturnValue", value));
  const auto ticket = lab.ask(lab.cluster().start_move(by_service()));
  REQUIRE_FALSE(ticket);
  CHECK(ticket.error().code == code);
  CHECK(lab.hv1.calls_of(kMigrate).size() == 1);
}

TEST_CASE("a move whose answer is lost is not asked again", "[move]") {
  const auto answer = GENERATE(0, 1, 2);
  HypervLab lab;
  lab.hv1.on_method(kMigrate, answer == 0   ? HostScript::fails(Errc::unknown_outcome)
                              : answer == 1 ? HostScript::says("<x/>")
                                            : HostScript::faults(fault("w:TimedOut", "2150858793", "time")));
  CHECK(lab.ask(lab.cluster().start_move(by_service())).error().code == Errc::unknown_outcome);
  CHECK(lab.hv1.calls_of(kMigrate).size() == 1);
}

TEST_CASE("a move is certainly not asked for while a host cannot be reached", "[move]") {
  HypervLab lab;
  lab.hv2.on_query(kCim, "Win32_OperatingSystem", HostScript::fails(Errc::unknown_outcome));
  const auto ticket = lab.ask(lab.cluster().start_move(by_service()));
  REQUIRE_FALSE(ticket);
  CHECK(ticket.error().code == Errc::transport);
  CHECK(lab.hv1.calls_of(kMigrate).empty());
}

TEST_CASE("the migration service moves neither clustered guests nor guests of v1 hosts", "[move]") {
  HypervLab lab;
  Move clustered = by_service();
  clustered.guest = kG04;
  CHECK(lab.ask(lab.cluster().start_move(clustered)).error().code == Errc::unsupported);

  Move grouped = by_service();
  grouped.group = "g03";
  CHECK(lab.ask(lab.cluster().start_move(grouped)).error().code == Errc::unsupported);

  lab.hv1 = HostScript();
  make_2008r2(lab.hv1, "HV1");
  REQUIRE(lab.ask(lab.cluster().probe("hv1.lab.test")));
  CHECK(lab.ask(lab.cluster().start_move(by_service())).error().code == Errc::unsupported);
  CHECK(lab.hv1.calls_of(kMigrate).empty());
}

TEST_CASE("an id that is no GUID never reaches the host", "[move][hostile]") {
  HypervLab lab;
  Move move = by_service();
  move.guest = "x' OR '1'='1";
  CHECK(lab.ask(lab.cluster().start_move(move)).error().code == Errc::not_found);
  CHECK(lab.hv1.calls_of(kMigrate).empty());
}

TEST_CASE("a move by the cluster is one request with the live property list", "[move]") {
  HypervLab lab;
  lab.hv1.returns("MoveToNewNodeParams", "");
  lab.probe_all();
  const auto ticket = lab.ask(lab.cluster().start_move(by_cluster()));
  REQUIRE(ticket);
  CHECK(ticket->via == Via::cluster);
  CHECK(ticket->host == "hv1.lab.test");
  CHECK(ticket->job.empty());

  REQUIRE(lab.hv1.seen.size() == 1);
  CHECK(lab.hv2.seen.empty());
  const SeenRequest& request = lab.hv1.seen.front();
  CHECK(request.resource_uri ==
        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/MSCluster/MSCluster_ResourceGroup");
  CHECK(request.selectors == std::map<std::string, std::string>{{"Name", "g04"}});
  CHECK(request.argument("NodeName") == "HV2");
  CHECK(request.argument("Flags") == "14");
  std::vector<std::string> bytes;
  for (const std::uint8_t byte : live_move_parameters()) {
    bytes.push_back(std::to_string(byte));
  }
  CHECK(request.arguments.at("Parameters") == bytes);
}

TEST_CASE("the cluster's \"under way\" is an accepted move, its \"busy\" is busy", "[move]") {
  HypervLab lab;
  lab.hv1.returns("MoveToNewNodeParams", p("ReturnValue", "997"));
  CHECK(lab.ask(lab.cluster().start_move(by_cluster())));
  lab.hv1.returns("MoveToNewNodeParams", p("ReturnValue", "2147942570"));
  CHECK(lab.ask(lab.cluster().start_move(by_cluster())).error().code == Errc::busy);
}

TEST_CASE("a move that would not be live is refused before it is asked for", "[move]") {
  HypervLab lab;
  Move other = by_cluster();
  other.group = "Cluster Group";
  CHECK(lab.ask(lab.cluster().start_move(other)).error().code == Errc::unsupported);
  other.group.reset();
  CHECK(lab.ask(lab.cluster().start_move(other)).error().code == Errc::unsupported);

  CHECK(lab.hv1.calls_of("MoveToNewNodeParams").empty());
}

TEST_CASE("a move is ended cleanly through its job", "[move]") {
  HypervLab lab;
  lab.hv1.returns("RequestStateChange", p("ReturnValue", "4096"));
  lab.probe_all();
  const MoveTicket ticket{Via::wmi, "hv1.lab.test", "1D0B"};
  CHECK(lab.ask(lab.cluster().cancel_move(ticket)));
  REQUIRE(lab.hv1.seen.size() == 1);
  const SeenRequest& request = lab.hv1.seen.front();
  CHECK(request.resource_uri.ends_with("/Msvm_MigrationJob"));
  CHECK(request.selectors.at("InstanceID") == "1D0B");
  CHECK(request.argument("RequestedState") == "4");
}

TEST_CASE("ends of moves that cannot be had are told", "[move]") {
  HypervLab lab;
  const MoveTicket ticket{Via::wmi, "hv1.lab.test", "1D0B"};
  lab.hv1.returns("RequestStateChange", p("ReturnValue", "32775"));
  CHECK(lab.ask(lab.cluster().cancel_move(ticket)).error().code == Errc::remote_fault);
  lab.hv1.on_method("RequestStateChange", HostScript::faults(provider_fault("2147749890")));
  CHECK(lab.ask(lab.cluster().cancel_move(ticket)).error().code == Errc::not_found);
  lab.hv1.on_method("RequestStateChange", HostScript::fails(Errc::unknown_outcome));
  CHECK(lab.ask(lab.cluster().cancel_move(ticket)).error().code == Errc::unknown_outcome);
  CHECK(lab.ask(lab.cluster().cancel_move({Via::cluster, "hv1.lab.test", ""})).error().code ==
        Errc::unsupported);
}
