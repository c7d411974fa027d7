// The door to a canary's crash, and everything that keeps it shut.
#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;
using Catch::Matchers::Contains;

namespace {

constexpr std::string_view kMethod = "InjectNonMaskableInterrupt";
constexpr const char* kMark = "migstorm-canary";

struct CanaryLab : HypervLab {
  CanaryLab() {
    hv1.returns(kMethod, p("ReturnValue", "0"));
    probe_all();
    guest("2", "2");
    settings(kG03, "a canary of QA: migstorm-canary");
  }
  void guest(const std::string& state, const std::string& status, const std::string& id = kG03) {
    hv1.rows(kNs2, "Msvm_ComputerSystem",
             {p("Name", id) + p("ElementName", "g03") + p("EnabledState", state) +
              (status == "2" ? p("OperationalStatus", "2")
                             : p("OperationalStatus", "11") + p("OperationalStatus", status))});
  }
  void settings(const std::string& id, const std::string& notes) {
    hv1.rows(kNs2, "Msvm_VirtualSystemSettingData", {p("InstanceID", "Microsoft:" + id) + p("Notes", notes)});
  }
  Status crash(std::string mark = kMark) {
    return ask(cluster().crash_canary("hv1.lab.test", kG03, std::move(mark)));
  }
  std::size_t interrupts() const { return hv1.calls_of(kMethod).size(); }
};

} // namespace

TEST_CASE("a canary is read again and interrupted once", "[canary]") {
  CanaryLab lab;
  REQUIRE(lab.crash());
  REQUIRE(lab.interrupts() == 1);
  const SeenRequest call = lab.hv1.calls_of(kMethod).front();
  CHECK(call.selectors.at("Name") == kG03);
  CHECK(call.selectors.at("CreationClassName") == "Msvm_ComputerSystem");
  REQUIRE(lab.hv1.queries_of("Msvm_VirtualSystemSettingData").size() == 1);
  CHECK_THAT(lab.hv1.queries_of("Msvm_VirtualSystemSettingData").front().wql,
             Contains("'Microsoft:" + kG03 + "'"));
}

TEST_CASE("an interrupt whose answer got lost is not repeated", "[canary]") {
  CanaryLab lab;
  lab.hv1.on_method(kMethod, HostScript::fails(Errc::unknown_outcome));
  CHECK(lab.crash().error().code == Errc::unknown_outcome);
  CHECK(lab.interrupts() == 1);
}

TEST_CASE("nothing is interrupted that is not certainly the canary", "[canary]") {
  CanaryLab lab;
  Errc code = Errc::denied;
  std::string mark = kMark;
  SECTION("its Notes carry the ordinary mark only") { lab.settings(kG03, "migstorm"); }
  SECTION("its Notes are empty") { lab.settings(kG03, ""); }
  SECTION("the mark asked for is that of guests that are moved") { mark = "migstorm"; }
  SECTION("the mark is empty but for its ending") { mark = "-canary"; }
  SECTION("the host shows another guest") { lab.guest("2", "2", kG04); }
  SECTION("the host shows the Notes of another guest") { lab.settings(kG04, kMark); }
  SECTION("it is not there") {
    lab.hv1.rows(kNs2, "Msvm_ComputerSystem", {});
    code = Errc::not_found;
  }
  SECTION("it is off") {
    lab.guest("3", "2");
    code = Errc::busy;
  }
  SECTION("it is on its way to another host") {
    lab.guest("2", "32774");
    code = Errc::busy;
  }
  CHECK(lab.crash(mark).error().code == code);
  CHECK(lab.interrupts() == 0);
}

TEST_CASE("a host before 2012 R2 is not asked", "[canary]") {
  HypervLab lab;
  lab.hv1.rows(kCim, "Win32_OperatingSystem", {p("Version", "6.2.9200") + p("CSName", "HV1")});
  lab.hv1.returns(kMethod, p("ReturnValue", "0"));
  lab.hv1.rows(kNs2, "Msvm_VirtualSystemSettingData",
               {p("InstanceID", "Microsoft:" + kG03) + p("Notes", kMark)});
  lab.hv1.rows(kNs2, "Msvm_ComputerSystem", {p("Name", kG03) + p("EnabledState", "2")});
  const Status crashed = lab.ask(lab.cluster().crash_canary("hv1.lab.test", kG03, kMark));
  CHECK(crashed.error().code == Errc::unsupported);
  CHECK(lab.hv1.calls_of(kMethod).empty());
}
